import type { FittedFunction } from "../fitted-function.ts";
import { fillMean } from "./fill.ts";
import { zscore } from "./zscore.ts";

/** The library of fitted functions; the key is the name and, where there is one, the word in its brackets. */
export const fittedFunctions: ReadonlyMap<string, FittedFunction> = new Map(
  [fillMean, zscore].map((entry) => [fittedKey(entry.name, entry.word), entry]),
);

/** @example `fittedKey("fill", "mean") // "fill(mean)"` */
export function fittedKey(name: string, word?: string): string {
  return word === undefined ? name : `${name}(${word})`;
}
