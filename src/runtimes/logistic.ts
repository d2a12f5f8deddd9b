import type { ModelDocument } from "./model-document.ts";
import type { Runtime, RuntimeLimits } from "./runtime.ts";
import { weightedRuntime } from "./weighted-runtime.ts";

/**
 * A `logistic` model scores the probability 1 / (1 + exp(-(intercept + Σ weight * slot))).
 * @throws TondoError `MODEL_INVALID`, `LIMIT_EXCEEDED`
 */
export function loadLogistic(document: ModelDocument, limits: RuntimeLimits): Runtime {
  return weightedRuntime(document, limits, "probability", (sum) => 1 / (1 + Math.exp(-sum)));
}
