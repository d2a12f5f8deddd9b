import { elementKind, isList, isScalar, type ScalarKind, type ValueKind } from "../../../../src/core/index.ts";
import type { Raw } from "../../../../src/dsl/index.ts";
import type { RecordBuffer } from "../../../../src/featurestore/online/codec/index.ts";
import { xxh64 } from "../../../../src/featurestore/online/codec/plain-checksum.ts";

/** One version of a row. Of tables, `t` and `k` are -Infinity. A deletion has no values. */
export interface RowVersion {
  readonly t: number;
  readonly k: number;
  readonly values: readonly Raw[] | null;
}

type Bytes = readonly number[];

function wordOf(write: (view: DataView) => void): Bytes {
  const bytes = new Uint8Array(8);
  write(new DataView(bytes.buffer));
  return [...bytes];
}
const double = (value: number): Bytes =>
  wordOf((view) => {
    view.setFloat64(0, value, true);
  });
const int = (value: number | bigint): Bytes =>
  wordOf((view) => {
    view.setBigInt64(0, BigInt(value), true);
  });
const halves = (low: number, high: number): Bytes =>
  wordOf((view) => {
    view.setUint32(0, low, true);
    view.setUint32(4, high, true);
  });
const utf8 = (text: string): Bytes => [...new TextEncoder().encode(text)];
const padded = (bytes: Bytes): Bytes => [...bytes, ...new Array<number>((8 - (bytes.length % 8)) % 8).fill(0)];

function scalarWord(value: Raw, kind: ScalarKind): Bytes {
  return kind === "int" ? int(value as number | bigint) : double(Number(value));
}

/** The string bytes with one more text or list behind them, and the offset and length of that. */
function behind(strings: Bytes, value: Raw, kind: ValueKind): { readonly all: Bytes; readonly slot: Bytes } {
  const element = isList(kind) ? elementKind(kind) : "float";
  const list = value as readonly Raw[];
  const own =
    kind === "string"
      ? utf8(String(value))
      : Array.from(list).flatMap((one) => {
          if (element === "bool") return [Number(one)];
          if (element !== "string") return scalarWord(one, element);
          return [...halves(utf8(String(one)).length, 0).slice(0, 4), ...utf8(String(one))];
        });
  const isOfWords = kind !== "string" && element !== "bool" && element !== "string";
  const start = isOfWords ? padded(strings) : strings;
  return { all: [...start, ...own], slot: halves(start.length, own.length) };
}

function versionOf({ t, k, values }: RowVersion, kinds: readonly ValueKind[]): Bytes {
  if (values === null) return [...halves(3, 0xffff_ffff), ...double(t), ...double(k)];
  const bits = new Array<number>(Math.ceil(kinds.length / 64) * 8).fill(0);
  let strings: Bytes = [];
  const slots = kinds.flatMap((kind, i) => {
    const value = values[i] ?? null;
    if (value === null || value !== value) return int(0);
    bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
    if (isScalar(kind) && kind !== "string") return scalarWord(value, kind);
    const { all, slot } = behind(strings, value, kind);
    strings = all;
    return slot;
  });
  const rest = [...double(t), ...double(k), ...bits, ...slots, ...padded(strings)];
  return [...halves(rest.length / 8 + 1, strings.length), ...rest];
}

/** The record of some versions, the newest first, as the form of records says and in no hurry. */
export function rowsByHand(versions: readonly RowVersion[], kinds: readonly ValueKind[]): Uint8Array {
  const body = [...halves(versions.length, 0), ...versions.flatMap((one) => versionOf(one, kinds))];
  const first = (2 | (1 << 8) | (kinds.length << 16)) >>> 0;
  const sum = xxh64(new BigUint64Array(Uint8Array.from(body).buffer), BigInt(first)) & 0xffff_ffffn;
  return Uint8Array.from([...halves(first, Number(sum)), ...body]);
}

/** Appends that record to a buffer. */
export function encodeRows(buffer: RecordBuffer, versions: readonly RowVersion[], kinds: readonly ValueKind[]): void {
  const record = rowsByHand(versions, kinds);
  buffer.reserve(record.length).u8.set(record, buffer.end);
  buffer.end += record.length;
}
