import type { Aggregate } from "../aggregate.ts";
import { count } from "./count.ts";
import { max, min } from "./extreme.ts";
import { last } from "./last.ts";
import { mean } from "./mean.ts";
import { sum } from "./sum.ts";

/** The library of aggregates, by name. */
export const aggregates: ReadonlyMap<string, Aggregate> = new Map(
  [count, sum, mean, min, max, last].map((entry) => [entry.name, entry]),
);
