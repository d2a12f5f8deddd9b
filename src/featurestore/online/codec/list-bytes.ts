import { elementKind, type EmbeddingKind, isEmbedding, type ListKind } from "../../../core/index.ts";
import type { Raw, RawList } from "../../../dsl/index.ts";
import { corrupt, type RecordBuffer, type Words } from "./record.ts";
import { readText } from "./read-text.ts";

/**
 * Lists and embeddings among the string bytes of a record. Numbers are whole words, as doubles or 64-bit ints, from the
 * next word on; truth values are a byte each; texts are each their length (4 bytes) and their UTF-8. How many there are
 * follows from the bytes that they take.
 */

const encoder = new TextEncoder();
const maxSafe = Number.MAX_SAFE_INTEGER;

/** Writes a list or embedding at the buffer's end, and returns the byte at which it begins. */
export function writeList(buffer: RecordBuffer, value: Raw, kind: ListKind | EmbeddingKind): number {
  const list = value as RawList | Float64Array;
  const element = isEmbedding(kind) ? "float" : elementKind(kind);
  if (element === "string") return writeTexts(buffer, list as readonly string[]);
  if (element === "bool") {
    const { u8 } = buffer.reserve(list.length + 8);
    const start = buffer.end;
    for (let i = 0; i < list.length; i++) u8[start + i] = Number(list[i]);
    buffer.end += list.length;
    return start;
  }
  const { u8, f64, i64 } = buffer.reserve(list.length * 8 + 16);
  const start = (buffer.end + 7) & ~7;
  u8.fill(0, buffer.end, start);
  const at = start / 8;
  if (element === "int") for (let i = 0; i < list.length; i++) i64[at + i] = BigInt(list[i] as number | bigint);
  else for (let i = 0; i < list.length; i++) f64[at + i] = Number(list[i]);
  buffer.end = start + list.length * 8;
  return start;
}

function writeTexts(buffer: RecordBuffer, texts: readonly string[]): number {
  const start = buffer.end;
  for (const text of texts) {
    const { u8 } = buffer.reserve(text.length * 3 + 16);
    const { written } = encoder.encodeInto(text, u8.subarray(buffer.end + 4));
    for (let i = 0; i < 4; i++) u8[buffer.end + i] = (written >>> (8 * i)) & 255;
    buffer.end += 4 + written;
  }
  // The padding at the end of all string bytes needs room too.
  buffer.reserve(8);
  return start;
}

/**
 * Reads a list or embedding of so many bytes from a byte on.
 * @throws TondoError `STORE_CORRUPT`
 */
export function readList(words: Words, start: number, bytes: number, kind: ListKind | EmbeddingKind): Raw {
  const element = isEmbedding(kind) ? "float" : elementKind(kind);
  const { u8 } = words;
  if (element === "string") return readTexts(u8, start, start + bytes);
  if (element === "bool") return Array.from(u8.subarray(start, start + bytes));
  if (start % 8 !== 0 || bytes % 8 !== 0) throw corrupt("a list is not of whole words");
  const [from, to] = [start / 8, (start + bytes) / 8];
  // A copy: the memory serves the next record too.
  if (isEmbedding(kind)) return words.f64.slice(from, to);
  if (element !== "int") return Array.from(words.f64.subarray(from, to));
  return Array.from(words.i64.subarray(from, to), (value) =>
    value > maxSafe || value < -maxSafe ? value : Number(value),
  );
}

function readTexts(u8: Uint8Array, start: number, end: number): readonly string[] {
  const texts: string[] = [];
  let at = start;
  while (at < end) {
    if (at + 4 > end) throw corrupt("a list of texts runs over its end");
    const length = (u8[at] ?? 0) + ((u8[at + 1] ?? 0) << 8) + ((u8[at + 2] ?? 0) << 16) + (u8[at + 3] ?? 0) * 2 ** 24;
    at += 4;
    if (at + length > end) throw corrupt("a list of texts runs over its end");
    texts.push(readText(u8, at, length));
    at += length;
  }
  return texts;
}
