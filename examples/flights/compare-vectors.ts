import type { ComputedVectors } from "../../src/featurestore/index.ts";
import type { Value } from "../../src/index.ts";
import type { Departure } from "./requests.ts";

/** What a model was fed when a departure was asked about. */
export interface ServedVector {
  readonly departure: Departure;
  /** The moment that the answer is of. */
  readonly at: string;
  readonly slots: Readonly<Record<string, Value>>;
}

/** How many served vectors equal the training path's, bit by bit. */
export interface Consistency {
  readonly checked: number;
  readonly identical: number;
}

/** Holds each slot of each served vector against what training has for the same request: all must be identical by `Object.is`. */
export function compareVectors(
  served: readonly ServedVector[],
  trained: ComputedVectors,
): { readonly consistency: Consistency; readonly differences: readonly string[] } {
  const differences: string[] = [];
  let identical = 0;
  for (const [i, { departure, at, slots }] of served.entries()) {
    const wrong = trained.slots.filter((slot, s) => !Object.is(slots[slot], trained.rows[i]?.[s]));
    if (wrong.length === 0 && Object.keys(slots).length === trained.slots.length) identical++;
    for (const slot of wrong) {
      const expected = trained.rows[i]?.[trained.slots.indexOf(slot)];
      differences.push(
        `${departure.origin}-${departure.destination} at ${at} ${slot}: trained ${String(expected)}, served ${String(slots[slot])}`,
      );
    }
  }
  return { consistency: { checked: served.length, identical }, differences: differences.slice(0, 10) };
}
