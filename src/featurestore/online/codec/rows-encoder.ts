import { isEmbedding, isList, type ValueKind } from "../../../core/index.ts";
import type { Raw, RawList } from "../../../dsl/index.ts";
import {
  type ColumnItems,
  entryBytes,
  isThere,
  type ListColumn,
  longestInside,
  type NumberColumn,
  type TextColumn,
} from "./columns.ts";
import { listEnd, listStart, writeList } from "./list-bytes.ts";
import { recordKinds, type RecordBuffer, sealRecords, type Words } from "./record.ts";
import { deletion } from "./row-codec.ts";
import { bitmapWords, present } from "./value-slots.ts";

/** Some versions of rows by columns: those of one key lie together, the newest first. */
export interface VersionColumns {
  readonly rows: number;
  /** Of tables -Infinity, as `k`. */
  readonly t: Float64Array;
  readonly k: Float64Array;
  /** 1 where the row is a deletion, which has no values. */
  readonly gone: Float64Array;
  readonly values: readonly ColumnItems[];
}

/** What becomes of a row: it is one more version of the record at hand, it begins another one, or it is in none. */
export const rowMarks = { goesOn: 0, begins: 1, leftOut: 2 } as const;

const headerBytes = 16;
const encoder = new TextEncoder();

/**
 * Makes records of rows, column by column. A row is a version; a record is ended by the row that begins another one, whichever call that is in, or by
 * {@link RowsEncoder.close}: until then it is open, at the end of the buffer. See `row-codec` for what a record looks like.
 */
export class RowsEncoder {
  /** Where the records that the last call ended begin, and where the last of them ends; valid until the next call. */
  bounds: Float64Array = new Float64Array(64);
  /** How many versions each of those has. */
  versions: Int32Array = new Int32Array(64);
  /** How many those are. */
  ended = 0;
  readonly #kinds: readonly ValueKind[];
  readonly #buffer: RecordBuffer;
  /** The bytes of the record that is open, its header included; 0 where none is. */
  #openBytes = 0;
  #openVersions = 0;
  /** Of each row the word of its slots; -1 where it has no values. */
  #slots: Int32Array = new Int32Array(0);
  /** Of each row how many string bytes it has so far. */
  #strings: Int32Array = new Int32Array(0);
  /** Of each row the bits of what is there, of up to 32 columns. */
  #bits: Int32Array = new Int32Array(0);

  constructor(buffer: RecordBuffer, kinds: readonly ValueKind[]) {
    this.#buffer = buffer;
    this.#kinds = kinds;
  }

  /** How many versions the record that is open has so far. */
  get openVersions(): number {
    return this.#openVersions;
  }

  /** Appends some rows, of which `marks` says what becomes of each. */
  append(columns: VersionColumns, marks: Uint8Array): void {
    const { rows, values } = columns;
    if (this.#slots.length < rows) {
      this.#slots = new Int32Array(rows);
      this.#strings = new Int32Array(rows);
      this.#bits = new Int32Array(rows);
    }
    this.#measure(columns, marks);
    const end = this.#place(columns, marks);
    const words = this.#buffer.reserve(end - this.#buffer.end);
    this.#buffer.end = end;
    this.#writeVersions(words, columns);
    for (let i = 0; i < values.length; i++) this.#writeColumn(words, values[i], i, rows);
    this.#seal();
  }

  /** Ends the record that is open; whether there was one. */
  close(): boolean {
    this.ended = 0;
    if (this.#openBytes === 0) return false;
    this.#end(this.#buffer.end - this.#openBytes, this.#buffer.end);
    this.#openBytes = 0;
    this.#seal();
    return true;
  }

  /** Finds how many string bytes each row takes; -1 of what has no values. */
  #measure({ rows, gone, values }: VersionColumns, marks: Uint8Array): void {
    const strings = this.#strings;
    for (let row = 0; row < rows; row++) strings[row] = marks[row] === rowMarks.leftOut || gone[row] === 1 ? -1 : 0;
    for (const [i, column] of values.entries()) {
      if (column.is === "entries") {
        const { lengths, present: there } = column;
        for (let row = 0; row < rows; row++) {
          const before = strings[row] ?? 0;
          if (before >= 0 && isThere(there, row)) strings[row] = before + (lengths[(row * entryBytes) / 4] ?? 0);
        }
      } else if (column.is === "values") {
        const kind = this.#kinds[i] ?? "float";
        if (!isList(kind) && !isEmbedding(kind)) throw new TypeError("only lists come as values");
        for (let row = 0; row < rows; row++) {
          const before = strings[row] ?? 0;
          const value = column.values[row] ?? null;
          if (before >= 0 && present(value)) strings[row] = listEnd(before, value as RawList, kind);
        }
      }
    }
  }

  /** Finds where each row goes, and which records end; gives where all ends. */
  #place({ rows }: VersionColumns, marks: Uint8Array): number {
    const [slots, strings] = [this.#slots, this.#strings];
    const fixed = 3 + bitmapWords(this.#kinds.length) + this.#kinds.length;
    let end = this.#buffer.end;
    let start = this.#openBytes === 0 ? -1 : end - this.#openBytes;
    this.ended = 0;
    for (let row = 0; row < rows; row++) {
      const mark = marks[row];
      if (mark !== rowMarks.goesOn && start >= 0) {
        this.#end(start, end);
        start = -1;
      }
      if (mark === rowMarks.leftOut) {
        slots[row] = -1;
        continue;
      }
      if (mark === rowMarks.begins) {
        start = end;
        end += headerBytes;
      }
      this.#openVersions++;
      const texts = strings[row] ?? 0;
      slots[row] = end / 8;
      end += texts < 0 ? 24 : fixed * 8 + ((texts + 7) & ~7);
    }
    this.#openBytes = start < 0 ? 0 : end - start;
    return end;
  }

  #end(start: number, end: number): void {
    if (this.ended + 2 > this.bounds.length) {
      this.bounds = grown(this.bounds, new Float64Array(this.bounds.length * 2));
      this.versions = grown(this.versions, new Int32Array(this.versions.length * 2));
    }
    this.bounds[this.ended] = start;
    this.versions[this.ended] = this.#openVersions;
    this.bounds[++this.ended] = end;
    this.#openVersions = 0;
  }

  #writeVersions({ u32, f64 }: Words, { rows, t, k }: VersionColumns): void {
    const [slots, strings] = [this.#slots, this.#strings];
    const map = bitmapWords(this.#kinds.length);
    const fixed = 3 + map + this.#kinds.length;
    for (let row = 0; row < rows; row++) {
      const at = slots[row] ?? -1;
      if (at < 0) continue;
      const texts = strings[row] ?? 0;
      f64[at + 1] = t[row] ?? 0;
      f64[at + 2] = k[row] ?? 0;
      if (texts < 0) {
        u32[at * 2] = 3;
        u32[at * 2 + 1] = deletion;
        slots[row] = -1;
        continue;
      }
      const words = (texts + 7) >>> 3;
      u32[at * 2] = fixed + words;
      u32[at * 2 + 1] = texts;
      // What pads the texts is 0.
      if (words > 0) f64[at + fixed + words - 1] = 0;
      slots[row] = at + 3 + map;
      strings[row] = 0;
    }
  }

  #writeColumn(words: Words, column: ColumnItems | undefined, i: number, rows: number): void {
    if ((i & 31) === 0) this.#bits.fill(0, 0, rows);
    const bit = 1 << (i & 31);
    if (column?.is === "entries") this.#writeTexts(words, column, i, bit, rows);
    else if (column?.is === "values") this.#writeLists(words, column, i, bit, rows);
    else if (column?.items instanceof BigInt64Array) this.#writeInts(words, column, i, bit, rows);
    else if (column !== undefined) this.#writeNumbers(words, column, i, bit, rows);
    if ((i & 31) !== 31 && i + 1 < this.#kinds.length) return;
    const [slots, bits] = [this.#slots, this.#bits];
    // The words of the bitmap stand before the slots, the halves of each in order; the last may have no column.
    const map = bitmapWords(this.#kinds.length);
    const isLast = i + 1 === this.#kinds.length && ((i >>> 5) & 1) === 0;
    for (let row = 0; row < rows; row++) {
      const at = slots[row] ?? -1;
      if (at < 0) continue;
      const half = (at - map) * 2 + (i >>> 5);
      words.u32[half] = bits[row] ?? 0;
      if (isLast) words.u32[half + 1] = 0;
    }
  }

  #writeNumbers({ f64 }: Words, { items, present: there }: NumberColumn, i: number, bit: number, rows: number): void {
    const [slots, bits] = [this.#slots, this.#bits];
    for (let row = 0; row < rows; row++) {
      const at = slots[row] ?? -1;
      if (at < 0) continue;
      const value = Number(items[row]);
      if (isThere(there, row) && value === value) {
        f64[at + i] = value;
        bits[row] = (bits[row] ?? 0) | bit;
      } else f64[at + i] = 0;
    }
  }

  #writeInts({ i32 }: Words, { items, present: there }: NumberColumn, i: number, bit: number, rows: number): void {
    const [slots, bits] = [this.#slots, this.#bits];
    const halves = new Int32Array(items.buffer, items.byteOffset, rows * 2);
    for (let row = 0; row < rows; row++) {
      const at = slots[row] ?? -1;
      if (at < 0) continue;
      const to = (at + i) * 2;
      if (isThere(there, row)) {
        i32[to] = halves[2 * row] ?? 0;
        i32[to + 1] = halves[2 * row + 1] ?? 0;
        bits[row] = (bits[row] ?? 0) | bit;
      } else i32[to] = i32[to + 1] = 0;
    }
  }

  #writeTexts(words: Words, column: TextColumn, i: number, bit: number, rows: number): void {
    const { u8, u32 } = words;
    const { bytes, lengths, present: there } = column;
    const [slots, bits, strings] = [this.#slots, this.#bits, this.#strings];
    const columns = this.#kinds.length;
    for (let row = 0; row < rows; row++) {
      const at = slots[row] ?? -1;
      if (at < 0) continue;
      const slot = (at + i) * 2;
      if (!isThere(there, row)) {
        u32[slot] = u32[slot + 1] = 0;
        continue;
      }
      const offset = strings[row] ?? 0;
      const length = lengths[(row * entryBytes) / 4] ?? 0;
      const to = (at + columns) * 8 + offset;
      if (length <= longestInside) {
        const from = row * entryBytes + 4;
        for (let j = 0; j < length; j++) u8[to + j] = bytes[from + j] ?? 0;
      } else encoder.encodeInto(column.long(row), u8.subarray(to, to + length));
      u32[slot] = offset;
      u32[slot + 1] = length;
      strings[row] = offset + length;
      bits[row] = (bits[row] ?? 0) | bit;
    }
  }

  #writeLists(words: Words, { values }: ListColumn, i: number, bit: number, rows: number): void {
    const { u32 } = words;
    const kind = this.#kinds[i] ?? "float";
    if (!isList(kind) && !isEmbedding(kind)) throw new TypeError("only lists come as values");
    const [slots, bits, strings] = [this.#slots, this.#bits, this.#strings];
    for (let row = 0; row < rows; row++) {
      const at = slots[row] ?? -1;
      if (at < 0) continue;
      const slot = (at + i) * 2;
      const value: Raw = values[row] ?? null;
      if (!present(value)) {
        u32[slot] = u32[slot + 1] = 0;
        continue;
      }
      const before = strings[row] ?? 0;
      const offset = listStart(before, kind);
      const first = (at + this.#kinds.length) * 8;
      words.u8.fill(0, first + before, first + offset);
      const end = writeList(words, first + offset, value as RawList, kind) - first;
      u32[slot] = offset;
      u32[slot + 1] = end - offset;
      strings[row] = end;
      bits[row] = (bits[row] ?? 0) | bit;
    }
  }

  #seal(): void {
    const { ended, bounds, versions } = this;
    const { u32 } = this.#buffer.words;
    for (let i = 0; i < ended; i++) {
      const at = (bounds[i] ?? 0) / 4;
      u32[at + 2] = versions[i] ?? 0;
      u32[at + 3] = 0;
    }
    sealRecords(this.#buffer.words, bounds, ended, recordKinds.rows, this.#kinds.length);
  }
}

function grown<A extends Float64Array | Int32Array>(from: A, to: A): A {
  to.set(from);
  return to;
}
