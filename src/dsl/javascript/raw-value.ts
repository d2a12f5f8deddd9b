import { isNumeric, type Value, type ValueKind } from "../../core/index.ts";
import type { Raw } from "../functions/index.ts";

/** A column of raw values: numbers and 64-bit ints with NaN for missing, or texts with `null`. */
export type RawColumn = Float64Array | Raw[];

/** An API value as generated code holds it: NaN (texts: `null`) for missing, 0 and 1 for truth values. */
export function toRaw(value: Value, kind: ValueKind): Raw {
  if (value === null) return isNumeric(kind) ? Number.NaN : null;
  return typeof value === "boolean" ? Number(value) : value;
}

/** What generated code holds as an API value. */
export function fromRaw(raw: Raw, kind: ValueKind): Value {
  if (raw === null || raw !== raw) return null;
  return kind === "bool" ? raw === 1 : raw;
}
