import { TondoError, type ValueKind } from "../../../core/index.ts";
import type { Raw } from "../../../dsl/index.ts";
import { readList } from "./list-bytes.ts";
import { corrupt, type RecordBuffer, type Words } from "./record.ts";
import { readText } from "./read-text.ts";

/**
 * Values in 8-byte slots: doubles as they are, truth values as 0 and 1, 64-bit ints, and texts as offset and length of
 * their UTF-8 in the string bytes that follow; lists and embeddings too, see `list-bytes`. A bitmap before the slots says which are present.
 */

const encoder = new TextEncoder();
const two32 = 2 ** 32;
const maxSafe = Number.MAX_SAFE_INTEGER;

/** How many words a bitmap of `n` bits takes. */
export function bitmapWords(n: number): number {
  return (n + 63) >>> 6;
}

/** Whether bit `i` of the bitmap at that word is set. */
export function isPresent(words: Words, bitmap: number, i: number): boolean {
  return ((words.u32[bitmap * 2 + (i >>> 5)] ?? 0) & (1 << (i & 31))) !== 0;
}

/** The value of a present slot. `strings` is the byte at which the string bytes begin, `stringBytes` how many there are. */
export function readSlot(words: Words, slot: number, kind: ValueKind, strings: number, stringBytes: number): Raw {
  switch (kind) {
    case "bool":
    case "date":
    case "duration":
    case "float":
    case "timestamp":
      return words.f64[slot] ?? 0;
    case "int": {
      const value = (words.i32[slot * 2 + 1] ?? 0) * two32 + (words.u32[slot * 2] ?? 0);
      return value > maxSafe || value < -maxSafe ? (words.i64[slot] ?? 0n) : value;
    }
    case "string":
      return readText(words.u8, strings + offsetOf(words, slot, stringBytes), words.u32[slot * 2 + 1] ?? 0);
    default:
      return readList(words, strings + offsetOf(words, slot, stringBytes), words.u32[slot * 2 + 1] ?? 0, kind);
  }
}

/** Where a text or list begins in the string bytes, all of which it lies in. */
function offsetOf(words: Words, slot: number, stringBytes: number): number {
  const offset = words.u32[slot * 2] ?? 0;
  if (offset + (words.u32[slot * 2 + 1] ?? 0) > stringBytes) throw corrupt("a text or list lies outside of it");
  return offset;
}

function writeInt(words: Words, slot: number, value: number | bigint): void {
  if (typeof value === "bigint") {
    words.i64[slot] = value;
    return;
  }
  const high = Math.floor(value / two32);
  words.i32[slot * 2 + 1] = high;
  words.u32[slot * 2] = value - high * two32;
}

/** Writes UTF-8 where there is room for it, and gives how many bytes it takes. */
function writeText(u8: Uint8Array, start: number, text: string): number {
  // Short ASCII is most of what there is, and an encoder costs more than it.
  if (text.length <= 24) {
    let i = 0;
    for (; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) break;
      u8[start + i] = unit;
    }
    if (i === text.length) return i;
  }
  return encoder.encodeInto(text, u8.subarray(start)).written;
}

/** Whether a raw value is there at all. */
export function present(value: Raw): boolean {
  return value !== null && value === value;
}

/**
 * Writes values as a bitmap, slots and string bytes at the buffer's end, padded to a whole word, and returns how many
 * string bytes there are.
 */
export function writeSlots(buffer: RecordBuffer, values: readonly Raw[], kinds: readonly ValueKind[]): number {
  const n = values.length;
  const map = bitmapWords(n);
  let words = buffer.reserve((map + n) * 8);
  const bitmap = buffer.end / 8;
  words.f64.fill(0, bitmap, bitmap + map + n);
  buffer.end += (map + n) * 8;
  const strings = buffer.end;
  for (let i = 0; i < n; i++) {
    const value = values[i] ?? null;
    if (!present(value)) continue;
    const half = bitmap * 2 + (i >>> 5);
    words.u32[half] = (words.u32[half] ?? 0) | (1 << (i & 31));
    const slot = bitmap + map + i;
    const kind = kinds[i % kinds.length] ?? "float";
    switch (kind) {
      case "bool":
      case "date":
      case "duration":
      case "float":
      case "timestamp":
        words.f64[slot] = Number(value);
        break;
      case "int":
        writeInt(words, slot, value as number | bigint);
        break;
      case "string": {
        const text = String(value);
        words = buffer.reserve(text.length * 3 + 8);
        const start = buffer.end;
        buffer.end += writeText(words.u8, start, text);
        words.u32[slot * 2] = start - strings;
        words.u32[slot * 2 + 1] = buffer.end - start;
        break;
      }
      default:
        throw new TondoError("INTERNAL", `a value of type ${kind} among those of a window`);
    }
  }
  const stringBytes = buffer.end - strings;
  const padded = strings + ((stringBytes + 7) & ~7);
  words.u8.fill(0, buffer.end, padded);
  buffer.end = padded;
  return stringBytes;
}
