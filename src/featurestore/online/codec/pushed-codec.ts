import { corrupt, loadRecord, RecordBuffer, recordKinds, sealRecord } from "./record.ts";

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

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

/** The record of some rows. */
export function encodePushed(rows: readonly PushedRow[]): Uint8Array {
  const buffer = new RecordBuffer();
  buffer.reserve(16).f64[1] = rows.length;
  buffer.end = 16;
  for (const { t, k, text } of rows) {
    const bytes = encoder.encode(text);
    const { f64, u8 } = buffer.reserve(32 + bytes.length);
    const at = buffer.end / 8;
    f64[at] = t;
    f64[at + 1] = k;
    f64[at + 2] = bytes.length;
    const start = buffer.end + 24;
    const end = start + ((bytes.length + 7) & ~7);
    u8.fill(0, start, end);
    u8.set(bytes, start);
    buffer.end = end;
  }
  sealRecord(buffer.words, 0, buffer.end, recordKinds.pushed, 0);
  return buffer.take();
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
