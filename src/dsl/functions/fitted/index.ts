import type { FittedFunction } from "../fitted-function.ts";
import { onehot, vocab } from "./categories.ts";
import { clipPercentiles } from "./clip-percentiles.ts";
import { fillMean } from "./fill-mean.ts";
import { fillMedian } from "./fill-median.ts";
import { fillMode } from "./fill-mode.ts";
import { minmax } from "./minmax.ts";
import { quantize } from "./quantize.ts";
import { robust } from "./robust.ts";
import { zscore } from "./zscore.ts";

export { quantileBetween, quantileNeighbours } from "./linear-quantile.ts";

/** The library of fitted functions; the key is the name and, where there is one, the word in its brackets. */
export const fittedFunctions: ReadonlyMap<string, FittedFunction> = new Map(
  [fillMean, fillMedian, fillMode, zscore, minmax, robust, quantize, clipPercentiles, vocab, onehot].map((entry) => [
    fittedKey(entry.name, entry.word),
    entry,
  ]),
);

/** @example `fittedKey("fill", "mean") // "fill(mean)"` */
export function fittedKey(name: string, word?: string): string {
  return word === undefined ? name : `${name}(${word})`;
}
