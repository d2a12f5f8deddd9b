import type { Value } from "../../core/index.ts";
import type { StoredWindowPlan } from "../../dsl/index.ts";
import { approximateCount } from "./approximate-count.ts";
import { exactSum } from "./exact-sum.ts";
import { exactVariance } from "./exact-variance.ts";
import { compareValues, isSafe } from "./values.ts";

/** What of a window's plan decides its result. */
export type AggregatePlan = Pick<StoredWindowPlan, "aggregate" | "options" | "input">;

/**
 * What a window's aggregate makes of its inputs, which stand in the order of the time contract, missing ones
 * included; they are skipped unless the options say otherwise. Of nothing, `count` is 0 and the others are missing.
 */
export function aggregate(plan: AggregatePlan, inputs: readonly Value[]): Value {
  // `count()` has no input and counts rows.
  if (plan.input === undefined) return inputs.length;
  const { options = {} } = plan;
  if (options["skip_missing"] === false) return (plan.aggregate === "first" ? inputs[0] : inputs.at(-1)) ?? null;
  const present = inputs.filter((input) => input !== null);
  if (plan.aggregate === "count") return present.length;
  if (present.length === 0) return null;
  switch (plan.aggregate) {
    case "sum":
      return plan.input.type.startsWith("float") ? exactSum(present.map(Number)) : exactIntSum(present);
    case "var":
      return exactVariance(present.map(Number));
    case "std": {
      const variance = exactVariance(present.map(Number));
      return variance === null ? null : Math.sqrt(variance);
    }
    case "mean": {
      const sum = exactSum(present.map(Number));
      return sum === null ? null : sum / present.length;
    }
    case "min":
      return present.reduce((least, value) => (compareValues(value, least) < 0 ? value : least));
    case "max":
      return present.reduce((most, value) => (compareValues(value, most) > 0 ? value : most));
    case "first":
      return present[0] ?? null;
    case "distinct": {
      const different = new Set(present).size;
      return different > Number(options["limit"]) ? null : different;
    }
    case "approx_distinct":
      return approximateCount(present, plan.input.type.startsWith("float"));
    case "quantile":
      return sevenDigits(shareAtMost(present.map(Number), Number(options["p"])));
    case "last_k":
      return present.slice(-Number(options["n"])).reverse() as Value;
    case "topk":
      return mostFrequent(present, Number(options["k"]), Number(options["limit"]));
    case "last":
      return present.at(-1) ?? null;
    default:
      throw new Error(`the oracle does not know the aggregate "${plan.aggregate}"`);
  }
}

/** The exact total of 64-bit integers, missing where it (not a part of it) lies beyond ±(2^53 - 1). */
function exactIntSum(values: readonly Value[]): number | null {
  const total = values.reduce((sum: bigint, value) => sum + BigInt(value as number | bigint), 0n);
  return isSafe(total) ? Number(total) : null;
}

/** The smallest value such that at least that share of the values is at most as large. */
function shareAtMost(values: readonly number[], share: number): number {
  const found = values.filter((value) => values.filter((other) => other <= value).length / values.length >= share);
  return Math.min(...found);
}

/** A number rounded to seven binary digits, halves away from zero; no further than the largest such number. */
function sevenDigits(value: number): number {
  const size = Math.abs(value);
  if (size === 0) return 0;
  let unit = 2 ** -1022;
  while (unit < 2 ** 1023 && unit * 2 <= size) unit *= 2;
  // Below the smallest unit numbers are a whole multiple of it or of its parts all the same.
  const rounded = Math.min(Math.floor((size / unit) * 64 + 0.5), 128);
  const result = rounded === 128 && unit === 2 ** 1023 ? (127 / 64) * unit : (rounded / 64) * unit;
  return value < 0 && result !== 0 ? -result : result;
}

/** The most frequent values, of equally frequent ones the smaller; missing where there are more different ones than the limit. */
function mostFrequent(values: readonly Value[], k: number, limit: number): Value {
  const different = [...new Set(values)];
  if (different.length > limit) return null;
  const times = (value: Value): number => values.filter((other) => other === value).length;
  return different.sort((a, b) => times(b) - times(a) || compareValues(a, b)).slice(0, k) as Value;
}
