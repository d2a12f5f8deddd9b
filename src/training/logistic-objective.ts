import { addCrossProducts, blockRows } from "./cross-products.ts";

/** The rows of a logistic fit; columns are standardised on the way. */
export interface LogisticData {
  readonly columns: readonly Float64Array[];
  readonly means: Float64Array;
  readonly scales: Float64Array;
  readonly labels: Float64Array;
}

/** The objective at some weights, with its first and second derivatives; the intercept comes last. */
export interface LogisticState {
  readonly objective: number;
  readonly gradient: Float64Array;
  /** Row by row, symmetric. */
  readonly hessian: Float64Array;
}

/** What {@link evaluateLogistic} works in: one for a fit, whatever the number of steps. */
export interface LogisticScratch {
  /** The standardised columns of a block of rows, with a column of ones for the intercept. */
  readonly z: Float64Array;
  /** The same, times the rows' curvatures. */
  readonly weighted: Float64Array;
}

/** @param columns How many columns take part, without the intercept. */
export function logisticScratch(columns: number): LogisticScratch {
  const size = (columns + 1) * blockRows;
  return { z: new Float64Array(size).fill(1, columns * blockRows), weighted: new Float64Array(size) };
}

/** The penalised negative log-likelihood at `weights`, of which the last is the intercept. */
export function evaluateLogistic(
  data: LogisticData,
  weights: Float64Array,
  ridge: number,
  { z, weighted }: LogisticScratch,
): LogisticState {
  const { columns, labels } = data;
  const used = columns.length;
  const size = used + 1;
  const gradient = new Float64Array(size);
  const hessian = new Float64Array(size * size);
  const residuals = new Float64Array(blockRows);
  const curvatures = new Float64Array(blockRows);
  const sums = new Float64Array(blockRows);
  let objective = 0;
  for (let from = 0; from < labels.length; from += blockRows) {
    const count = Math.min(blockRows, labels.length - from);
    sums.fill(weights[used] ?? 0);
    for (let j = 0; j < used; j++) addStandardised(data, j, from, count, z, weights[j] ?? 0, sums);
    for (let r = 0; r < count; r++) {
      const sum = sums[r] ?? 0;
      const label = labels[from + r] ?? 0;
      // exp of what is never positive cannot overflow.
      const small = Math.exp(-Math.abs(sum));
      const probability = sum >= 0 ? 1 / (1 + small) : small / (1 + small);
      objective += Math.log1p(small) + Math.max(sum, 0) - label * sum;
      residuals[r] = probability - label;
      curvatures[r] = small / ((1 + small) * (1 + small));
    }
    for (let j = 0; j < size; j++)
      gradient[j] = (gradient[j] ?? 0) + weigh(z, j, count, residuals, curvatures, weighted);
    addCrossProducts(hessian, size, weighted, z, count);
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) hessian[j * size + i] = hessian[i * size + j] ?? 0;
    if (i === used) break;
    const weight = weights[i] ?? 0;
    objective += (ridge / 2) * weight * weight;
    gradient[i] = (gradient[i] ?? 0) + ridge * weight;
    hessian[i * size + i] = (hessian[i * size + i] ?? 0) + ridge;
  }
  return { objective, gradient, hessian };
}

/** Standardises a block of column j into `z` and adds it, weighted, to the rows' sums. */
function addStandardised(
  data: LogisticData,
  j: number,
  from: number,
  count: number,
  z: Float64Array,
  weight: number,
  sums: Float64Array,
): void {
  const column = data.columns[j];
  if (column === undefined) return;
  const mean = data.means[j] ?? 0;
  const scale = data.scales[j] ?? 1;
  const base = j * blockRows;
  for (let r = 0; r < count; r++) {
    const value = ((column[from + r] ?? 0) - mean) / scale;
    z[base + r] = value;
    sums[r] = (sums[r] ?? 0) + weight * value;
  }
}

/** Writes column j times the rows' curvatures into `weighted`; returns its sum times their residuals. */
function weigh(
  z: Float64Array,
  j: number,
  count: number,
  residuals: Float64Array,
  curvatures: Float64Array,
  weighted: Float64Array,
): number {
  const base = j * blockRows;
  let sum = 0;
  for (let r = 0; r < count; r++) {
    const value = z[base + r] ?? 0;
    weighted[base + r] = value * (curvatures[r] ?? 0);
    sum += value * (residuals[r] ?? 0);
  }
  return sum;
}
