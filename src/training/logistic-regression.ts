import type { WeightedModel } from "../runtimes/index.ts";
import { evaluateLogistic, logisticScratch, type LogisticState } from "./logistic-objective.ts";
import { solveSymmetric } from "./symmetric-solve.ts";
import { checkScaling, type Scaling, standardWeights, weightedModel } from "./weighted-fit.ts";

/** When to stop. */
export interface LogisticOptions {
  readonly ridge: number;
  /** Newton steps before giving up; the model is then reported as not converged. */
  readonly maxSteps: number;
  /** Stop once no weight moves by more than this part of the largest. */
  readonly tolerance: number;
}

/** How a fit went. */
export interface LogisticReport {
  readonly converged: boolean;
  readonly steps: number;
  /** Why no fit was needed. */
  readonly note?: string;
  readonly [member: string]: boolean | number | string | undefined;
}

/** A step is halved at most so often where the objective would rise. */
const maxHalvings = 30;

/**
 * Logistic regression with a ridge, by iteratively reweighted least squares (Newton's method) on standardised columns:
 * the weights w and intercept b least in Σ log(1 + exp(-s (b + Σ w_j z_j))) + ridge / 2 * Σ w_j^2, with s = 1 for
 * label 1 and -1 for 0. That is scikit-learn's `make_pipeline(StandardScaler(), LogisticRegression(C=1 / ridge))`. The
 * intercept is not penalised; a constant column weighs 0.
 *
 * Where all labels are the same no finite intercept is best: the model then says (ones + 1/2) / (rows + 1) for every
 * row, and the report says so.
 *
 * @param columns The slots, in order; labels are 0 and 1.
 * @param start A model to start from, which saves steps and moves the result by less than the tolerance.
 * @throws TondoError `TRAINER_FAILED` where numbers leave the range of doubles.
 */
export function fitLogistic(
  slots: readonly string[],
  columns: readonly Float64Array[],
  labels: Float64Array,
  options: LogisticOptions,
  start?: WeightedModel,
): { readonly model: WeightedModel; readonly report: LogisticReport } {
  const scaling = scalingOf(columns);
  checkScaling("logistic", scaling);
  const ones = labels.reduce((sum, label) => sum + label, 0);
  if (ones === 0 || ones === labels.length) {
    const intercept = Math.log((ones + 0.5) / (labels.length - ones + 0.5));
    const model = weightedModel("logistic", slots, { weights: new Float64Array(slots.length), intercept }, scaling);
    return { model, report: { converged: true, steps: 0, note: "all labels are the same" } };
  }
  const used = [...slots.keys()].filter((j) => scaling.scales[j] !== 0);
  const from = start === undefined ? undefined : standardWeights(start, scaling);
  const data = {
    columns: used.map((j) => columns[j] ?? labels),
    means: Float64Array.from(used, (j) => scaling.means[j] ?? 0),
    scales: Float64Array.from(used, (j) => scaling.scales[j] ?? 1),
    labels,
  };
  // The intercept comes last.
  const initial = Float64Array.from([...used, -1], (j) =>
    j >= 0 ? (from?.weights[j] ?? 0) : (from?.intercept ?? Math.log(ones / (labels.length - ones))),
  );
  const scratch = logisticScratch(used.length);
  const { weights: fitted, ...report } = descend(
    initial,
    (at) => evaluateLogistic(data, at, options.ridge, scratch),
    options,
  );
  const weights = new Float64Array(slots.length);
  used.forEach((j, i) => (weights[j] = fitted[i] ?? 0));
  const intercept = fitted[used.length] ?? 0;
  return { model: weightedModel("logistic", slots, { weights, intercept }, scaling), report };
}

/** Newton's method with halving of steps. */
function descend(
  initial: Float64Array,
  evaluate: (at: Float64Array) => LogisticState,
  options: LogisticOptions,
): { weights: Float64Array; converged: boolean; steps: number } {
  let weights = initial;
  let state = evaluate(weights);
  for (let steps = 1; steps <= options.maxSteps; steps++) {
    const step = solveSymmetric(state.hessian, state.gradient);
    const moved = (part: number): Float64Array => weights.map((weight, j) => weight - part * (step[j] ?? 0));
    const largest = weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1);
    if (step.every((change) => Math.abs(change) <= options.tolerance * largest)) {
      return { weights: moved(1), converged: true, steps };
    }
    let part = 1;
    let next = evaluate(moved(part));
    const enough = state.objective + Math.abs(state.objective) * 1e-12;
    for (let halvings = 0; !(next.objective <= enough) && halvings < maxHalvings; halvings++) {
      part /= 2;
      next = evaluate(moved(part));
    }
    weights = moved(part);
    state = next;
  }
  return { weights, converged: false, steps: options.maxSteps };
}

/** Means and population standard deviations, in two passes. */
function scalingOf(columns: readonly Float64Array[]): Scaling {
  const means = new Float64Array(columns.length);
  const scales = new Float64Array(columns.length);
  columns.forEach((column, j) => {
    const first = column[0] ?? 0;
    let sum = 0;
    let constant = true;
    for (const x of column) {
      sum += x - first;
      constant &&= x === first;
    }
    const mean = first + sum / column.length;
    let squares = 0;
    for (const x of column) squares += (x - mean) * (x - mean);
    means[j] = mean;
    scales[j] = constant ? 0 : Math.sqrt(squares / column.length);
  });
  return { means, scales };
}
