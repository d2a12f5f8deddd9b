import { isScalar, type ValueKind } from "../../../../src/core/index.ts";
import type { Raw } from "../../../../src/dsl/index.ts";
import type { ColumnItems } from "../../../../src/featurestore/online/codec/index.ts";

/** Some values as DuckDB has them in a column; a missing float is NaN or not there, by turns. */
export function columnOf(kind: ValueKind, values: Raw[]): ColumnItems {
  if (!isScalar(kind)) return { is: "values", values };
  const isThere = (value: Raw): boolean => value !== null && value === value;
  const isMarked = (value: Raw, i: number): boolean => isThere(value) || (kind === "float" && i % 2 === 0);
  const present = values.every(isMarked) ? null : new Uint8Array(Math.ceil(values.length / 8));
  if (present !== null)
    for (const [i, value] of values.entries())
      if (isMarked(value, i)) present[i >> 3] = (present[i >> 3] ?? 0) | (1 << (i & 7));
  // What stands where nothing is there may be anything.
  if (kind === "int") {
    const items = BigInt64Array.from(values, (value) => (isThere(value) ? BigInt(value as number | bigint) : 77n));
    return { is: "numbers", items, present };
  }
  if (kind !== "string") {
    const items = Float64Array.from(values, (value, i) => {
      return isThere(value) ? Number(value) : isMarked(value, i) ? NaN : 77;
    });
    return { is: "numbers", items, present };
  }
  const bytes = new Uint8Array(values.length * 16);
  const lengths = new Uint32Array(bytes.buffer);
  for (const [i, value] of values.entries()) {
    const text = new TextEncoder().encode(isThere(value) ? String(value) : "nothing");
    lengths[i * 4] = text.length;
    bytes.set(text.subarray(0, text.length > 12 ? 4 : 12), i * 16 + 4);
  }
  return { is: "entries", bytes, lengths, present, long: (row) => String(values[row]) };
}
