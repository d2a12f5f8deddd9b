import type { CallPlan } from "../../../src/dsl/plan/index.ts";
import { intAt, type NaiveFunction, numberAt, numberOption, type Present, whole } from "./naive-function.ts";

/** A function of one float as JavaScript has it; what is no number or infinite is missing. */
function ofFloat(f: (x: number) => number): NaiveFunction {
  return (args) => f(numberAt(args, 0));
}

/** A whole number, missing beyond ±(2^53 - 1). */
function toWhole(f: (x: number) => number): NaiveFunction {
  return (args) => {
    const x = f(numberAt(args, 0));
    return Number.isSafeInteger(x) ? x : null;
  };
}

/** The angle of a part of a full turn. */
function turn(args: readonly Present[], call: CallPlan): number {
  return (numberAt(args, 0) / numberOption(call, "period")) * 2 * Math.PI;
}

/** Mathematics of one number. */
export const numberFunctions: Readonly<Record<string, NaiveFunction>> = {
  abs: (args, call) =>
    call.type.startsWith("float")
      ? Math.abs(numberAt(args, 0))
      : whole([intAt(args, 0)], (a = 0n) => (a < 0n ? -a : a)),
  sign: ofFloat((x) => (x > 0 ? 1 : x < 0 ? -1 : 0)),
  round: toWhole((x) => {
    const below = Math.floor(x);
    const part = x - below;
    const isUp = part > 0.5 || (part === 0.5 && below % 2 !== 0);
    return isUp ? below + 1 : below;
  }),
  floor: toWhole(Math.floor),
  ceil: toWhole(Math.ceil),
  sqrt: ofFloat(Math.sqrt),
  exp: ofFloat(Math.exp),
  log: ofFloat(Math.log),
  log2: ofFloat(Math.log2),
  log10: ofFloat(Math.log10),
  log1p: ofFloat(Math.log1p),
  sin: ofFloat(Math.sin),
  cos: ofFloat(Math.cos),
  tanh: ofFloat(Math.tanh),
  sigmoid: ofFloat((x) => 1 / (1 + Math.exp(-x))),
  bucket: (args, call) => {
    const edges = call.options?.["edges"];
    if (typeof edges !== "object" || edges === null) throw new Error("there are no edges");
    return edges.filter((edge) => Number(edge) <= numberAt(args, 0)).length;
  },
  onehot_at: (args, call) => (intAt(args, 0) === BigInt(numberOption(call, "part")) ? 1 : 0),
  cyclic_sin: (args, call) => Math.sin(turn(args, call)),
  cyclic_cos: (args, call) => Math.cos(turn(args, call)),
};
