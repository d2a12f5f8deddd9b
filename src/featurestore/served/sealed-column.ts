import type { Field } from "parquetjs-lite";
import { elementKind, isEmbedding, isList, type ScalarKind, type Value, type ValueKind } from "../../core/index.ts";

/*
 * Parts are sealed by parquetjs-lite 0.8, which writes each kind exactly in one way of its own. It rounds 64-bit integers (`parseInt`), so they are decimal
 * text; it refuses moments before 1970, so those are doubles, which hold every microsecond of the language; a double it reads from its own shortest digits, so all
 * bits are kept of what is neither NaN nor -0, which no value is. Compaction makes of them what files have.
 */

/** The name of a column of a part: vectors' own names may hold anything. */
export function sealedName(place: number): string {
  return `c${String(place)}`;
}

/** The column of a part that holds values of a kind. */
export function sealedField(kind: ValueKind): Field {
  if (!isList(kind) && !isEmbedding(kind)) return { type: scalarType(kind), optional: true, statistics: false };
  const element: Field = { type: scalarType(isList(kind) ? elementKind(kind) : "float"), statistics: false };
  return { type: "LIST", optional: true, fields: { list: { repeated: true, fields: { element } } } };
}

function scalarType(kind: ScalarKind): "UTF8" | "DOUBLE" {
  return kind === "string" || kind === "int" ? "UTF8" : "DOUBLE";
}

/** A value as {@link sealedField} takes it. */
export function sealedValue(value: Value, kind: ValueKind): unknown {
  if (value === null) return null;
  if (!isList(kind) && !isEmbedding(kind)) return sealedScalar(value, kind);
  const of = isList(kind) ? elementKind(kind) : "float";
  const items: readonly Value[] = Array.isArray(value) ? value : [];
  return { list: items.map((item) => ({ element: sealedScalar(item, of) })) };
}

/** A value of a kind without parts, as a column of it takes it. */
export function sealedScalar(value: Value, kind: ScalarKind): unknown {
  if (kind === "int") return String(value);
  return typeof value === "boolean" ? Number(value) : value;
}
