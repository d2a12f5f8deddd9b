import {
  elementKind,
  isEmbedding,
  isList,
  isNumeric,
  type Scalar,
  type Value,
  type ValueKind,
} from "../../core/index.ts";
import type { Raw, RawList, RawScalar } from "./scalar-function.ts";

/** A column of raw values: numbers and 64-bit ints with NaN for missing, or texts, lists and embeddings with `null`. */
export type RawColumn = Float64Array | Raw[];

/** The missing value of a kind, as generated code holds it. */
export function missingRaw(kind: ValueKind): RawScalar {
  return isNumeric(kind) ? Number.NaN : null;
}

/** Whether a raw value is missing, of whatever kind. */
export function isMissingRaw(raw: Raw): boolean {
  return raw === null || raw !== raw;
}

/** A raw value as JSON has it, where missing is `null` and an embedding an array of numbers. */
export function rawFromJson(value: Raw, kind: ValueKind): Raw {
  if (value === null) return missingRaw(kind);
  return isEmbedding(kind) && typeof value === "object" ? numbersOf(value) : value;
}

/** An API value as generated code holds it: see `Raw`. */
export function toRaw(value: Value, kind: ValueKind): Raw {
  if (value === null) return missingRaw(kind);
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "object") return value;
  if (isEmbedding(kind)) return numbersOf(value);
  return value.map((item) => (typeof item === "boolean" ? Number(item) : item));
}

/** What generated code holds as an API value. */
export function fromRaw(raw: Raw, kind: ValueKind): Value {
  if (raw === null || raw !== raw) return null;
  if (typeof raw !== "object") return kind === "bool" ? raw === 1 : raw;
  if (raw instanceof Float64Array) return listOf(raw);
  return isList(kind) && elementKind(kind) === "bool" ? raw.map((item) => item === 1) : raw;
}

/** A copy; what is made with an iterator or a function for each number takes ten times as long, and requests bring long ones. */
function numbersOf(values: RawList | Float64Array | readonly Scalar[]): Float64Array {
  return new Float64Array(values as ArrayLike<number>);
}

/** A copy, by index for the same reason. */
function listOf(values: Float64Array): readonly number[] {
  const list = new Array<number>(values.length);
  for (let i = 0; i < values.length; i++) list[i] = values[i] ?? 0;
  return list;
}
