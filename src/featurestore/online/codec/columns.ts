import type { RawColumn } from "../../../dsl/index.ts";

/** Numbers of some rows as an engine holds them. */
export interface NumberColumn {
  readonly is: "numbers";
  /** 64-bit ints where the kind is an int; doubles for all else. */
  readonly items: Float64Array | BigInt64Array | Int32Array;
  /** A bit for each that is there, the lowest first; `null` where all are. */
  readonly present: Uint8Array | null;
}

/** Texts of some rows as an engine holds them: of each 16 bytes, of which the first four are the length of its UTF-8, and then the bytes of one that is no longer than 12. */
export interface TextColumn {
  readonly is: "entries";
  readonly bytes: Uint8Array;
  readonly lengths: Uint32Array;
  readonly present: Uint8Array | null;
  /** The text of a row that is longer. */
  readonly long: (row: number) => string;
}

/** Lists or embeddings of some rows, `null` where missing. */
export interface ListColumn {
  readonly is: "values";
  readonly values: RawColumn;
}

/** A column of some rows. */
export type ColumnItems = NumberColumn | TextColumn | ListColumn;

/** The longest text whose bytes stand in its entry. */
export const longestInside = 12;
/** How many bytes an entry takes; in lengths, which are of four bytes, a quarter of it. */
export const entryBytes = 16;

/** Whether a row of a column is there, by the bits of those that are. */
export function isThere(present: Uint8Array | null, row: number): boolean {
  return present === null || ((present[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;
}
