import { floorTo, type Micros, TondoError } from "../../core/index.ts";
import { maxKeyBytes } from "./codec/index.ts";
import type { WindowLayout } from "./group-layout.ts";

/**
 * How far back of its moment a row of a source with `id` may have happened that is pushed, microseconds: a day. So far back of their own moment loads keep the rows themselves
 * beside tiles, since what a later version takes away cannot be taken out of those.
 */
export const recentHorizon: Micros = 86_400_000_000;

/** The key under which a generation holds the recent rows of a key: no key of an entity is it, and it is not when rows were applied. `undefined` of one that has no room for it. */
export function recentKey(key: Uint8Array): Uint8Array | undefined {
  if (key.length >= maxKeyBytes) return undefined;
  const bytes = new Uint8Array(key.length + 1);
  bytes.set(key, 1);
  return bytes;
}

/** The key whose recent rows lie under one; `undefined` where it is the key of something else. */
export function keyOfRecent(bytes: Uint8Array): Uint8Array | undefined {
  return bytes.length > 1 && bytes[0] === 0 ? bytes.subarray(1) : undefined;
}

/**
 * From when on rows are recent in the tiles of a hop: those of earlier tiles are in these alone.
 *
 * @param recentFrom the load's moment less {@link recentHorizon}, as its pointer says it
 */
export function recentSince(recentFrom: Micros, hop: Micros): Micros {
  return floorTo(recentFrom, hop);
}

/** The first moment of which a load as of a moment keeps rows; those before it are recent in no hop, or in no window any more. */
export function firstRecent({ hops }: WindowLayout, asOf: Micros): Micros {
  return Math.min(
    ...hops.map(({ hop, reach }) => Math.max(recentSince(asOf - recentHorizon, hop), floorTo(asOf - reach, hop))),
  );
}

/** That a load had more recent rows of a key than it keeps: their record has none. What is pushed under that key cannot be told apart from them. */
export function tooManyRecent(group: string): TondoError {
  return new TondoError(
    "LIMIT_EXCEEDED",
    `a key of ${group} had too many rows of the last day to keep them beside its tiles`,
    {
      hint: "Rows of that key come by files; or raise the limit `recentBytes` of loads.",
      details: { group },
    },
  );
}
