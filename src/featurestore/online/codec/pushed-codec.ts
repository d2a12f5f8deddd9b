import { corrupt, loadRecord, recordKinds, sealRecord, type Words } from "./record.ts";

/**
 * Rows that programs pushed: all that a group holds of a key beside its generations, in one record, but for those that were folded. After the first word the number of rows and, where some were
 * folded (bytes 2-3 are 1 then), up to which moment; then each row as `t`, `k`, the bytes of its text, and the text, padded to a whole word.
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

/**
 * The record of some rows.
 *
 * @param foldedUpTo up to which moment rows of the key were folded, where any were
 */
export function encodePushed(rows: readonly PushedRow[], foldedUpTo?: number): Uint8Array {
  const encoded = rows.map(({ t, k, text }) => ({ t, k, bytes: Buffer.from(text) }));
  if (foldedUpTo === undefined) return appendPushed(undefined, encoded);
  return append(encoded, foldedHeader + bytesOf(encoded), { words: foldedHeader / 8, isFolded: true }, (f64) => {
    f64[2] = foldedUpTo;
  });
}

/**
 * The record of the rows of another, and of some behind them.
 *
 * @throws TondoError `STORE_CORRUPT`
 */
export function appendPushed(held: Uint8Array | undefined, rows: readonly EncodedRow[]): Uint8Array {
  if (held === undefined) return append(rows, header + bytesOf(rows), { words: header / 8, isFolded: false });
  const before = load(held);
  return append(rows, before.words * 8 + bytesOf(rows), before, (f64, u8) => {
    u8.set(before.u8.subarray(0, before.words * 8));
    f64[1] = before.f64[1] ?? 0;
  });
}

const header = 16;
const foldedHeader = 24;

function append(
  rows: readonly EncodedRow[],
  bytes: number,
  { words, isFolded }: { readonly words: number; readonly isFolded: boolean },
  begin?: (f64: Float64Array, u8: Uint8Array) => void,
): Uint8Array {
  const u8 = new Uint8Array(bytes);
  const f64 = new Float64Array(u8.buffer);
  begin?.(f64, u8);
  f64[1] = (f64[1] ?? 0) + rows.length;
  let at = words;
  for (const { t, k, bytes: text } of rows) {
    f64[at] = t;
    f64[at + 1] = k;
    f64[at + 2] = text.length;
    u8.set(text, at * 8 + 24);
    at += 3 + padded(text.length) / 8;
  }
  sealRecord({ u8, u32: new Uint32Array(u8.buffer) }, 0, bytes, recordKinds.pushed, isFolded ? 1 : 0);
  return u8;
}

function bytesOf(rows: readonly EncodedRow[]): number {
  return rows.reduce((sum, { bytes }) => sum + 24 + padded(bytes.length), 0);
}

/** A record that was loaded, and where its rows begin. */
interface Loaded extends Words {
  readonly isFolded: boolean;
  readonly first: number;
}

function load(bytes: Uint8Array): Loaded {
  const isFolded = bytes[2] === 1;
  const loaded = loadRecord(bytes, recordKinds.pushed, isFolded ? 1 : 0);
  return { ...loaded, isFolded, first: (isFolded ? foldedHeader : header) / 8 };
}

/** How many rows of a record have a moment behind another. @throws TondoError `STORE_CORRUPT` */
export function pushedBehind(record: Uint8Array, moment: number): number {
  const { f64, words, first } = load(record);
  let rows = 0;
  for (let at = first; at < words; at += 3 + padded(f64[at + 2] ?? 0) / 8) if ((f64[at + 1] ?? 0) > moment) rows++;
  return rows;
}

/** How many rows of a record count behind one moment and not behind another, and happened before that. @throws TondoError `STORE_CORRUPT` */
export function pushedWithin(record: Uint8Array, from: number, upTo: number): number {
  const { f64, words, first } = load(record);
  let rows = 0;
  for (let at = first; at < words; at += 3 + padded(f64[at + 2] ?? 0) / 8) {
    const k = f64[at + 1] ?? 0;
    if (k > from && k <= upTo && (f64[at] ?? 0) < upTo) rows++;
  }
  return rows;
}

/** Up to which moment rows of a key were folded, by its record; `undefined` where none were. */
export function foldedUpTo(record: Uint8Array): number | undefined {
  if (record[2] !== 1 || record.length < foldedHeader) return undefined;
  return new DataView(record.buffer, record.byteOffset, record.length).getFloat64(16, true);
}

function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}

/**
 * The rows of a record.
 * @throws TondoError `STORE_CORRUPT`
 */
export function decodePushed(bytes: Uint8Array): readonly PushedRow[] {
  const { f64, u8, words, first } = load(bytes);
  const rows: PushedRow[] = [];
  let at = first;
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
