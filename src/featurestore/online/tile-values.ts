import { TondoError, type ValueKind } from "../../core/index.ts";
import type { AggregateCode, Raw } from "../../dsl/index.ts";
import { type FoundTiles, readTileValue, unreadableState, type Words } from "./codec/index.ts";

/**
 * Reads the values of a state from a place on, unless somebody did before, as they are in memory.
 *
 * @param kinds of all values of a tile
 * @throws TondoError `STORE_CORRUPT`, `GROUP_NOT_MATERIALIZED` where another version of this program encoded them
 */
export function readValues(
  { shape, stored }: AggregateCode,
  words: Words,
  tiles: FoundTiles,
  kinds: readonly ValueKind[],
  from: number,
): void {
  for (let i = from; i < from + shape.values; i++) {
    if (tiles.values[i] !== undefined) continue;
    const value = readTileValue(words, tiles, kinds, i);
    tiles.values[i] = stored === undefined ? value : decoded(stored, value);
  }
}

function decoded(stored: NonNullable<AggregateCode["stored"]>, value: Raw): object {
  let state: object | undefined;
  try {
    state = stored.decode(typeof value === "string" ? value : "");
  } catch (error) {
    throw unreadableState(error);
  }
  if (state !== undefined) return state;
  throw new TondoError("GROUP_NOT_MATERIALIZED", "this program does not know the encoding of a window's state", {
    hint: "The group was materialized by another version of Tondo: materialize it again.",
  });
}
