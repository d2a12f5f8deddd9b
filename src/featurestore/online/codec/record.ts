import { crc32 } from "node:zlib";
import { TondoError } from "../../../core/index.ts";
import { checksum, memoryFor } from "./checksum.ts";

/**
 * What all records share. A record is a whole number of 8-byte words, little-endian. Its first word says what it is:
 * byte 0 the version of the codec, byte 1 the kind of record, bytes 2-3 a count, bytes 4-7 the checksum of all else.
 */

/** The version of the codec; raised whenever bytes change their meaning. */
export const codecVersion = 2;

/** The version before it, which is still read: its checksum is CRC-32, and all else the same. */
const crcVersion = 1;

/** The kinds of record. */
export const recordKinds = { rows: 1, windows: 2, pushed: 3, folds: 4 } as const;

/** The record read last, as words of each width. Valid until the next is loaded. */
export interface Words {
  u8: Uint8Array;
  u32: Uint32Array;
  i32: Int32Array;
  f64: Float64Array;
  i64: BigInt64Array;
  /** How many 8-byte words the record has. */
  words: number;
}

if (new Uint8Array(Uint32Array.of(1).buffer)[0] !== 1) {
  throw new TondoError("INTERNAL", "records are little-endian, and this machine is not");
}

function wordsOf(buffer: ArrayBuffer): Words {
  return {
    u8: new Uint8Array(buffer),
    u32: new Uint32Array(buffer),
    i32: new Int32Array(buffer),
    f64: new Float64Array(buffer),
    i64: new BigInt64Array(buffer),
    words: 0,
  };
}

/** A record that was loaded, in memory of its own. */
export function ownWords({ u8, words }: Words): Words {
  return { ...wordsOf(u8.slice(0, words * 8).buffer), words };
}

/** What is read before any record is. */
export const noWords: Words = wordsOf(new ArrayBuffer(0));

// Decoding is synchronous, so that one piece of aligned memory serves all.
const scratch = wordsOf(memoryFor(0));

function roomFor(bytes: number): Words {
  if (bytes <= scratch.u8.length) return scratch;
  return Object.assign(scratch, wordsOf(memoryFor(bytes)));
}

/** A record that does not decode. */
export function corrupt(what: string): TondoError {
  return new TondoError("STORE_CORRUPT", `a record of the online store does not decode: ${what}`, {
    hint: "Materialize the group again; if it returns, check the disk.",
  });
}

/**
 * Copies a record into aligned memory and checks its first word.
 *
 * @param count what bytes 2-3 must be
 * @throws TondoError `STORE_CORRUPT`
 */
export function loadRecord(bytes: Uint8Array, kind: number, count: number): Words {
  const { length } = bytes;
  if (length < 8 || length % 8 !== 0) throw corrupt(`it has ${String(length)} bytes`);
  const version = bytes[0] ?? 0;
  if (version !== codecVersion && version !== crcVersion) throw corrupt(`it is of codec version ${String(version)}`);
  const words = roomFor(length);
  words.u8.set(bytes);
  words.words = length / 8;
  const first = words.u32[0] ?? 0;
  const expected = version === codecVersion ? checksum(0, length) : crc32(words.u8.subarray(8, length), first);
  if (words.u32[1] !== expected) throw corrupt("its checksum is wrong");
  if (first !== firstHalf(version, kind, count)) throw corrupt("it is of another kind or layout");
  return words;
}

/** Writes the first word of the record that starts at byte `start`; the rest must be complete. No record that was loaded before is valid then. */
export function sealRecord(
  into: Pick<Words, "u8" | "u32">,
  start: number,
  end: number,
  kind: number,
  count: number,
): void {
  sealRecords(into, [start, end], 1, kind, count);
}

/**
 * The same for some records that lie one behind the other: each begins at one of the bounds and ends at the next.
 *
 * @param records how many there are; bounds may go on behind the end of the last
 */
export function sealRecords(
  into: Pick<Words, "u8" | "u32">,
  bounds: Readonly<ArrayLike<number>>,
  records: number,
  kind: number,
  count: number,
): void {
  const half = firstHalf(codecVersion, kind, count);
  for (let from = 0; from < records;) {
    const first = bounds[from] ?? 0;
    let to = from + 1;
    while (to < records && (bounds[to + 1] ?? 0) - first <= sealedBytes) to++;
    for (let i = from; i < to; i++) into.u32[(bounds[i] ?? 0) / 4] = half;
    // They are summed where records are decoded: WebAssembly has no other memory.
    const last = bounds[to] ?? 0;
    roomFor(last - first).u8.set(into.u8.subarray(first, last));
    for (let i = from; i < to; i++) {
      const start = bounds[i] ?? 0;
      into.u32[start / 4 + 1] = checksum(start - first, (bounds[i + 1] ?? 0) - first);
    }
    from = to;
  }
}

/** How much is copied to be summed at once, unless one record is larger: that memory is never given back. */
const sealedBytes = 256 * 1024;

function firstHalf(version: number, kind: number, count: number): number {
  return (version | (kind << 8) | (count << 16)) >>> 0;
}

const firstBytes = 64 * 1024;

/** A growing piece of memory that records are encoded into, one after the other. */
export class RecordBuffer {
  words: Words = noWords;
  /** Bytes used so far. */
  end = 0;
  #expected = firstBytes;
  #spare: Words | undefined;

  /** Makes room for so many more bytes and returns the views. */
  reserve(bytes: number): Words {
    const least = this.end + bytes;
    if (least > this.words.u8.length) {
      const spare = this.#spare;
      const grown =
        spare !== undefined && spare.u8.length >= least
          ? spare
          : wordsOf(new ArrayBuffer(Math.max(this.#expected, 2 ** Math.ceil(Math.log2(least)))));
      this.#spare = undefined;
      grown.u8.set(this.words.u8.subarray(0, this.end));
      this.words = grown;
    }
    return this.words;
  }

  /** Hands over the memory with what it holds up to a byte, and begins anew with what is behind that. */
  take(upTo: number = this.end): Uint8Array {
    const bytes = this.words.u8.subarray(0, upTo);
    const rest = this.words.u8.subarray(upTo, this.end);
    // The next batch is most likely as large.
    this.#expected = this.words.u8.length;
    this.words = noWords;
    this.end = 0;
    this.reserve(rest.length).u8.set(rest);
    this.end = rest.length;
    return bytes;
  }

  /** Takes memory back that was handed over and is not read any more: to write over memory is faster than to have new. */
  reuse(bytes: Uint8Array): void {
    if (bytes.buffer instanceof ArrayBuffer) this.#spare = wordsOf(bytes.buffer);
  }
}
