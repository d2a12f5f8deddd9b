import type { Aggregate } from "../aggregate.ts";
import { approxDistinct } from "./approx-distinct.ts";
import { count } from "./count.ts";
import { distinct } from "./distinct.ts";
import { max, min } from "./extreme.ts";
import { first, last } from "./last.ts";
import { lastK } from "./last-k.ts";
import { mean } from "./mean.ts";
import { quantile } from "./quantile.ts";
import { sum } from "./sum.ts";
import { topk } from "./topk.ts";
import { sampleVariance, std } from "./variance.ts";

/** The library of aggregates, by name. */
export const aggregates: ReadonlyMap<string, Aggregate> = new Map(
  [
    ...[count, sum, mean, sampleVariance, std, min, max],
    ...[first, last, lastK, distinct, approxDistinct, quantile, topk],
  ].map((entry) => [entry.name, entry]),
);
