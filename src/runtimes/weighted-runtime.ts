import {
  checkMembers,
  type ModelDocument,
  modelInvalid,
  readNumber,
  readNumbers,
  readSlots,
} from "./model-document.ts";
import type { Runtime, RuntimeLimits } from "./runtime.ts";

/** The `model.json` of kinds that weigh each slot: `linear` and `logistic`. */
export interface WeightedModel {
  readonly kind: "linear" | "logistic";
  /** The form of this file. */
  readonly version: 1;
  readonly slots: readonly string[];
  /** One a slot. */
  readonly weights: readonly number[];
  readonly intercept: number;
  readonly [member: string]: string | number | readonly string[] | readonly number[];
}

/**
 * Scores intercept + w0 * x0 + w1 * x1 + ..., always added in this order, passed through `link`.
 * @throws TondoError `MODEL_INVALID`, `LIMIT_EXCEEDED`
 */
export function weightedRuntime(
  document: ModelDocument,
  limits: RuntimeLimits,
  output: Runtime["output"],
  link: (sum: number) => number,
): Runtime {
  checkMembers(document, ["kind", "version", "slots", "weights", "intercept"]);
  if (document["version"] !== 1) throw modelInvalid(`version ${JSON.stringify(document["version"])} is not known`);
  const slots = readSlots(document, limits);
  const weights = readNumbers(document, "weights", slots.length);
  const intercept = readNumber(document["intercept"], '"intercept"');
  /** A missing slot is NaN and makes the sum NaN, whatever its weight. */
  const finish = (sum: number): number => {
    const score = Number.isFinite(sum) ? link(sum) : NaN;
    return Number.isFinite(score) ? score + 0 : NaN;
  };
  return Object.freeze({
    kind: String(document["kind"]),
    output,
    slots,
    score(values: ArrayLike<number>): number | null {
      if (values.length !== weights.length) return null;
      let sum = intercept;
      for (let i = 0; i < weights.length; i++) sum += (weights[i] ?? NaN) * (values[i] ?? NaN);
      const score = finish(sum);
      return Number.isNaN(score) ? null : score;
    },
    scoreMany(columns: readonly ArrayLike<number>[], rows: number): Float64Array {
      const sums = new Float64Array(rows).fill(columns.length === weights.length ? intercept : NaN);
      columns.forEach((column, j) => {
        const weight = weights[j] ?? NaN;
        for (let i = 0; i < rows; i++) sums[i] = (sums[i] ?? NaN) + weight * (column[i] ?? NaN);
      });
      for (let i = 0; i < rows; i++) sums[i] = finish(sums[i] ?? NaN);
      return sums;
    },
  });
}
