import { isEmbedding, isList, TondoError, type ValueKind } from "../../core/index.ts";
import { carrierOf, type Chunk } from "../duckdb/index.ts";
import type { ColumnItems } from "../online/codec/index.ts";

/** Column `i` of a chunk, which was selected as carried, as records are made of it. */
export function columnItems(chunk: Chunk, i: number, kind: ValueKind): ColumnItems {
  if (kind === "string") return chunk.entries(i);
  if (isList(kind) || isEmbedding(kind)) return { is: "values", values: chunk.column(i, carrierOf(kind)) };
  const items = chunk.items(i);
  if (items.is !== "numbers") throw new TondoError("INTERNAL", `a column of ${kind} that has no numbers`);
  return items;
}

/** Column `i` of a chunk of doubles, of which none is missing. */
export function doublesOf(chunk: Chunk, i: number): Float64Array {
  const items = chunk.items(i);
  if (items.is === "numbers" && items.items instanceof Float64Array) return items.items;
  throw new TondoError("INTERNAL", "a column that is not of doubles");
}
