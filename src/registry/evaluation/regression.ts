import { checkColumns, metric, type Metrics, undefinedMetric } from "./metric.ts";
import { WideSum } from "./wide-sum.ts";

/** The metrics of {@link evaluateRegression}. */
export type RegressionMetrics = Metrics<"rmse" | "mae" | "r2">;

/**
 * Root mean squared error, mean absolute error and coefficient of determination, as scikit-learn defines them
 * (`root_mean_squared_error`, `mean_absolute_error`, `r2_score`). Sums are exact: the order of rows changes no bit.
 *
 * R2 of a constant label is 1 where every score equals it, else 0, and is undefined for fewer than two rows.
 *
 * @throws TondoError `METRIC_INPUT_INVALID` where lengths differ, a value is not finite or a weight is negative.
 * @example `evaluateRegression([1, 2, 3], [1, 2, 4]).mae // { value: 0.3333333333333333 }`
 */
export function evaluateRegression(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): RegressionMetrics {
  checkColumns(labels, scores, weights);
  const rows = labels.length;
  const total = new WideSum();
  const squares = new WideSum();
  const absolutes = new WideSum();
  const labelSum = new WideSum();
  for (let i = 0; i < rows; i++) {
    const weight = weights === undefined ? 1 : (weights[i] ?? 0);
    const label = labels[i] ?? 0;
    const error = label - (scores[i] ?? 0);
    if (weights !== undefined) total.add(weight);
    squares.add(weight * (error * error));
    absolutes.add(weight * Math.abs(error));
    labelSum.add(weight * label);
  }
  const weight = weights === undefined ? rows : total.value();
  if (!(weight > 0)) {
    const none = undefinedMetric(rows === 0 ? "there are no rows" : "all weights are zero");
    return { rmse: none, mae: none, r2: none };
  }
  const squared = squares.value();
  return {
    rmse: metric(Math.sqrt(squared / weight)),
    mae: metric(absolutes.value() / weight),
    r2:
      rows < 2 ? undefinedMetric("R2 needs two rows") : metric(r2(labels, weights, labelSum.value() / weight, squared)),
  };
}

function r2(labels: ArrayLike<number>, weights: ArrayLike<number> | undefined, mean: number, squared: number): number {
  const first = labels[0] ?? 0;
  const spread = new WideSum();
  let constant = true;
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? 0;
    constant &&= label === first;
    const away = label - mean;
    spread.add((weights === undefined ? 1 : (weights[i] ?? 0)) * (away * away));
  }
  // The mean of a constant may be off by a rounding, which must not pass for spread.
  const denominator = constant ? 0 : spread.value();
  if (denominator === 0) return squared === 0 ? 1 : 0;
  return 1 - squared / denominator;
}
