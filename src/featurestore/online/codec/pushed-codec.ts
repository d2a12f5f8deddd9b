import { corrupt, loadRecord, recordKinds, sealRecord } from "./record.ts";

/**
 * Rows that programs pushed: all that a group holds of a key beside its generations, in one record. After the first word the number of rows; then each as
 * `t`, `k`, the bytes of its text, and the text, padded to a whole word.
 */

/** A row that a program gave. */
export interface PushedRow {
  /** When it happened, microseconds. */
  readonly t: number;
  /** From when on it counts: no other row has the same. */
  readonly k: number;
  /** Its columns as JSON. */
  readonly text: string;
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** A row with its text as bytes. */
export interface EncodedRow extends Pick<PushedRow, "t" | "k"> {
  readonly bytes: Uint8Array;
}

/** The record of some rows. */
export function encodePushed(rows: readonly PushedRow[]): Uint8Array {
  return appendPushed(
    undefined,
    rows.map(({ t, k, text }) => ({ t, k, bytes: Buffer.from(text) })),
  );
}

/**
 * The record of the rows of another, and of some behind them.
 *
 * @throws TondoError `STORE_CORRUPT`
 */
export function appendPushed(held: Uint8Array | undefined, rows: readonly EncodedRow[]): Uint8Array {
  const before = held === undefined ? undefined : loadRecord(held, recordKinds.pushed, 0);
  const begin = before === undefined ? 16 : before.words * 8;
  let end = begin;
  for (const { bytes } of rows) end += 24 + padded(bytes.length);
  const u8 = new Uint8Array(end);
  const f64 = new Float64Array(u8.buffer);
  if (before !== undefined) u8.set(before.u8.subarray(0, begin));
  f64[1] = (before === undefined ? 0 : (f64[1] ?? 0)) + rows.length;
  let at = begin / 8;
  for (const { t, k, bytes } of rows) {
    f64[at] = t;
    f64[at + 1] = k;
    f64[at + 2] = bytes.length;
    u8.set(bytes, at * 8 + 24);
    at += 3 + padded(bytes.length) / 8;
  }
  sealRecord({ u8, u32: new Uint32Array(u8.buffer) }, 0, end, recordKinds.pushed, 0);
  return u8;
}

/** How many rows of a record have a moment behind another. @throws TondoError `STORE_CORRUPT` */
export function pushedBehind(record: Uint8Array, moment: number): number {
  const { f64, words } = loadRecord(record, recordKinds.pushed, 0);
  let rows = 0;
  for (let at = 2; at < words; at += 3 + padded(f64[at + 2] ?? 0) / 8) if ((f64[at + 1] ?? 0) > moment) rows++;
  return rows;
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}

/**
 * The rows of a record.
 * @throws TondoError `STORE_CORRUPT`
 */
export function decodePushed(bytes: Uint8Array): readonly PushedRow[] {
  const { f64, u8, words } = loadRecord(bytes, recordKinds.pushed, 0);
  const rows: PushedRow[] = [];
  let at = 2;
  for (let left = f64[1] ?? 0; left > 0; left--) {
    const length = at + 3 <= words ? (f64[at + 2] ?? 0) : Infinity;
    const next = at + 3 + Math.ceil(length / 8);
    if (next > words) throw corrupt("a pushed row runs over its end");
    const start = (at + 3) * 8;
    rows.push({ t: f64[at] ?? 0, k: f64[at + 1] ?? 0, text: decoder.decode(u8.subarray(start, start + length)) });
    at = next;
  }
  if (at !== words) throw corrupt("it is longer than its rows");
  return rows;
}
