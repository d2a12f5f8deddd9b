import type { Value } from "../../../src/core/index.ts";
import { compareValues } from "../../../src/featurestore/oracle/values.ts";
import { at, type NaiveFunction, option, type Present } from "./naive-function.ts";

function ordered(holds: (order: number) => boolean): NaiveFunction {
  return (args) => holds(compareValues(at(args, 0), at(args, 1)));
}

/** The comparisons. */
export const comparisonFunctions: Readonly<Record<string, NaiveFunction>> = {
  eq: ordered((order) => order === 0),
  ne: ordered((order) => order !== 0),
  lt: ordered((order) => order < 0),
  le: ordered((order) => order <= 0),
  gt: ordered((order) => order > 0),
  ge: ordered((order) => order >= 0),
  in: (args, call) => {
    const list = option(call, "list");
    if (typeof list !== "object") throw new Error("the list is none");
    const x = at(args, 0);
    // A whole number beyond the safe ones is written as decimal text.
    const isInt = call.args[0]?.type.startsWith("int") === true;
    return list.some((item) => compareValues(x, isInt ? BigInt(item) : item) === 0);
  },
  between: (args) => compareValues(at(args, 1), at(args, 0)) <= 0 && compareValues(at(args, 0), at(args, 2)) <= 0,
  min: (args) => args.reduce((a, b) => (compareValues(b, a) < 0 ? b : a)),
  max: (args) => args.reduce((a, b) => (compareValues(b, a) > 0 ? b : a)),
  clip: (args) => {
    const [x, low, high] = [at(args, 0), at(args, 1), at(args, 2)];
    if (compareValues(low, high) > 0) return null;
    return compareValues(x, low) < 0 ? low : compareValues(x, high) > 0 ? high : x;
  },
  not: (args) => at(args, 0) === false,
};

/** The functions that look at missing values themselves, of arguments as they are. */
export const missingFunctions: Readonly<Record<string, (args: readonly Value[]) => Value>> = {
  and: (args) => (args.includes(false) ? false : args.includes(null) ? null : true),
  or: (args) => (args.includes(true) ? true : args.includes(null) ? null : false),
  coalesce: (args) => args.find((arg): arg is Present => arg !== null) ?? null,
  is_missing: ([x = null]) => x === null,
  if: ([condition = null, a = null, b = null]) => (condition === null ? null : condition === true ? a : b),
};
