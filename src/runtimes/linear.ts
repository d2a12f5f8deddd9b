import type { ModelDocument } from "./model-document.ts";
import type { Runtime, RuntimeLimits } from "./runtime.ts";
import { weightedRuntime } from "./weighted-runtime.ts";

/** A `linear` model scores intercept + Σ weight * slot. @throws TondoError `MODEL_INVALID`, `LIMIT_EXCEEDED` */
export function loadLinear(document: ModelDocument, limits: RuntimeLimits): Runtime {
  return weightedRuntime(document, limits, "number", (sum) => sum);
}
