import { DuckDBListVector, DuckDBVarCharVector, type DuckDBVector } from "@duckdb/node-api";
import { entriesOf, readVector, textAt } from "./vector-access.ts";

/** Numbers of a chunk as the engine holds them, without a copy: they go away with the chunk. */
export interface NumberItems {
  readonly is: "numbers";
  readonly items: Float64Array | BigInt64Array | Int32Array;
  /** A bit for each that is there, the lowest first; `null` where all are. */
  readonly present: Uint8Array | null;
}

/** Texts of a chunk, `null` where missing. */
export interface TextItems {
  readonly is: "texts";
  readonly texts: readonly (string | null)[];
}

/** Texts of a chunk without making any of them, for who copies their bytes: they go away with the chunk. */
export interface TextEntries {
  readonly is: "entries";
  /** Of each text 16 bytes: the length of its UTF-8 in four, and those of one that is no longer than twelve. */
  readonly bytes: Uint8Array;
  /** The same by fours of bytes. */
  readonly lengths: Uint32Array;
  readonly present: Uint8Array | null;
  /** The text of a row that is longer. */
  readonly long: (row: number) => string;
}

/** Lists of a chunk: each begins at a place among the elements of all of them. */
export interface ListItems {
  readonly is: "lists";
  readonly present: Uint8Array | null;
  readonly start: (row: number) => number;
  readonly length: (row: number) => number;
  readonly elements: VectorItems;
}

/** A column of a chunk as the engine holds it. */
export type VectorItems = NumberItems | TextItems | ListItems;

/** The first `n` values of a vector of DOUBLE, BIGINT, INTEGER, VARCHAR, or lists of them, for who copies them elsewhere. */
export function vectorItems(vector: DuckDBVector, n: number): VectorItems {
  if (vector instanceof DuckDBVarCharVector)
    return { is: "texts", texts: readVector(vector, "text", n) as (string | null)[] };
  const present = presentOf(vector);
  if (vector instanceof DuckDBListVector) {
    const { childVector } = vector;
    return {
      ...{ is: "lists", present, elements: vectorItems(childVector, childVector.itemCount) },
      start: (row) => vector.getEntryOffset(row),
      length: (row) => vector.getEntryLength(row),
    };
  }
  if ("items" in vector) {
    const { items } = vector as { readonly items: unknown };
    if (items instanceof Float64Array || items instanceof BigInt64Array || items instanceof Int32Array)
      return { is: "numbers", items: items.subarray(0, n), present };
  }
  throw new Error(`the driver gives other vectors of ${String(vector.type)} than of the version that Tondo pins`);
}

/** The first `n` texts of a vector of VARCHAR. */
export function textEntries(vector: DuckDBVector, n: number): TextEntries {
  const lengths = entriesOf(vector, n);
  const bytes = new Uint8Array(lengths.buffer, lengths.byteOffset, lengths.byteLength);
  return { is: "entries", bytes, lengths, present: presentOf(vector), long: (row) => textAt(vector, lengths, row) };
}

function presentOf(vector: object): Uint8Array | null {
  const { validity } = vector as { readonly validity?: { readonly data?: BigUint64Array | null } };
  if (validity === undefined) throw new Error("the driver gives a vector without its validity");
  const { data } = validity;
  return data === null || data === undefined ? null : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
