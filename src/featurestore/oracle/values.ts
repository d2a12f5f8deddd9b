import type { TypeName, Value } from "../../core/index.ts";

/** A row as a file holds it, by column; may still hold NaN, infinities and -0, which {@link enter} takes out. */
export type Row = Readonly<Record<string, Value>>;

/** Under this name a row of a source says by which of its transports it came; no file has it; the first where it says nothing. */
export const transportOf = "(transport)";

/** The rows of one source or of a left side. */
export type Rows = readonly Row[];

/** A value as the language sees it: NaN and infinities are missing, -0 is 0, a bigint that fits a safe number is one. */
export function enter(value: Value | undefined, type: TypeName): Value {
  if (value === undefined || value === null) return null;
  const kind = type.replace("?", "");
  if (kind === "float" && typeof value === "number") return Number.isFinite(value) ? value + 0 : null;
  if (typeof value === "bigint") return isSafe(value) ? Number(value) : value;
  return typeof value === "number" ? value + 0 : value;
}

/** Whether an integer lies within ±(2^53 - 1), where arithmetic on it is exact. */
export function isSafe(value: bigint): boolean {
  return value >= -(2n ** 53n - 1n) && value <= 2n ** 53n - 1n;
}

/** Orders values of one type: missing smallest, false < true, numbers by size, strings by code point. */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === "object" && typeof b === "object") return compareTuples(a, b) || a.length - b.length;
  if (typeof a === "string" && typeof b === "string") return compareStrings(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Orders tuples of values by their first part that differs. */
export function compareTuples(a: readonly Value[], b: readonly Value[]): number {
  for (const [i, part] of a.entries()) {
    const order = compareValues(part, b[i] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function compareStrings(a: string, b: string): number {
  const left = [...a].map((character) => character.codePointAt(0) ?? 0);
  const right = [...b].map((character) => character.codePointAt(0) ?? 0);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
