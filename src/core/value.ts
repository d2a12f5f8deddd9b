import { elementKind, embeddingSize, isEmbedding, isList, type ScalarKind, type ValueKind } from "./value-type.ts";

/**
 * A value of the feature language as the API shows it. Missing is `null`. A `bool` is a boolean; an `int` is a
 * number, or a bigint where it lies beyond ±(2^53 - 1); `timestamp` and `duration` are microseconds, `date` is
 * days since 1970, as numbers. No value is NaN, infinite or -0. A list is an array of values of which none is missing, an
 * embedding an array of numbers.
 */
export type Value = null | Scalar | readonly Scalar[];

/** A value that is there and has no parts. */
export type Scalar = boolean | number | bigint | string;

/** Why a value is what it is; of a derived value, the worst of its inputs, in this order. */
export const statuses = ["present", "missing", "expired", "not_found", "unavailable"] as const;

/** See {@link statuses}. */
export type Status = (typeof statuses)[number];

/** The worse of two statuses: the one further right in {@link statuses}. */
export function worseStatus(a: Status, b: Status): Status {
  return statuses.indexOf(a) >= statuses.indexOf(b) ? a : b;
}

/** A float as the language knows it: NaN and infinities become missing, -0 becomes 0. */
export function normalFloat(value: number): number | null {
  return Number.isFinite(value) ? value + 0 : null;
}

/** An integer as the language knows it: a number where it is safe, else a bigint. */
export function normalInt(value: bigint): number | bigint {
  return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
}

const int64Min = -(2n ** 63n);
const int64Max = 2n ** 63n - 1n;

/**
 * Brings a value from outside (JSON, a request, a file) into the language's domain, or returns `undefined` where
 * it is not of that kind. Strings that are not well-formed Unicode are not of kind `string`. Of a list the missing
 * elements are left out; an embedding with a missing element is missing, and one of another size is none. Missing is also
 * a float that would be infinite, and a moment, as a `Date` or a bigint, outside the domain.
 *
 * @example `admit(3, "float") // 3`, `admit(NaN, "float") // null`, `admit("3", "int") // undefined`
 */
export function admit(value: unknown, kind: ValueKind): Value | undefined {
  if (value === null || value === undefined) return null;
  // Most keys are texts, and whatever is served passes here.
  if (kind === "string") return typeof value === "string" && value.isWellFormed() ? value : undefined;
  if (isList(kind)) return admitList(value, elementKind(kind));
  if (isEmbedding(kind)) return admitEmbedding(value, embeddingSize(kind));
  return admitScalar(value, kind);
}

function admitList(value: unknown, kind: ScalarKind): readonly Scalar[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const list: Scalar[] = [];
  for (const item of value as readonly unknown[]) {
    const admitted = item === null || item === undefined ? null : admitScalar(item, kind);
    if (admitted === undefined) return undefined;
    if (admitted !== null) list.push(admitted);
  }
  return list;
}

function admitEmbedding(value: unknown, size: number): readonly number[] | null | undefined {
  const isArray = Array.isArray(value) || value instanceof Float64Array || value instanceof Float32Array;
  if (!isArray || value.length !== size) return undefined;
  const numbers: number[] = [];
  let whole = true;
  // By index: an array with holes has them as missing ones.
  for (let i = 0; i < size; i++) {
    const item: unknown = value[i];
    const admitted = item === null || item === undefined ? null : admitScalar(item, "float");
    if (admitted === undefined) return undefined;
    if (typeof admitted === "number") numbers.push(admitted);
    else whole = false;
  }
  return whole ? numbers : null;
}

function admitScalar(value: unknown, kind: ScalarKind): Scalar | null | undefined {
  switch (kind) {
    case "bool":
      return typeof value === "boolean" ? value : undefined;
    case "string":
      return typeof value === "string" && value.isWellFormed() ? value : undefined;
    case "float":
      if (typeof value === "bigint") return normalFloat(Number(value));
      return typeof value === "number" ? normalFloat(value) : undefined;
    case "int":
      if (typeof value === "bigint") return value >= int64Min && value <= int64Max ? normalInt(value) : undefined;
      return typeof value === "number" && Number.isSafeInteger(value) ? value + 0 : undefined;
    case "timestamp":
    case "duration":
    case "date":
      if (value instanceof Date && kind === "timestamp") {
        const micros = value.getTime() * 1000;
        if (Number.isNaN(micros)) return undefined;
        return Number.isSafeInteger(micros) ? micros : null;
      }
      if (typeof value === "bigint")
        return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : null;
      return typeof value === "number" && Number.isSafeInteger(value) ? value + 0 : undefined;
  }
}

/**
 * Compares two strings by code point, as DuckDB and Cassandra do by byte; JavaScript's `<` compares UTF-16 units
 * and differs above U+FFFF.
 */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    let x = a.charCodeAt(i);
    let y = b.charCodeAt(i);
    if (x === y) continue;
    // Surrogates (U+D800..DFFF) stand for code points above all of U+E000..FFFF: rotate them to the top.
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000;
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000;
    }
    return x - y;
  }
  return a.length - b.length;
}
