import { at, floorDivide, intAt, type NaiveFunction, numberAt, whole } from "./naive-function.ts";

/** Floats as they are; whole numbers, moments and durations exactly. */
function arithmetic(floats: (a: number, b: number) => number, ints: (a: bigint, b: bigint) => bigint): NaiveFunction {
  return (args, call) =>
    call.type.startsWith("float")
      ? floats(numberAt(args, 0), numberAt(args, 1))
      : whole([intAt(args, 0), intAt(args, 1)], (a = 0n, b = 0n) => ints(a, b));
}

/** `+ - * / ^`, `div`, `mod` and unary `-`. */
export const arithmeticFunctions: Readonly<Record<string, NaiveFunction>> = {
  add: arithmetic(
    (a, b) => a + b,
    (a, b) => a + b,
  ),
  sub: arithmetic(
    (a, b) => a - b,
    (a, b) => a - b,
  ),
  mul: arithmetic(
    (a, b) => a * b,
    (a, b) => a * b,
  ),
  // By 0 it is infinite or not a number, and so missing.
  divide: (args) => numberAt(args, 0) / numberAt(args, 1),
  pow: (args) => numberAt(args, 0) ** numberAt(args, 1),
  neg: (args, call) => (call.type.startsWith("float") ? -numberAt(args, 0) : whole([intAt(args, 0)], (a = 0n) => -a)),
  div: (args) => whole([intAt(args, 0), intAt(args, 1)], (a = 0n, b = 0n) => (b === 0n ? null : floorDivide(a, b))),
  mod: (args) =>
    whole([intAt(args, 0), intAt(args, 1)], (a = 0n, b = 0n) => (b === 0n ? null : a - floorDivide(a, b) * b)),
  float: (args) => {
    const x = at(args, 0);
    if (typeof x === "string") return decimal(x);
    return Number(x);
  },
  int: (args) => {
    const x = at(args, 0);
    if (typeof x === "bigint") return x;
    const cut = Math.trunc(Number(x));
    return Number.isSafeInteger(cut) ? cut : null;
  },
};

/** A decimal number, white space around it aside. */
function decimal(text: string): number | null {
  const bare = text.trim();
  return /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(bare) ? Number(bare) : null;
}
