import type { Value } from "../../src/core/index.ts";
import type { StoredWindowPlan } from "../../src/dsl/plan/index.ts";
import { exactSum } from "./exact-sum.ts";
import { compareValues, isSafe } from "./values.ts";

/**
 * What a window's aggregate makes of its inputs, which stand in the order of the time contract, missing ones
 * included; they are skipped. Of nothing, `count` is 0 and the others are missing.
 */
export function aggregate(plan: StoredWindowPlan, inputs: readonly Value[]): Value {
  // `count()` has no input and counts rows.
  if (plan.input === undefined) return inputs.length;
  const present = inputs.filter((input) => input !== null);
  if (plan.aggregate === "count") return present.length;
  if (present.length === 0) return null;
  switch (plan.aggregate) {
    case "sum":
      return plan.input.type.startsWith("int") ? exactIntSum(present) : exactSum(present.map(Number));
    case "mean": {
      const sum = exactSum(present.map(Number));
      return sum === null ? null : sum / present.length;
    }
    case "min":
      return present.reduce((least, value) => (compareValues(value, least) < 0 ? value : least));
    case "max":
      return present.reduce((most, value) => (compareValues(value, most) > 0 ? value : most));
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
