import { checkColumns, checkEach, metric, type Metrics, undefinedMetric } from "./metric.ts";
import { rocAuc } from "./roc-auc.ts";
import { WideSum } from "./wide-sum.ts";

/** The metrics of {@link evaluateBinary}. */
export type BinaryMetrics = Metrics<"roc_auc" | "log_loss" | "brier" | "accuracy">;

/** Probabilities are kept this far from 0 and 1 before a logarithm: the epsilon of doubles, as scikit-learn does. */
const clip = Number.EPSILON;

/**
 * Area under the ROC curve, log loss, Brier score and accuracy (a score above 0.5 says 1) of probabilities against
 * labels of 0 and 1, as scikit-learn defines them (`roc_auc_score`, `log_loss` with `labels=[0, 1]`,
 * `brier_score_loss`, `accuracy_score`). The order of rows changes no bit.
 *
 * The area is undefined where only one class is present; the others are defined there too.
 *
 * @throws TondoError `METRIC_INPUT_INVALID` where lengths differ, a label is not 0 or 1, a score lies outside [0, 1]
 * or a weight is negative or not finite.
 * @example `evaluateBinary([0, 1, 1], [0.2, 0.2, 0.9]).roc_auc // { value: 0.75 }`
 */
export function evaluateBinary(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): BinaryMetrics {
  checkColumns(labels, scores, weights);
  checkEach("label", labels, (x) => x === 0 || x === 1, "0 or 1");
  checkEach("score", scores, (x) => x >= 0 && x <= 1, "a probability between 0 and 1");
  const rows = labels.length;
  const total = new WideSum();
  const losses = new WideSum();
  const squares = new WideSum();
  const right = new WideSum();
  for (let i = 0; i < rows; i++) {
    const weight = weights === undefined ? 1 : (weights[i] ?? 0);
    const label = labels[i] ?? 0;
    const score = scores[i] ?? 0;
    const likely = label === 1 ? score : 1 - score;
    if (weights !== undefined) total.add(weight);
    losses.add(weight * -Math.log(Math.min(Math.max(likely, clip), 1 - clip)));
    squares.add(weight * ((label - score) * (label - score)));
    if ((score > 0.5 ? 1 : 0) === label) right.add(weight);
  }
  const weight = weights === undefined ? rows : total.value();
  if (!(weight > 0)) {
    const none = undefinedMetric(rows === 0 ? "there are no rows" : "all weights are zero");
    return { roc_auc: none, log_loss: none, brier: none, accuracy: none };
  }
  const area = rocAuc(labels, scores, weights);
  return {
    roc_auc: area === null ? undefinedMetric("only one class is present") : metric(area),
    log_loss: metric(losses.value() / weight),
    brier: metric(squares.value() / weight),
    accuracy: metric(right.value() / weight),
  };
}
