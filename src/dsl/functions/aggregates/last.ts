import type { ValueKind } from "../../../core/index.ts";
import type { Aggregate, AggregateCode, AggregateParameter, AggregateSql, MergeStates } from "../aggregate.ts";
import { missingRaw } from "../raw-value.ts";
import { type Constants, missing, type Raw } from "../scalar-function.ts";
import { everyKind } from "./takes.ts";

/**
 * Numbers: the time of the row that was found (infinite: none yet) and, where a number can hold it, its value.
 * @param sign 1 for the latest, -1 for the earliest
 */
function codeOf(sign: 1 | -1, kind: ValueKind | "rows", options: Constants): AggregateCode {
  const inNumber = heldInNumber(kind);
  const none = -Infinity * sign;
  const absent = kind === "rows" ? missing : missingRaw(kind);
  const take: MergeStates = (into, at, value, from, fromAt, fromValue) => {
    into.numbers[at] = from.numbers[fromAt] ?? none;
    if (inNumber) into.numbers[at + 1] = from.numbers[fromAt + 1] ?? missing;
    else into.values[value] = from.values[fromValue] ?? null;
  };
  return {
    shape: inNumber ? { numbers: 2, values: 0 } : { numbers: 1, values: 1 },
    ...(skipsMissing(options) ? {} : { takesMissing: true }),
    empty: ({ numbers, values }, at, value) => {
      numbers[at] = none;
      if (inNumber) numbers[at + 1] = missing;
      else values[value] = null;
    },
    update: ({ numbers, values }, at, value, { input, t }) => {
      const difference = (t - (numbers[at] ?? none)) * sign;
      // Of rows of one time, which come in order, the last one is the latest and the first one the earliest.
      if (sign === 1 ? difference < 0 : difference <= 0) return;
      numbers[at] = t;
      if (inNumber) numbers[at + 1] = input === null ? missing : Number(input);
      else values[value] = input === input ? input : null;
    },
    merge: (into, at, value, from, fromAt, fromValue) => {
      const t = from.numbers[fromAt] ?? none;
      // States that meet are of different stretches of time, so that equal times mean two empty ones.
      if ((t - (into.numbers[at] ?? none)) * sign > 0) take(into, at, value, from, fromAt, fromValue);
    },
    mergeLater: (into, at, value, from, fromAt, fromValue) => {
      const t = from.numbers[fromAt] ?? none;
      const difference = (t - (into.numbers[at] ?? none)) * sign;
      // Two empty ones have no difference that is a number.
      if (sign === 1 ? difference >= 0 : difference > 0) take(into, at, value, from, fromAt, fromValue);
    },
    ...(inNumber ? { mergeRun: mergeRunOf(sign) } : {}),
    finalize: ({ numbers, values }, at, value) =>
      inNumber ? (numbers[at + 1] ?? missing) : ((values[value] as Raw) ?? absent),
  };
}

function mergeRunOf(sign: 1 | -1): NonNullable<AggregateCode["mergeRun"]> {
  return ({ numbers }, at, from, fromAt, stride, count) => {
    let best = (numbers[at] ?? missing) * sign;
    let place = -1;
    for (let i = fromAt + (count - 1) * stride; i >= fromAt; i -= stride) {
      const t = (from[i] ?? missing) * sign;
      if (t > best) {
        best = t;
        place = i;
      }
    }
    if (place < 0) return;
    numbers[at] = best * sign;
    numbers[at + 1] = from[place + 1] ?? missing;
  };
}

/** Texts and 64-bit ints are values beside the numbers. */
function heldInNumber(kind: ValueKind | "rows"): boolean {
  return kind !== "int" && kind !== "string";
}

function skipsMissing(options: Constants): boolean {
  return options["skip_missing"] !== false;
}

/** The row that was found. */
function sqlOf(name: "arg_max" | "arg_min", kind: ValueKind | "rows", options: Constants): AggregateSql {
  const none = name === "arg_max" ? "-infinity" : "infinity";
  return {
    columns: [
      {
        suffix: "v",
        update: (x, order, filter) =>
          `${name}(struct_pack(x := ${x}, t := t), ${order}) filter (where ${skipsMissing(options) ? `(${filter}) and ${x} is not null` : filter})`,
      },
    ],
    finalize: (column) => `${column("v")}.x`,
    encode: (column) => {
      const t = `coalesce(${column("v")}.t::double, '${none}'::double)`;
      const x = `${column("v")}.x`;
      return heldInNumber(kind)
        ? { numbers: [t, `coalesce(${x}::double, 'nan'::double)`], values: [] }
        : { numbers: [t], values: [x] };
    },
  };
}

const skipMissing: AggregateParameter = {
  name: "skip_missing",
  kind: "bool",
  default: true,
  what: "whether rows without a value are passed over",
  example: "skip_missing: false",
};

function place(name: "first" | "last", sign: 1 | -1, doc: string, examples: Aggregate["examples"]): Aggregate {
  return {
    name,
    version: 1,
    doc: `${doc} Rows without a value are passed over, unless \`skip_missing: false\` is given.`,
    examples,
    takes: everyKind,
    optional: true,
    parameters: [skipMissing],
    state: (_kind, options) => (skipsMissing(options) ? name : `${name}-row`),
    code: (kind, options) => codeOf(sign, kind, options),
    slides: (kind, options) => ({
      by: "best",
      ordered: true,
      code: codeOf(sign, kind, options),
      beats: (_x, t, _other, otherT) => (sign === 1 ? t >= otherT : t < otherT),
    }),
    sql: (kind, options) => sqlOf(sign === 1 ? "arg_max" : "arg_min", kind, options),
  };
}

/** The value of the latest row that has one. */
export const last: Aggregate = place(
  "last",
  1,
  "The latest value: of the largest time, then the latest known, then by the columns read.",
  [
    { text: "last(x)", rows: { x: [1, 2, null] }, result: 2 },
    { text: "last(x, skip_missing: false)", rows: { x: [1, 2, null] }, result: null },
  ],
);

/** The value of the earliest row that has one. */
export const first: Aggregate = place(
  "first",
  -1,
  "The earliest value, in the same order: of the smallest time, then the first known, then by the columns read.",
  [
    { text: "first(x)", rows: { x: [null, "b", "a"] }, type: "string", result: "b" },
    { text: "first(x, skip_missing: false)", rows: { x: [null, "b", "a"] }, type: "string", result: null },
  ],
);
