import { TondoError } from "../core/index.ts";
import type { WeightedModel } from "../runtimes/index.ts";

/** How columns were centred and scaled for a fit: z = (x - mean) / scale. */
export interface Scaling {
  readonly means: Float64Array;
  /** Population standard deviations; 0 for a column that is constant, which takes no part. */
  readonly scales: Float64Array;
}

/** Weights of standardised columns. */
export interface StandardWeights {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/**
 * The `model.json` that weighs the columns as they are.
 * @throws TondoError `TRAINER_FAILED` where numbers left the range of doubles.
 */
export function weightedModel(
  kind: WeightedModel["kind"],
  slots: readonly string[],
  fit: StandardWeights,
  scaling: Scaling,
): WeightedModel {
  let intercept = fit.intercept;
  const weights = slots.map((_, j) => {
    const scale = scaling.scales[j] ?? 0;
    if (scale === 0) return 0;
    const weight = (fit.weights[j] ?? 0) / scale;
    intercept -= weight * (scaling.means[j] ?? 0);
    return weight + 0;
  });
  if (!weights.every(Number.isFinite) || !Number.isFinite(intercept)) throw outOfRange(kind);
  return { kind, version: 1, slots: [...slots], weights, intercept: intercept + 0 };
}

/** @throws TondoError `TRAINER_FAILED` where numbers left the range of doubles. */
export function checkScaling(kind: WeightedModel["kind"], scaling: Scaling): void {
  if (!scaling.means.every(Number.isFinite) || !scaling.scales.every(Number.isFinite)) throw outOfRange(kind);
}

function outOfRange(kind: string): TondoError {
  return new TondoError("TRAINER_FAILED", `the ${kind} regression left the range of doubles`, {
    hint: "Scale slots or labels that hold extremely large or small numbers.",
  });
}

/** The same model on standardised columns: the inverse of {@link weightedModel}. */
export function standardWeights(model: WeightedModel, scaling: Scaling): StandardWeights {
  let intercept = model.intercept;
  const weights = Float64Array.from(model.weights, (weight, j) => {
    intercept += weight * (scaling.means[j] ?? 0);
    return weight * (scaling.scales[j] ?? 0);
  });
  return { weights, intercept };
}
