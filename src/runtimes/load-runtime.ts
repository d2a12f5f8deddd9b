import { TondoError } from "../core/index.ts";
import { loadLinear } from "./linear.ts";
import { loadLogistic } from "./logistic.ts";
import { asDocument, type ModelDocument, modelInvalid } from "./model-document.ts";
import { defaultRuntimeLimits, type Runtime, type RuntimeLimits } from "./runtime.ts";

/** Every kind of model that can be scored, by the `kind` of its `model.json`. A new kind is one line here. */
const kinds: ReadonlyMap<string, (document: ModelDocument, limits: RuntimeLimits) => Runtime> = new Map([
  ["linear", loadLinear],
  ["logistic", loadLogistic],
]);

/**
 * What scores the model of a parsed `model.json`.
 *
 * @throws TondoError `MODEL_INVALID` saying what is wrong with it; `LIMIT_EXCEEDED` where it has too many slots.
 * @example
 * ```ts
 * const runtime = loadRuntime({ kind: "linear", version: 1, slots: ["distance"], weights: [0.5], intercept: 1 });
 * runtime.score([10]); // 6
 * ```
 */
export function loadRuntime(model: unknown, limits: Partial<RuntimeLimits> = {}): Runtime {
  const document = asDocument(model);
  const kind = document["kind"];
  const load = typeof kind === "string" ? kinds.get(kind) : undefined;
  if (load === undefined) {
    throw modelInvalid(`kind ${JSON.stringify(kind)} is not one of ${[...kinds.keys()].join(", ")}`);
  }
  return load(document, { ...defaultRuntimeLimits, ...limits });
}

/**
 * What scores the model of the bytes of a `model.json`.
 * @throws TondoError `MODEL_INVALID`, `LIMIT_EXCEEDED`
 */
export function parseRuntime(bytes: Uint8Array, limits: Partial<RuntimeLimits> = {}): Runtime {
  const { maxBytes } = { ...defaultRuntimeLimits, ...limits };
  if (bytes.length > maxBytes) {
    throw new TondoError("LIMIT_EXCEEDED", `model.json has ${String(bytes.length)} bytes`, {
      hint: `The limit maxBytes is ${String(maxBytes)}; raise it if the model is meant to be that large.`,
    });
  }
  let model: unknown;
  try {
    model = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new TondoError("MODEL_INVALID", `model.json is not JSON: ${cause instanceof Error ? cause.message : ""}`, {
      cause,
      hint: "The file was damaged or is not what the trainer wrote; train the model again.",
    });
  }
  return loadRuntime(model, limits);
}
