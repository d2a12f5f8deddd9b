import type { ValueKind } from "../../../core/index.ts";
import type { Aggregate } from "../aggregate.ts";
import type { Constants, Raw, RawList } from "../scalar-function.ts";
import { limitOf, limitParameter } from "./distinct.ts";
import { order } from "./extreme.ts";
import { lengthParameter, listsOf } from "./last-k.ts";
import { tallyCode, type TallyOptions, tallySql } from "./tally.ts";

function tallyOf(kind: ValueKind | "rows", options: Constants): TallyOptions {
  return { kind, limit: limitOf(options), counted: true };
}

function lengthOf({ k }: Constants): number {
  return typeof k === "number" ? k : 1;
}

/** By how often they came, of equally frequent ones the smaller first. */
function mostFrequent(counts: ReadonlyMap<Raw, number>, k: number): RawList {
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || order(a, b));
  return sorted.slice(0, k).map(([value]) => value) as RawList;
}

/** The most frequent values. */
export const topk: Aggregate = {
  name: "topk",
  version: 1,
  doc: "The `k` most frequent values, the most frequent first, of equally frequent ones the smaller first; fewer where there are fewer. Exact up to `limit` different values, missing beyond.",
  examples: [{ text: "topk(x, 2)", rows: { x: ["b", "c", "a", "c", "b"] }, type: "string", result: ["b", "c"] }],
  takes: listsOf,
  optional: true,
  parameters: [lengthParameter("k"), limitParameter],
  state: (_kind, options) => `tally:${String(limitOf(options))}`,
  code: (kind, options) => tallyCode(tallyOf(kind, options), (counts) => mostFrequent(counts, lengthOf(options)), null),
  // Without the limit, beyond which nothing is held that could leave.
  slides: (kind, options) => ({
    by: "leaving",
    code: tallyCode(
      { kind, counted: true },
      (counts) => (counts.size > limitOf(options) ? null : mostFrequent(counts, lengthOf(options))),
      null,
    ),
  }),
  sql: (kind, options) => tallySql(tallyOf(kind, options)),
};
