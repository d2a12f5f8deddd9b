import type { Raw } from "../../../dsl/index.ts";
import { RecordBuffer } from "./record.ts";
import {
  encodeWindows,
  type FoundBundle,
  readTileValue,
  type Tiles,
  type TileShape,
  windowLoader,
} from "./window-codec.ts";

/** A record of tiles without those that no window needs any more. */
export interface TrimmedWindows {
  /** The record that was given, where none of its tiles is too old. */
  readonly record: Uint8Array;
  /** How many tiles it has. */
  readonly tiles: number;
}

/**
 * What gives records of tiles of these shapes without the tiles that begin before `oldest`, by hop: the bytes that a load would write which never saw them;
 * `undefined` where none is left.
 *
 * @throws TondoError `STORE_CORRUPT`
 */
export function windowTrimmer(
  shapes: readonly TileShape[],
  oldest: readonly number[],
): (record: Uint8Array) => TrimmedWindows | undefined {
  const load = windowLoader(shapes);
  const buffer = new RecordBuffer();
  return (record) => {
    const bundle = load(record);
    let all = 0;
    let tiles = 0;
    const firsts = bundle.hops.map(({ count, starts }, h) => {
      const least = oldest[h] ?? -Infinity;
      let first = 0;
      while (first < count && (bundle.words.f64[starts + first] ?? 0) < least) first++;
      all += count;
      tiles += count - first;
      return first;
    });
    if (tiles === 0) return undefined;
    if (tiles === all) return { record, tiles };
    encodeWindows(
      buffer,
      firsts.map((first, h) => tilesFrom(bundle, h, shapes[h], first)),
      shapes,
    );
    const trimmed = buffer.words.u8.slice(0, buffer.end);
    buffer.end = 0;
    return { record: trimmed, tiles };
  };
}

/** The tiles of a hop from one on. */
function tilesFrom({ words, hops }: FoundBundle, h: number, shape: TileShape | undefined, first: number): Tiles {
  const found = hops[h];
  if (found === undefined || shape === undefined) return noTiles;
  const { count, starts, numbers } = found;
  const kinds = shape.values;
  const values: Raw[] = [];
  for (let i = first * kinds.length; i < count * kinds.length; i++) values.push(readTileValue(words, found, kinds, i));
  return {
    count: count - first,
    starts: words.f64.slice(starts + first, starts + count),
    numbers: words.f64.slice(numbers + first * shape.numbers, numbers + count * shape.numbers),
    values,
  };
}

const noTiles: Tiles = { count: 0, starts: new Float64Array(), numbers: new Float64Array(), values: [] };
