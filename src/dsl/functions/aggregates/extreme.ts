import { compareCodePoints, type ValueKind } from "../../../core/index.ts";
import type { Aggregate, AggregateCode, AggregateSql } from "../aggregate.ts";
import { missing, type Raw } from "../scalar-function.ts";
import { everyKind } from "./takes.ts";

/** In a number: NaN is empty. */
function numberCode(sign: 1 | -1): AggregateCode {
  const better = (x: number, best: number): boolean => best !== best || (x - best) * sign > 0;
  return {
    shape: { numbers: 1, values: 0 },
    empty: ({ numbers }, at) => {
      numbers[at] = missing;
    },
    update: ({ numbers }, at, _value, { input }) => {
      const x = Number(input);
      if (better(x, numbers[at] ?? missing)) numbers[at] = x;
    },
    merge: (into, at, _value, from, fromAt) => {
      const x = from.numbers[fromAt] ?? missing;
      if (x === x && better(x, into.numbers[at] ?? missing)) into.numbers[at] = x;
    },
    mergeRun: ({ numbers }, at, from, fromAt, stride, count) => {
      // The largest of `x * sign`; no comparison with NaN holds.
      let best = (numbers[at] ?? missing) * sign;
      for (let i = fromAt + (count - 1) * stride; i >= fromAt; i -= stride) {
        const x = (from[i] ?? missing) * sign;
        if (x > best || best !== best) best = x;
      }
      numbers[at] = best * sign;
    },
    finalize: ({ numbers }, at) => numbers[at] ?? missing,
  };
}

/** In a value: `null` is empty. 64-bit ints and texts. */
function valueCode(sign: 1 | -1, empty: Raw): AggregateCode {
  const better = (x: Raw, best: Raw): boolean => best === null || order(x, best) * sign > 0;
  return {
    shape: { numbers: 0, values: 1 },
    empty: ({ values }, _at, value) => {
      values[value] = null;
    },
    update: ({ values }, _at, value, { input }) => {
      if (better(input, held(values[value]))) values[value] = input;
    },
    merge: (into, _at, value, from, _fromAt, fromValue) => {
      const x = held(from.values[fromValue]);
      if (x !== null && better(x, held(into.values[value]))) into.values[value] = x;
    },
    finalize: ({ values }, _at, value) => held(values[value]) ?? empty,
  };
}

function held(value: unknown): Raw {
  return (value as Raw | undefined) ?? null;
}

/** Less than 0 where the first of two values of one kind comes before the second. */
export function order(a: Raw, b: Raw): number {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  return Number((a ?? 0) > (b ?? 0)) - Number((a ?? 0) < (b ?? 0));
}

function sqlOf(name: "min" | "max", inNumber: boolean): AggregateSql {
  return {
    columns: [
      {
        suffix: "m",
        update: (x, _order, filter) => `${name}(${x}) filter (where ${filter})`,
      },
    ],
    finalize: (column) => column("m"),
    encode: (column) =>
      inNumber
        ? { numbers: [`coalesce(${column("m")}::double, 'nan'::double)`], values: [] }
        : { numbers: [], values: [column("m")] },
  };
}

function extreme(name: "min" | "max", sign: 1 | -1, doc: string, examples: Aggregate["examples"]): Aggregate {
  const numbers = numberCode(sign);
  const ints = valueCode(sign, missing);
  const texts = valueCode(sign, null);
  const inNumber = (kind: ValueKind | "rows"): boolean => kind !== "int" && kind !== "string";
  const codeOf = (kind: ValueKind | "rows"): AggregateCode =>
    kind === "string" ? texts : kind === "int" ? ints : numbers;
  return {
    name,
    version: 1,
    doc,
    examples,
    takes: everyKind,
    optional: true,
    state: () => name,
    code: codeOf,
    slides: (kind) => ({
      by: "best",
      code: codeOf(kind),
      beats: (x, _t, other) => order(x, other) * sign >= 0,
    }),
    sql: (kind) => sqlOf(name, inNumber(kind)),
  };
}

/** The smallest value. */
export const min: Aggregate = extreme("min", -1, "The smallest value; texts by code point; false before true.", [
  { text: "min(x)", rows: { x: [3, null, 1] }, result: 1 },
  { text: "min(x)", rows: { x: ["b", "B"] }, type: "string", result: "B" },
]);
/** The largest value. */
export const max: Aggregate = extreme("max", 1, "The largest value; texts by code point; true after false.", [
  { text: "max(x)", rows: { x: [3, null, 1] }, result: 3 },
  { text: "max(x)", rows: { x: [false, true] }, type: "bool", result: true },
]);
