import type { Value } from "../../src/core/index.ts";
import type { Raw } from "../../src/dsl/index.ts";

/** Whether two values are the same to the bit: numbers by `Object.is`, lists element by element. */
export function sameValue(a: Value, b: Value): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  return a.length === b.length && a.every((item, i) => Object.is(item, b[i]));
}

/** The same of raw values. */
export function sameRaw(a: Raw, b: Raw): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const isSameForm = a instanceof Float64Array === b instanceof Float64Array;
  return isSameForm && a.length === b.length && Array.from(a).every((item, i) => Object.is(item, b[i]));
}
