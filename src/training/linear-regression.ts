import type { WeightedModel } from "../runtimes/index.ts";
import { mergeMoments, rangeMoments, type RangeMoments } from "./range-moments.ts";
import { solveSymmetric } from "./symmetric-solve.ts";
import { checkScaling, weightedModel } from "./weighted-fit.ts";

/**
 * Least squares with a ridge, by normal equations on standardised columns: the weights w and intercept b least in
 * Σ (y - b - Σ w_j z_j)^2 + ridge * Σ w_j^2, where z_j is column j less its mean, over its population standard
 * deviation. That is scikit-learn's `make_pipeline(StandardScaler(), Ridge(alpha=ridge))`. The intercept is not
 * penalised; a constant column weighs 0; without a ridge, duplicate columns share their weight.
 *
 * @param moments Of the slots, in order, and the label as the last column; see {@link rangeMoments}.
 * @throws TondoError `TRAINER_FAILED` where numbers leave the range of doubles.
 */
export function fitLinear(slots: readonly string[], moments: RangeMoments, ridge: number): WeightedModel {
  const size = slots.length + 1;
  const label = slots.length;
  const product = (i: number, j: number): number => moments.products[Math.max(i, j) * size + Math.min(i, j)] ?? 0;
  const scales = Float64Array.from(slots, (_, j) =>
    moments.least[j] === moments.greatest[j] ? 0 : Math.sqrt(product(j, j) / moments.rows),
  );
  const { means } = moments;
  checkScaling("linear", { means, scales });
  const used = [...slots.keys()].filter((j) => scales[j] !== 0);
  const a = new Float64Array(used.length * used.length);
  const b = new Float64Array(used.length);
  used.forEach((i, row) => {
    const scale = scales[i] ?? 1;
    b[row] = product(i, label) / scale;
    used.forEach((j, column) => {
      // Divided in an order that i and j do not change: the matrix is symmetric to the bit.
      a[row * used.length + column] = product(i, j) / (scale * (scales[j] ?? 1)) + (i === j ? ridge : 0);
    });
  });
  const solved = solveSymmetric(a, b);
  const weights = new Float64Array(slots.length);
  used.forEach((j, row) => (weights[j] = solved[row] ?? 0));
  return weightedModel("linear", slots, { weights, intercept: means[label] ?? 0 }, { means, scales });
}

/**
 * {@link fitLinear} for many nested ranges of the same rows, one after the other: each row's products are formed once,
 * then added up.
 * @param columns The slots, in order, then the label.
 */
export function* linearModels(
  slots: readonly string[],
  columns: readonly Float64Array[],
  ranges: readonly { readonly start: number; readonly end: number }[],
  ridge: number,
): Generator<WeightedModel, undefined> {
  const cuts = [...new Set(ranges.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const positions = new Map(cuts.map((cut, i) => [cut, i]));
  const known = new Map<number, RangeMoments>();
  const between = (i: number): RangeMoments => {
    const moments = known.get(i) ?? rangeMoments(columns, cuts[i] ?? 0, cuts[i + 1] ?? 0);
    known.set(i, moments);
    return moments;
  };
  for (const { start, end } of ranges) {
    let i = positions.get(start) ?? 0;
    let moments = between(i);
    for (i++; (cuts[i] ?? end) < end; i++) moments = mergeMoments(moments, between(i));
    yield fitLinear(slots, moments, ridge);
  }
}
