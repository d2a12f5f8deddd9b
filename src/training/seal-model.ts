import { canonicalJson } from "../core/index.ts";
import {
  type Fitted,
  fittedFingerprint,
  type FunctionLibrary,
  noFunctions,
  vectorFingerprint,
  type VectorPlan,
} from "../dsl/index.ts";
import { buildPackage, packageFiles } from "../registry/index.ts";
import { loadRuntime } from "../runtimes/index.ts";
import { goldenRowsOf } from "./golden-rows.ts";
import type { TrainedModel } from "./trainer.ts";

/** Packs a trained model; the same content gives the same bytes. */
export type ModelSealer = (trained: TrainedModel) => Uint8Array;

/**
 * What packs the models of one training, each with all that serving it takes: the vector's plan, what was fitted, the learned parameters, and
 * golden rows. No code: serving generates it anew from the plan. What their packages share is made once. `functions` are those of the
 * project's own.
 *
 * @throws TondoError `USER_FUNCTION_FAILED` where one of them has no answer for a golden row
 */
export function modelSealer(vector: VectorPlan, fitted: Fitted, functions: FunctionLibrary = noFunctions): ModelSealer {
  const goldenRows = goldenRowsOf(vector, fitted, functions);
  const ofVector = { name: vector.name, fingerprint: vectorFingerprint(vector), fitted: fittedFingerprint(fitted) };
  const shared = { [packageFiles.vector]: text(vector), [packageFiles.fitted]: text(fitted) };
  return ({ model, files }) => {
    const runtime = loadRuntime(model);
    return buildPackage({
      ...Object.fromEntries(files ?? []),
      [packageFiles.manifest]: text({ version: 1, kind: runtime.kind, output: runtime.output, vector: ofVector }),
      ...shared,
      [packageFiles.model]: text(model),
      [packageFiles.golden]: text(goldenRows(runtime)),
    });
  };
}

function text(value: unknown): string {
  return `${canonicalJson(value)}\n`;
}
