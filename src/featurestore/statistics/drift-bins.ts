import { compareCodePoints, type Value } from "../../core/index.ts";
import type { DriftBin, TopValue } from "./feature-statistics.ts";
import type { CountedValue } from "./value-counts.ts";

/** A bin before shares are made of its counts: `n` among the rows described, which are the reference, `m` among the others. */
export type BinCounts = { n: number; m: number } & (DriftBin extends infer Bin
  ? Bin extends unknown
    ? Omit<Bin, "expected" | "actual">
    : never
  : never);

/** Where a bin of numbers ends. */
interface Cut {
  readonly at: number;
  /** Whether values of that size lie below the cut. */
  readonly after: boolean;
}

/** Puts the values of a column, which come in order, into bins. */
export interface Binning {
  add(counted: CountedValue): void;
  bins(): readonly BinCounts[];
}

/**
 * Bins of numbers by the reference's quantiles at 0, 1/n, ... 1: each holds its upper edge. A value on which several quantiles fall,
 * as 0 often is, is a bin of its own, so that what moves to or from it is seen.
 */
export function quantileBinning(quantiles: readonly number[]): Binning {
  const cuts = cutsOf(quantiles);
  const bins = Array.from({ length: cuts.length + 1 }, () => ({ n: 0, m: 0 }));
  let bin = 0;
  return {
    add({ value, n, m }) {
      const x = Number(value);
      for (let cut = cuts[bin]; cut !== undefined && (x > cut.at || (x === cut.at && !cut.after)); cut = cuts[bin])
        bin++;
      const into = bins[bin];
      if (into === undefined) return;
      into.n += n;
      into.m += m;
    },
    bins: () =>
      bins.map((counts, i) => {
        const [low, high] = [cuts[i - 1], cuts[i]];
        return {
          ...{ of: "range" as const, from: low?.at ?? null, to: high?.at ?? null },
          ...{ holdsFrom: low !== undefined && !low.after, holdsTo: high?.after ?? false, ...counts },
        };
      }),
  };
}

function cutsOf(quantiles: readonly number[]): readonly Cut[] {
  const cuts: Cut[] = [];
  for (const [i, at] of quantiles.entries()) {
    if (at === quantiles[i - 1]) continue;
    if (at === quantiles[i + 1]) cuts.push({ at, after: false }, { at, after: true });
    else if (i > 0 && i < quantiles.length - 1) cuts.push({ at, after: true });
  }
  return cuts;
}

/** The order in which values are walked. Numbers are compared as what they are: of whole ones beyond 2^53 a double is no name. */
function order(a: Value, b: Value): number {
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  const [x, y] = [a, b].map((value) => (typeof value === "bigint" ? value : Number(value)));
  return x === undefined || y === undefined || x === y ? 0 : x < y ? -1 : 1;
}

/** A bin for each of these values, and one for all others. */
export function valueBinning(values: readonly TopValue[]): Binning {
  const bins = values
    .map(({ value }) => ({ of: "value" as const, value, n: 0, m: 0 }))
    .sort((a, b) => order(a.value, b.value));
  const others = { of: "others" as const, n: 0, m: 0 };
  let next = 0;
  return {
    add({ value, n, m }) {
      const own = bins[next];
      const isOwn = own !== undefined && order(own.value, value) === 0;
      if (isOwn) next++;
      const into = isOwn ? own : others;
      into.n += n;
      into.m += m;
    },
    bins: () => [...bins, others],
  };
}
