import { isScalar, TondoError, type ValueKind } from "../../../core/index.ts";
import { type ColumnItems, entryBytes, longestInside, type NumberColumn, type TextColumn } from "./columns.ts";
import { keyTags, maxKeyBytes, writeHalves, writeInt64 } from "./key-codec.ts";

const encoder = new TextEncoder();

/**
 * The keys of some rows from their columns, as `tryEncodeKey` makes each, one behind the other. No part may be missing. Notices where a key is
 * another than that of the row before, by its bytes.
 */
export class KeyRows {
  /** The keys: that of row `i` ends at `ends[i]`, where the next begins. The first begins at 0. Valid until the next rows are read. */
  bytes: Uint8Array = new Uint8Array(1 << 16);
  ends: Int32Array = new Int32Array(0);
  readonly #isBool: readonly boolean[];
  readonly #tags: readonly number[];
  /** The last key of the rows read before; nothing where there were none. */
  #last: Uint8Array | undefined;
  #view: DataView = new DataView(this.bytes.buffer);
  #rows = 0;

  constructor(kinds: readonly ValueKind[]) {
    this.#isBool = kinds.map((kind) => kind === "bool");
    this.#tags = kinds.map((kind) => {
      if (!isScalar(kind)) throw new TondoError("INTERNAL", `a key of type ${kind}`);
      return keyTags[kind];
    });
  }

  /** Reads the keys of some rows, a column for each part. */
  read(columns: readonly ColumnItems[], rows: number): void {
    if (this.#rows > 0) this.#last = this.bytes.slice(this.#start(this.#rows - 1), this.ends[this.#rows - 1]);
    if (this.ends.length < rows) this.ends = new Int32Array(rows);
    this.#rows = rows;
    const halves = columns.map(halvesOf);
    let end = 0;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < this.#tags.length; i++) {
        const column = columns[i];
        if (end + roomOfPart > this.bytes.length) this.#grow(end + roomOfPart);
        this.bytes[end++] = this.#tags[i] ?? 0;
        if (column?.is === "entries") end = this.#text(column, row, end);
        else if (column?.is !== "numbers") throw new TondoError("INTERNAL", "a key that is a list");
        else if (this.#isBool[i] === true) this.bytes[end++] = column.items[row] === 1 ? 1 : 0;
        else end = this.#int(column, halves[i], row, end);
      }
      this.ends[row] = end;
    }
  }

  /** How the key of a row stands to that of the row before it, in the order of bytes: above 0 where it is greater, 0 where it is the same. The first of all is greater. */
  compare(row: number): number {
    const start = this.#start(row);
    const length = (this.ends[row] ?? 0) - start;
    const { bytes } = this;
    if (row === 0) {
      const last = this.#last;
      return last === undefined ? 1 : compareBytes(bytes, start, length, last, 0, last.length);
    }
    const before = this.#start(row - 1);
    return compareBytes(bytes, start, length, bytes, before, start - before);
  }

  /** Whether the key of a row is longer than any that a store takes. */
  isTooLong(row: number): boolean {
    return (this.ends[row] ?? 0) - this.#start(row) > maxKeyBytes;
  }

  #start(row: number): number {
    return row === 0 ? 0 : (this.ends[row - 1] ?? 0);
  }

  #int({ items }: NumberColumn, halves: Int32Array | undefined, row: number, at: number): number {
    // Making a bigint of each costs ten times as much.
    if (halves === undefined) writeInt64(this.#view, at, items[row] ?? 0);
    else writeHalves(this.#view, at, halves[2 * row + 1] ?? 0, halves[2 * row] ?? 0);
    return at + 8;
  }

  #text({ bytes: entries, lengths, long }: TextColumn, row: number, start: number): number {
    const length = lengths[(row * entryBytes) / 4] ?? 0;
    let at = start;
    if (length <= longestInside) {
      const { bytes } = this;
      const from = row * entryBytes + 4;
      for (let i = from; i < from + length; i++) {
        const byte = entries[i] ?? 0;
        bytes[at++] = byte;
        if (byte === 0) bytes[at++] = 0xff;
      }
    } else {
      const text = long(row);
      if (at + 2 * length + roomOfPart > this.bytes.length) this.#grow(at + 2 * length + roomOfPart);
      const { written } = encoder.encodeInto(text, this.bytes.subarray(at));
      at = this.bytes.subarray(at, at + written).includes(0) ? this.#escape(at, written) : at + written;
    }
    this.bytes[at] = 0;
    this.bytes[at + 1] = 1;
    return at + 2;
  }

  /** Puts 255 behind each 0 of what was written. */
  #escape(start: number, written: number): number {
    let at = start;
    for (const byte of this.bytes.slice(start, start + written)) {
      this.bytes[at++] = byte;
      if (byte === 0) this.bytes[at++] = 0xff;
    }
    return at;
  }

  #grow(least: number): void {
    const grown = new Uint8Array(Math.max(least, this.bytes.length * 2));
    grown.set(this.bytes);
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}

/** What any part takes, but for a long text: its tag, twelve bytes that may all be 0, and what closes it. */
const roomOfPart = 1 + 2 * longestInside + 2;

/** 64-bit ints as two halves each, the lower first. */
function halvesOf(column: ColumnItems): Int32Array | undefined {
  if (column.is !== "numbers" || !(column.items instanceof BigInt64Array)) return undefined;
  const { buffer, byteOffset, length } = column.items;
  return new Int32Array(buffer, byteOffset, length * 2);
}

function compareBytes(
  a: Uint8Array,
  aStart: number,
  aLength: number,
  b: Uint8Array,
  bStart: number,
  bLength: number,
): number {
  const common = Math.min(aLength, bLength);
  for (let i = 0; i < common; i++) {
    const difference = (a[aStart + i] ?? 0) - (b[bStart + i] ?? 0);
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}
