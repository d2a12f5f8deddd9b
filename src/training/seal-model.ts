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
import { goldenRows } from "./golden-rows.ts";
import type { TrainedModel } from "./trainer.ts";

/**
 * Packs a trained model with all that serving it takes: the vector's plan, what was fitted, the learned parameters, and golden rows. No
 * code: serving generates it anew from the plan. The same content gives the same bytes. `functions` are those of the project's own.
 *
 * @throws TondoError `USER_FUNCTION_FAILED` where one of them has no answer for a golden row
 */
export function sealModel(
  vector: VectorPlan,
  fitted: Fitted,
  { model, files }: TrainedModel,
  functions: FunctionLibrary = noFunctions,
): Uint8Array {
  const runtime = loadRuntime(model);
  const manifest = {
    version: 1,
    kind: runtime.kind,
    output: runtime.output,
    vector: { name: vector.name, fingerprint: vectorFingerprint(vector), fitted: fittedFingerprint(fitted) },
  };
  const text = (value: unknown): string => `${canonicalJson(value)}\n`;
  return buildPackage({
    ...Object.fromEntries(files ?? []),
    [packageFiles.manifest]: text(manifest),
    [packageFiles.vector]: text(vector),
    [packageFiles.fitted]: text(fitted),
    [packageFiles.model]: text(model),
    [packageFiles.golden]: text(goldenRows(vector, fitted, runtime, functions)),
  });
}
