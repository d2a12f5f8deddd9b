import type { Aggregate, AggregateCode, AggregateSql } from "../aggregate.ts";
import { everyKindToInt } from "./takes.ts";

const code: AggregateCode = {
  shape: { numbers: 1, values: 0 },
  empty: ({ numbers }, at) => {
    numbers[at] = 0;
  },
  update: ({ numbers }, at) => {
    numbers[at] = (numbers[at] ?? 0) + 1;
  },
  merge: (into, at, _value, from, fromAt) => {
    into.numbers[at] = (into.numbers[at] ?? 0) + (from.numbers[fromAt] ?? 0);
  },
  mergeRun: ({ numbers }, at, from, fromAt, stride, count) => {
    let n = numbers[at] ?? 0;
    for (let i = fromAt + (count - 1) * stride; i >= fromAt; i -= stride) n += from[i] ?? 0;
    numbers[at] = n;
  },
  unmerge: (into, at, _value, from, fromAt) => {
    into.numbers[at] = (into.numbers[at] ?? 0) - (from.numbers[fromAt] ?? 0);
  },
  remove: ({ numbers }, at) => {
    numbers[at] = (numbers[at] ?? 0) - 1;
  },
  finalize: ({ numbers }, at) => numbers[at] ?? 0,
};

const sql: AggregateSql = {
  columns: [
    {
      suffix: "n",
      update: (x, _order, filter) => `count(${x}) filter (where ${filter})`,
    },
  ],
  finalize: (column) => `coalesce(${column("n")}, 0)::bigint`,
  encode: (column) => ({ numbers: [`${column("n")}::double`], values: [] }),
};

/** How many rows, or how many with a value. */
export const count: Aggregate = {
  name: "count",
  version: 1,
  doc: "`count()`: how many rows; `count(x)`: how many with a value. Nothing in the window: 0.",
  examples: [
    { text: "count()", rows: { x: [1, null, 3] }, result: 3 },
    { text: "count(x)", rows: { x: [1, null, 3] }, result: 2 },
  ],
  takes: { rows: "int", ...everyKindToInt },
  optional: false,
  state: () => "count",
  code: () => code,
  sql: () => sql,
};
