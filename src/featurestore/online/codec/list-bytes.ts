import { elementKind, type EmbeddingKind, isEmbedding, type ListKind } from "../../../core/index.ts";
import type { Raw, RawList } from "../../../dsl/index.ts";
import { corrupt, type Words } from "./record.ts";
import { readText } from "./read-text.ts";

/**
 * Lists and embeddings among the string bytes of a record. Numbers are whole words, as doubles or 64-bit ints, from the
 * next word on; truth values are a byte each; texts are each their length (4 bytes) and their UTF-8. How many there are
 * follows from the bytes that they take.
 */

const encoder = new TextEncoder();
const maxSafe = Number.MAX_SAFE_INTEGER;

type Listed = RawList | Float64Array;

/** Whether the elements of a list are whole words, which begin at a word. */
function isOfWords(kind: ListKind | EmbeddingKind): boolean {
  return isEmbedding(kind) || (elementKind(kind) !== "bool" && elementKind(kind) !== "string");
}

/** Where a list or embedding begins that is put behind so many string bytes. */
export function listStart(behind: number, kind: ListKind | EmbeddingKind): number {
  return isOfWords(kind) ? (behind + 7) & ~7 : behind;
}

/** Where it ends. */
export function listEnd(behind: number, list: Listed, kind: ListKind | EmbeddingKind): number {
  const start = listStart(behind, kind);
  if (isOfWords(kind)) return start + list.length * 8;
  if (elementKind(kind as ListKind) === "bool") return start + list.length;
  return (list as readonly string[]).reduce((end, text) => end + 4 + Buffer.byteLength(text), start);
}

/** Writes a list or embedding from a byte on, and gives where it ends. */
export function writeList(
  { u8, f64, i64 }: Words,
  start: number,
  list: Listed,
  kind: ListKind | EmbeddingKind,
): number {
  if (isOfWords(kind)) {
    const at = start / 8;
    if (isEmbedding(kind) || elementKind(kind) !== "int")
      for (let i = 0; i < list.length; i++) f64[at + i] = Number(list[i]);
    else for (let i = 0; i < list.length; i++) i64[at + i] = BigInt(list[i] as number | bigint);
    return start + list.length * 8;
  }
  if (elementKind(kind as ListKind) === "bool") {
    for (let i = 0; i < list.length; i++) u8[start + i] = Number(list[i]);
    return start + list.length;
  }
  let end = start;
  for (const text of list as readonly string[]) {
    const { written } = encoder.encodeInto(text, u8.subarray(end + 4));
    for (let i = 0; i < 4; i++) u8[end + i] = (written >>> (8 * i)) & 255;
    end += 4 + written;
  }
  return end;
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
