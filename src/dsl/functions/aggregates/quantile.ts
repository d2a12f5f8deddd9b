import type { Aggregate, AggregateCode } from "../aggregate.ts";
import { countBelow } from "../edges.ts";
import { type Constants, missing, type Raw } from "../scalar-function.ts";
import { tallyCode, type TallyOptions, tallySql } from "./tally.ts";

/**
 * Values are counted rounded to seven binary digits, which is a logarithmic histogram with linear steps within a power of two:
 * off by at most 1/128 of the value, and whole numbers up to 128 not at all. The bucket is the number's own bits, its
 * exponent and the first six of its fraction, so SQL and JavaScript agree. Below 2^-1022 in magnitude the steps are even.
 */
const view = new DataView(new ArrayBuffer(8));
const cut = 14;
const largest = 2 ** 11 * 2 ** 6 - 2 ** 6 - 1;

/** The bucket of a finite number: ascending with it, 0 for 0. */
export function bucketOf(x: number): number {
  view.setFloat64(0, Math.abs(x));
  const bucket = Math.min((view.getUint32(0) + 2 ** (cut - 1)) >>> cut, largest);
  return x < 0 ? -bucket : bucket;
}

/** The number that a bucket stands for. */
export function bucketValue(bucket: number): number {
  view.setUint32(0, Math.abs(bucket) << cut);
  view.setUint32(4, 0);
  return bucket < 0 ? -view.getFloat64(0) : view.getFloat64(0);
}

const buckets: TallyOptions = {
  kind: "float",
  counted: true,
  element: {
    kind: "float",
    of: (input) => bucketOf(Number(input)) + 0,
    sql: (x) => `tondo_bucket(${x}::double)`,
  },
};

/** The smallest value of which the share of values that are at most as large is at least `p`. */
function quantileOf(counts: ReadonlyMap<Raw, number>, p: number): Raw {
  const sorted = [...counts].map(([bucket, n]) => [Number(bucket), n] as const).sort(([a], [b]) => a - b);
  const total = sorted.reduce((sum, [, n]) => sum + n, 0);
  let below = 0;
  for (const [bucket, n] of sorted) {
    below += n;
    if (below / total >= p) return bucketValue(bucket);
  }
  return missing;
}

/** Buckets in order with how often each came: what a window that slides is asked again and again. */
interface Sorted {
  readonly buckets: number[];
  readonly counts: number[];
  total: number;
}

function count(into: Sorted, bucket: number, n: number): void {
  const { buckets, counts } = into;
  const at = countBelow(buckets, bucket);
  into.total += n;
  if (buckets[at] !== bucket) {
    buckets.splice(at, 0, bucket);
    counts.splice(at, 0, n);
    return;
  }
  counts[at] = (counts[at] ?? 0) + n;
  if (counts[at] !== 0) return;
  buckets.splice(at, 1);
  counts.splice(at, 1);
}

function countAll(into: Sorted, { buckets, counts }: Sorted, sign: 1 | -1): void {
  for (let i = 0; i < buckets.length; i++) count(into, buckets[i] ?? 0, sign * (counts[i] ?? 0));
}

function slidingCode(p: number): AggregateCode {
  const of = (values: unknown[], value: number): Sorted => values[value] as Sorted;
  return {
    shape: { numbers: 0, values: 1 },
    empty: ({ values }, _at, value) => {
      values[value] = { buckets: [], counts: [], total: 0 } satisfies Sorted;
    },
    update: ({ values }, _at, value, { input }) => {
      count(of(values, value), bucketOf(Number(input)) + 0, 1);
    },
    remove: ({ values }, _at, value, { input }) => {
      count(of(values, value), bucketOf(Number(input)) + 0, -1);
    },
    merge: (into, _at, value, from, _fromAt, fromValue) => {
      countAll(of(into.values, value), of(from.values, fromValue), 1);
    },
    unmerge: (into, _at, value, from, _fromAt, fromValue) => {
      countAll(of(into.values, value), of(from.values, fromValue), -1);
    },
    finalize: ({ values }, _at, value) => {
      const { buckets, counts, total } = of(values, value);
      let below = 0;
      for (let i = 0; i < buckets.length; i++) {
        below += counts[i] ?? 0;
        if (below / total >= p) return bucketValue(buckets[i] ?? 0);
      }
      return missing;
    },
  };
}

function share({ p }: Constants): number {
  return typeof p === "number" ? p : missing;
}

const sql = tallySql(buckets);

/** A quantile with a bounded relative error. */
export const quantile: Aggregate = {
  name: "quantile",
  version: 1,
  doc: "The smallest value such that at least the share `p` of the values is at most as large, rounded to seven binary digits: off by less than 0.8 %, and exact for whole numbers up to 128. Below 2^-1022 in magnitude the steps are even.",
  examples: [
    { text: "quantile(x, 0.5)", rows: { x: [4, 1, null, 3, 2] }, result: 2 },
    { text: "quantile(x, 0.9)", rows: { x: [1000, 1001] }, result: 1000 },
  ],
  takes: { int: "float", float: "float", duration: "duration" },
  optional: true,
  parameters: [{ name: "p", kind: "float", min: 0, max: 1, what: "a share between 0 and 1", example: "0.9" }],
  state: () => "buckets",
  code: (_kind, options) => tallyCode(buckets, (counts) => quantileOf(counts, share(options))),
  slides: (_kind, options) => ({ by: "leaving", code: slidingCode(share(options)) }),
  sql: () => sql,
};
