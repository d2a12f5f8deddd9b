import { TondoError } from "../core/index.ts";
import type { RuntimeLimits } from "./runtime.ts";

/** The members of a parsed `model.json`, not yet looked at. */
export type ModelDocument = Readonly<Record<string, unknown>>;

/** Says what is wrong with a model file. */
export function modelInvalid(message: string): TondoError {
  return new TondoError("MODEL_INVALID", `model.json: ${message}`, {
    hint: "The file must be as a trainer of this kind writes it; train the model again or mend the trainer.",
  });
}

/** @throws TondoError `MODEL_INVALID` where it is no object. */
export function asDocument(model: unknown): ModelDocument {
  if (typeof model === "object" && model !== null && !Array.isArray(model)) return model as ModelDocument;
  throw modelInvalid("it is not a JSON object");
}

/** @throws TondoError `MODEL_INVALID` where it has other members than these, or lacks one. */
export function checkMembers(document: ModelDocument, expected: readonly string[]): void {
  for (const name of expected) if (!Object.hasOwn(document, name)) throw modelInvalid(`"${name}" is missing`);
  for (const name of Object.keys(document)) {
    if (!expected.includes(name))
      throw modelInvalid(`"${name}" is not a member of a ${String(document["kind"])} model`);
  }
}

/** The names of the vector's slots: distinct, non-empty strings. @throws TondoError `MODEL_INVALID`, `LIMIT_EXCEEDED` */
export function readSlots(document: ModelDocument, limits: RuntimeLimits): readonly string[] {
  const slots: unknown = document["slots"];
  if (!Array.isArray(slots)) throw modelInvalid('"slots" is not an array of names');
  if (slots.length > limits.maxSlots) {
    throw new TondoError("LIMIT_EXCEEDED", `model.json has ${String(slots.length)} slots`, {
      hint: `The limit maxSlots is ${String(limits.maxSlots)}; raise it if the model is meant to be that large.`,
    });
  }
  const seen = new Set<string>();
  slots.forEach((slot: unknown, i) => {
    if (typeof slot !== "string" || slot === "") throw modelInvalid(`"slots" has no name at position ${String(i)}`);
    if (seen.has(slot)) throw modelInvalid(`"slots" names "${slot}" twice`);
    seen.add(slot);
  });
  return Object.freeze([...seen]);
}

/** A finite number. @throws TondoError `MODEL_INVALID` */
export function readNumber(value: unknown, name: string): number {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw modelInvalid(`${name} is not a finite number`);
}

/** A finite number a slot. @throws TondoError `MODEL_INVALID` */
export function readNumbers(document: ModelDocument, name: string, length: number): Float64Array {
  const values: unknown = document[name];
  if (!Array.isArray(values)) throw modelInvalid(`"${name}" is not an array of numbers`);
  if (values.length !== length) {
    throw modelInvalid(`"${name}" has ${String(values.length)} numbers for ${String(length)} slots`);
  }
  return Float64Array.from(values, (value: unknown, i) => readNumber(value, `"${name}" at position ${String(i)}`));
}
