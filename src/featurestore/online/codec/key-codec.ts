import { isScalar, type ScalarKind, TondoError, type Value, type ValueKind } from "../../../core/index.ts";
import type { Raw } from "../../../dsl/index.ts";

/** The longest key that every store takes, in bytes (LMDB's, with pages of 4 KB). */
export const maxKeyBytes = 1978;

/** Each part begins with its kind, so that keys of entities that change their types are never taken for one another. */
export const keyTags: Readonly<Record<ScalarKind, number>> = {
  bool: 1,
  int: 2,
  string: 3,
  timestamp: 4,
  date: 5,
  duration: 6,
  float: 7,
};

const two32 = 2 ** 32;
const signBit = 0x80000000;
const signBit64 = 2n ** 63n;
// The longest key, and one part more: what runs over is noticed after it was written.
const scratch = new Uint8Array(maxKeyBytes + 4 * maxKeyBytes);
const view = new DataView(scratch.buffer);
const text = new TextEncoder();

/**
 * The bytes of a key, or `undefined` where they would be too many. Equal keys have equal bytes and unequal ones unequal
 * bytes; no key's bytes begin another's, so that further records of a key can stand beside it with a suffix; bytes order
 * as the parts do: numbers by size, texts by code point, as DuckDB orders them.
 *
 * A part is its kind's tag and: 8 bytes, most significant first, with the sign flipped; or a byte for a truth value; or
 * UTF-8 with each 0 followed by 255, closed by 0 and 1.
 */
export function tryEncodeKey(kinds: readonly ValueKind[], parts: readonly (Value | Raw)[]): Uint8Array | undefined {
  if (kinds.length === 1 && kinds[0] === "string") {
    const bytes = plainTextKey(String(parts[0]));
    if (bytes !== undefined) return bytes;
  }
  let end = 0;
  for (let i = 0; i < kinds.length; i++) {
    const kind = kinds[i] ?? "string";
    const part = parts[i];
    if (end + 10 > maxKeyBytes && end + 2 > maxKeyBytes) return undefined;
    if (!isScalar(kind)) throw new TondoError("INTERNAL", `a key of type ${kind}`);
    scratch[end++] = keyTags[kind];
    if (kind === "string") {
      const next = writeText(String(part), end);
      if (next === undefined) return undefined;
      end = next;
    } else if (kind === "bool") {
      scratch[end++] = part === true || part === 1 ? 1 : 0;
    } else {
      writeInt64(view, end, part as number | bigint);
      end += 8;
    }
    if (end > maxKeyBytes) return undefined;
  }
  const bytes = new Uint8Array(end);
  // Of the few bytes that most keys have, each at a time.
  if (end > 32) bytes.set(scratch.subarray(0, end));
  else for (let i = 0; i < end; i++) bytes[i] = scratch[i] ?? 0;
  return bytes;
}

/** The key of one short text in ASCII, as most are: it is written where it stays. */
function plainTextKey(value: string): Uint8Array | undefined {
  const { length } = value;
  if (length > 64) return undefined;
  const bytes = new Uint8Array(length + 3);
  bytes[0] = keyTags.string;
  for (let i = 0; i < length; i++) {
    const unit = value.charCodeAt(i);
    if (unit === 0 || unit >= 0x80) return undefined;
    bytes[i + 1] = unit;
  }
  bytes[length + 2] = 1;
  return bytes;
}

/**
 * As {@link tryEncodeKey}.
 * @throws TondoError `KEY_INVALID` where the key is too long.
 */
export function encodeKey(kinds: readonly ValueKind[], parts: readonly (Value | Raw)[]): Uint8Array {
  const bytes = tryEncodeKey(kinds, parts);
  if (bytes !== undefined) return bytes;
  throw new TondoError("KEY_INVALID", `a key takes more than ${String(maxKeyBytes)} bytes`, {
    hint: "Use a shorter key: an identifier or a hash of the text, not the text.",
    details: { maxKeyBytes },
  });
}

/** Writes a number or moment as a key has it: eight bytes, most significant first, with the sign flipped. */
export function writeInt64(into: DataView, at: number, value: number | bigint): void {
  if (typeof value === "bigint") {
    into.setBigUint64(at, BigInt.asUintN(64, value) ^ signBit64);
  } else {
    const high = Math.floor(value / two32);
    writeHalves(into, at, high, value - high * two32);
  }
}

/** The same of the two halves of one. */
export function writeHalves(into: DataView, at: number, high: number, low: number): void {
  into.setUint32(at, (high ^ signBit) >>> 0);
  into.setUint32(at + 4, low);
}

function writeText(value: string, start: number): number | undefined {
  // A code unit takes a byte at least.
  if (value.length > maxKeyBytes) return undefined;
  let at = start;
  for (let i = 0; i < value.length; i++) {
    const unit = value.charCodeAt(i);
    if (unit >= 0x80) return writeUnicode(value, start);
    scratch[at++] = unit;
    if (unit === 0) scratch[at++] = 0xff;
  }
  return close(at);
}

function writeUnicode(value: string, start: number): number {
  let at = start;
  for (const byte of text.encode(value)) {
    scratch[at++] = byte;
    if (byte === 0) scratch[at++] = 0xff;
  }
  return close(at);
}

function close(at: number): number {
  scratch[at] = 0;
  scratch[at + 1] = 1;
  return at + 2;
}
