import { TondoError, type ValueKind } from "../../../core/index.ts";
import type { Raw } from "../../../dsl/index.ts";
import { corrupt, loadRecord, noWords, type RecordBuffer, recordKinds, sealRecord, type Words } from "./record.ts";
import { bitmapWords, isPresent, readSlot, writeSlots } from "./value-slots.ts";

/**
 * Tiles of windows: one bundle a key. After the first word for each hop: how many tiles (u32) and string bytes (u32);
 * the tiles' starts, ascending; then tile by tile the numbers of all its states; then, where states have values, a
 * bitmap, a slot a value tile by tile, and string bytes. Tiles without events are left out.
 */

/** What a tile of a hop holds: so many numbers, and values of these kinds. */
export interface TileShape {
  readonly numbers: number;
  readonly values: readonly ValueKind[];
}

/** The tiles of one hop, as columns of memory: `starts.length` tiles in `count`. */
export interface Tiles {
  readonly count: number;
  readonly starts: Float64Array;
  /** `count * shape.numbers` numbers. */
  readonly numbers: Float64Array;
  /** `count * shape.values.length` values. */
  readonly values: readonly Raw[];
}

/** Appends the record of a key's tiles, one entry a hop, to the buffer. */
export function encodeWindows(buffer: RecordBuffer, hops: readonly Tiles[], shapes: readonly TileShape[]): void {
  const start = buffer.end;
  buffer.reserve(8);
  buffer.end += 8;
  for (let h = 0; h < hops.length; h++) {
    const tiles = hops[h];
    const shape = shapes[h];
    if (tiles === undefined || shape === undefined) continue;
    const { count } = tiles;
    const length = 1 + count + count * shape.numbers;
    const { u32, f64 } = buffer.reserve(length * 8);
    const at = buffer.end / 8;
    u32[at * 2] = count;
    u32[at * 2 + 1] = 0;
    f64.set(tiles.starts.subarray(0, count), at + 1);
    f64.set(tiles.numbers.subarray(0, count * shape.numbers), at + 1 + count);
    buffer.end += length * 8;
    if (shape.values.length === 0) continue;
    const stringBytes = writeSlots(buffer, tiles.values.slice(0, count * shape.values.length), shape.values);
    buffer.words.u32[at * 2 + 1] = stringBytes;
  }
  sealRecord(buffer.words, start, buffer.end, recordKinds.windows, hops.length);
}

/** The tiles of one hop in a loaded record: word offsets. */
export type FoundTiles = Readonly<Found>;

interface Found {
  count: number;
  /** The word at which the starts begin. */
  starts: number;
  /** The word at which the numbers begin. */
  numbers: number;
  /** The word at which the values' bitmap begins. */
  bitmap: number;
  /** The byte at which the texts of values begin. */
  strings: number;
  stringBytes: number;
  /** Room for the values, tile by tile, as whoever wants some keeps them: `undefined` where none did. See {@link readTileValue}. */
  values: unknown[];
}

/** The bundle that was loaded last. */
export interface FoundBundle {
  readonly words: Words;
  readonly hops: readonly FoundTiles[];
}

/** A state that does not decode, though its record does. */
export function unreadableState(cause: unknown): TondoError {
  return new TondoError("STORE_CORRUPT", "a state of a window in the online store does not decode", {
    hint: "Materialize the group again; if it returns, check the disk.",
    cause,
  });
}

/**
 * What loads bundles of these shapes and finds their parts. What one call found is valid until the next record is loaded.
 * @throws TondoError `STORE_CORRUPT`
 */
export function windowLoader(shapes: readonly TileShape[]): (bytes: Uint8Array) => FoundBundle {
  const hops = shapes.map((): Found => ({ ...noTiles }));
  const bundle = { words: noWords, hops };
  return (bytes) => {
    const words = loadRecord(bytes, recordKinds.windows, shapes.length);
    bundle.words = words;
    let at = 1;
    for (let h = 0; h < shapes.length; h++) {
      const shape = shapes[h];
      const tiles = hops[h];
      if (shape === undefined || tiles === undefined) continue;
      at = findTiles(words, at, shape, tiles);
    }
    if (at !== words.words) throw corrupt("it is longer than its tiles");
    return bundle;
  };
}

/** Finds the tiles of the hop that begins at a word; gives the word behind them. */
function findTiles(words: Words, at: number, shape: TileShape, into: Found): number {
  if (at >= words.words) throw corrupt("a hop is missing");
  const count = words.u32[at * 2] ?? 0;
  const stringBytes = words.u32[at * 2 + 1] ?? 0;
  const valueCount = count * shape.values.length;
  const numbers = at + 1 + count;
  const bitmap = numbers + count * shape.numbers;
  const strings = bitmap + bitmapWords(valueCount) + valueCount;
  const end = strings + Math.ceil(stringBytes / 8);
  if (end > words.words) throw corrupt("a hop runs over its end");
  into.count = count;
  into.starts = at + 1;
  into.numbers = numbers;
  into.bitmap = bitmap;
  into.strings = strings * 8;
  into.stringBytes = stringBytes;
  into.values = valueCount === 0 ? none : new Array<unknown>(valueCount);
  return end;
}

const none: unknown[] = [];
const noTiles: Found = { count: 0, starts: 0, numbers: 0, bitmap: 0, strings: 0, stringBytes: 0, values: none };

/**
 * Value `i`, counted tile by tile, of a hop whose tiles have values of these kinds; `null` where it is missing. A record holds the states of
 * all windows, and a request wants a few.
 *
 * @throws TondoError `STORE_CORRUPT`
 */
export function readTileValue(words: Words, tiles: FoundTiles, kinds: readonly ValueKind[], i: number): Raw {
  if (!isPresent(words, tiles.bitmap, i)) return null;
  const slot = tiles.bitmap + bitmapWords(tiles.count * kinds.length) + i;
  return readSlot(words, slot, kinds[i % kinds.length] ?? "int", tiles.strings, tiles.stringBytes);
}
