import type { Scalar, Value } from "../../../src/core/index.ts";
import type { CallPlan } from "../../../src/dsl/plan/index.ts";
import { isSafe } from "../../../src/featurestore/oracle/values.ts";

/** A value that is there. */
export type Present = Exclude<Value, null>;

/** A function as the manual describes it, of arguments of which none is missing. Its result still enters the language. */
export type NaiveFunction = (args: readonly Present[], call: CallPlan) => Value;

/** An argument that must be there. */
export function at(args: readonly Present[], i: number): Present {
  const arg = args[i];
  if (arg === undefined) throw new Error(`there is no argument ${String(i)}`);
  return arg;
}

/** An argument that is a float, moment, date or duration. */
export function numberAt(args: readonly Present[], i: number): number {
  const arg = at(args, i);
  if (typeof arg !== "number") throw new Error(`argument ${String(i)} is a ${typeof arg}, not a number`);
  return arg;
}

/** An argument that is an int, of all its 64 bits. */
export function intAt(args: readonly Present[], i: number): bigint {
  const arg = at(args, i);
  if (typeof arg === "bigint") return arg;
  return BigInt(numberAt(args, i));
}

/** An argument that is a text. */
export function textAt(args: readonly Present[], i: number): string {
  const arg = at(args, i);
  if (typeof arg !== "string") throw new Error(`argument ${String(i)} is a ${typeof arg}, not a text`);
  return arg;
}

/** An argument that is a list. */
export function listAt(args: readonly Present[], i: number): readonly Scalar[] {
  const arg = at(args, i);
  if (!isList(arg)) throw new Error(`argument ${String(i)} is a ${typeof arg}, not a list`);
  return arg;
}

/** An argument that is an embedding. */
export function numbersAt(args: readonly Present[], i: number): readonly number[] {
  return listAt(args, i).map((_, j, list) => numberAt(list, j));
}

/** A constant that must be given. */
export function option(
  call: CallPlan,
  name: string,
): boolean | number | string | readonly (boolean | number | string)[] {
  const constant = call.options?.[name];
  if (constant === undefined || constant === null) throw new Error(`"${call.function}" has no constant "${name}"`);
  return constant;
}

/** A constant that is a number. */
export function numberOption(call: CallPlan, name: string): number {
  const constant = option(call, name);
  if (typeof constant !== "number") throw new Error(`the constant "${name}" is no number`);
  return constant;
}

/** A constant that is a text. */
export function textOption(call: CallPlan, name: string): string {
  const constant = option(call, name);
  if (typeof constant !== "string") throw new Error(`the constant "${name}" is no text`);
  return constant;
}

/** Arithmetic of whole numbers: missing where an operand or the result lies beyond ±(2^53 - 1). */
export function whole(operands: readonly bigint[], result: (...operands: readonly bigint[]) => bigint | null): Value {
  if (!operands.every(isSafe)) return null;
  const value = result(...operands);
  return value !== null && isSafe(value) ? Number(value) : null;
}

/** The quotient rounded down. */
export function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return quotient * b !== a && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function isList(value: Present): value is readonly Scalar[] {
  return typeof value === "object";
}
