import type { ValueKind } from "../../../core/index.ts";
import type { Aggregate, AggregateParameter } from "../aggregate.ts";
import { type Constants, missing } from "../scalar-function.ts";
import { tallyCode, type TallyOptions, tallySql } from "./tally.ts";
import { everyKindToInt } from "./takes.ts";

/** How many different values of a window are held, unless asked otherwise. */
const usualLimit = 10_000;

/** Up to how many different values a result is exact; beyond it the result is missing. */
export const limitParameter: AggregateParameter = {
  name: "limit",
  kind: "int",
  min: 1,
  max: 100_000,
  default: usualLimit,
  what: "up to how many different values it is exact",
  example: "limit: 20000",
};

/** The limit that was asked for. */
export function limitOf({ limit }: Constants): number {
  return typeof limit === "number" ? limit : usualLimit;
}

function setOf(kind: ValueKind | "rows", options: Constants): TallyOptions {
  return { kind, limit: limitOf(options), counted: false };
}

/** How many different values. */
export const distinct: Aggregate = {
  name: "distinct",
  version: 1,
  doc: "How many different values there are: exact up to `limit` of them, missing beyond.",
  examples: [
    { text: "distinct(x)", rows: { x: ["a", "b", "a", null] }, type: "string", result: 2 },
    { text: "distinct(x, limit: 2)", rows: { x: [1, 2, 3] }, type: "int", result: null },
  ],
  takes: everyKindToInt,
  optional: true,
  parameters: [limitParameter],
  state: (_kind, options) => `set:${String(limitOf(options))}`,
  code: (kind, options) => tallyCode(setOf(kind, options), (counts) => counts.size),
  // With how often each came, so that values can leave.
  slides: (kind, options) => ({
    by: "leaving",
    code: tallyCode({ kind, counted: true }, ({ size }) => (size > limitOf(options) ? missing : size)),
  }),
  sql: (kind, options) => tallySql(setOf(kind, options)),
};
