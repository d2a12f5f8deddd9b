import { evaluateBinary, evaluateRegression, type Metrics } from "../registry/evaluation/index.ts";
import type { Runtime } from "../runtimes/index.ts";
import type { Columns } from "./columns.ts";

/** Metrics on some rows, and how many of them had no score and so count in no metric. */
export interface Evaluation {
  readonly rows: number;
  readonly unscored: number;
  readonly metrics: Metrics;
}

/** Scores each row; NaN where a slot is missing. */
export function scoreRows(runtime: Runtime, rows: Columns): Float64Array {
  const columns = runtime.slots.map((slot) => rows.column(slot));
  return runtime.scoreMany(columns, rows.rows);
}

/**
 * The metrics that suit the runtime's output.
 * @throws TondoError `METRIC_INPUT_INVALID` where labels are not 0 or 1 but scores are probabilities.
 */
export function evaluateScores(output: Runtime["output"], labels: Float64Array, scores: Float64Array): Evaluation {
  const scored = scores.findIndex(Number.isNaN) < 0 ? scores : scores.filter((score) => !Number.isNaN(score));
  const judged = scored === scores ? labels : labels.filter((_, i) => !Number.isNaN(scores[i]));
  const evaluate = output === "probability" ? evaluateBinary : evaluateRegression;
  return { rows: labels.length, unscored: labels.length - scored.length, metrics: evaluate(judged, scored) };
}
