import { isScalar, type ValueKind } from "../../../core/index.ts";
import type { Raw } from "../../../dsl/index.ts";
import { corrupt, loadRecord, noWords, recordKinds, type Words } from "./record.ts";
import { bitmapWords, isPresent, readSlot } from "./value-slots.ts";

/**
 * Rows of snapshots and tables: all versions of a key in one record, the newest first, so that no write mixes two.
 * After the first word: the number of versions; then each as its words (u32) and string bytes (u32), `t`, `k`, a bitmap,
 * a slot a column, string bytes. A deletion ends behind `k`, and has {@link deletion} for its string bytes.
 */

/** What a deletion has for its string bytes. */
export const deletion = 0xffff_ffff;

/**
 * How many versions a record of so many columns has.
 * @throws TondoError `STORE_CORRUPT`
 */
export function versionsOf(bytes: Uint8Array, columns: number): number {
  const words = loadRecord(bytes, recordKinds.rows, columns);
  if (words.words < 2) throw corrupt("it has no count of versions");
  return words.u32[2] ?? 0;
}

/** A version found in a record: where its parts are. Valid until the next record is loaded. */
export type FoundVersion = Readonly<Found>;

interface Found {
  words: Words;
  t: number;
  k: number;
  bitmap: number;
  slots: number;
  strings: number;
  stringBytes: number;
  /** Whether it is a deletion, which has no values. */
  isGone: boolean;
}

// As with the memory of records, one serves all.
const version: Found = {
  words: noWords,
  t: 0.5,
  k: 0.5,
  bitmap: 0,
  slots: 0,
  strings: 0,
  stringBytes: 0,
  isGone: false,
};

/**
 * The newest version that happened at `q` or before; `undefined` where there is none, or where it is a deletion.
 * @throws TondoError `STORE_CORRUPT`
 */
export function findVersion(bytes: Uint8Array, columns: number, q: number): FoundVersion | undefined {
  const found = findRow(bytes, columns, q);
  return found?.isGone === true ? undefined : found;
}

/**
 * As {@link findVersion}, but for deletions, which are found like others.
 * @throws TondoError `STORE_CORRUPT`
 */
export function findRow(bytes: Uint8Array, columns: number, q: number): FoundVersion | undefined {
  const words = loadRecord(bytes, recordKinds.rows, columns);
  const { u32, f64 } = words;
  if (words.words < 2) throw corrupt("it has no count of versions");
  const count = u32[2] ?? 0;
  const map = bitmapWords(columns);
  let at = 2;
  for (let i = 0; i < count; i++) {
    const length = at + 3 <= words.words ? (u32[at * 2] ?? 0) : 0;
    const stringBytes = u32[at * 2 + 1] ?? 0;
    if (length === 3 && stringBytes === deletion && at + length <= words.words) {
      if ((f64[at + 1] ?? 0) <= q) {
        version.t = f64[at + 1] ?? 0;
        version.k = f64[at + 2] ?? 0;
        version.isGone = true;
        return version;
      }
      at += length;
      continue;
    }
    if (length < 3 + map + columns || at + length > words.words || stringBytes > (length - 3 - map - columns) * 8) {
      throw corrupt("a version runs over its end");
    }
    const t = f64[at + 1] ?? 0;
    if (t <= q) {
      version.isGone = false;
      version.words = words;
      version.t = t;
      version.k = f64[at + 2] ?? 0;
      version.bitmap = at + 3;
      version.slots = at + 3 + map;
      version.strings = (version.slots + columns) * 8;
      version.stringBytes = stringBytes;
      return version;
    }
    at += length;
  }
  if (at !== words.words) throw corrupt("it is longer than its versions");
  return undefined;
}

/** The value of a column in a version; `undefined` where it is missing. */
export function columnOfVersion(version: FoundVersion, column: number, kind: ValueKind): Raw | undefined {
  const { words, bitmap, slots, strings, stringBytes } = version;
  return isPresent(words, bitmap, column) ? readSlot(words, slots + column, kind, strings, stringBytes) : undefined;
}

/** Whether values of a kind are doubles in records. */
export function isDouble(kind: ValueKind): boolean {
  return isScalar(kind) && kind !== "int" && kind !== "string";
}

/** The value of such a column in a version; NaN where it is missing, as none that is there is. */
export function doubleOfVersion({ words, bitmap, slots }: FoundVersion, column: number): number {
  return isPresent(words, bitmap, column) ? (words.f64[slots + column] ?? 0) : NaN;
}
