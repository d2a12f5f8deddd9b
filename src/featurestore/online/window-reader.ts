import { floorTo, TondoError, type ValueKind } from "../../core/index.ts";
import { type AggregateCode, missingRaw, type Raw, type StateArrays, type StoredForm } from "../../dsl/index.ts";
import { type FoundTiles, loadWindows, readTileValue, unreadableState, type Words } from "./codec/index.ts";
import { codeOf, tileShape, type WindowLayout } from "./group-layout.ts";
import type { RecordReader, WantedValue } from "./stored-answers.ts";

interface Window extends WantedValue {
  readonly over: number;
  readonly width: number;
  readonly hop: number;
  readonly code: AggregateCode;
  /** Where the state stands in a tile. */
  readonly number: number;
  readonly value: number;
  readonly state: StateArrays;
}

/**
 * Reads windows: of each the tiles that begin at `floor(q - over, hop)` or later, and before `q`, merged. What happened before the load's moment, and so
 * before `q`, lies in tiles of its hop; what is dated later in one of its own, which begins when it happened.
 * A key without a record had no events: its windows are empty, and present.
 */
export function windowReader(layout: WindowLayout, wanted: readonly WantedValue[]): RecordReader {
  const shapes = layout.hops.map(tileShape);
  const windows = wanted.map((one) => windowOf(layout, one));
  return (record, at, into, base) => {
    const bundle = record === undefined ? undefined : loadWindows(record, shapes);
    for (const { hop, over, width, code, number, value, state, kind, target } of windows) {
      code.empty(state, 0, 0);
      const tiles = bundle?.hops[hop];
      const shape = shapes[hop];
      if (bundle !== undefined && tiles !== undefined && shape !== undefined) {
        const { f64 } = bundle.words;
        const from = floorTo(at - over, width);
        const states: StateArrays = { numbers: f64, values: tiles.values };
        const { values: kinds } = shape;
        // Starts ascend, and the newest tiles are those that every window needs.
        for (let i = tiles.count - 1; i >= 0 && (f64[tiles.starts + i] ?? 0) >= from; i--) {
          if ((f64[tiles.starts + i] ?? 0) >= at) continue;
          if (code.shape.values > 0) readValues(code, bundle.words, tiles, kinds, i * kinds.length + value);
          code.merge(state, 0, 0, states, tiles.numbers + i * shape.numbers + number, i * kinds.length + value);
        }
      }
      const result = code.finalize(state, 0, 0);
      const isMissing = result === null || result !== result;
      into.values[base + target] = isMissing ? missingRaw(kind) : result;
      into.statuses[base + target] = isMissing ? "missing" : "present";
    }
  };
}

/** Reads the values of a window's state in a tile, unless another window of the same state did, as they are in memory. */
function readValues(
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

function decoded(stored: StoredForm, value: Raw): object {
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

function windowOf(layout: WindowLayout, one: WantedValue): Window {
  const place = layout.windows[one.index];
  const hop = layout.hops[place?.hop ?? -1];
  const state = hop?.states[place?.state ?? -1];
  if (place === undefined || hop === undefined || state === undefined) throw new RangeError("no such window");
  let number = 0;
  let value = 0;
  for (const before of hop.states.slice(0, place.state)) {
    const { shape } = codeOf(before);
    number += shape.numbers;
    value += shape.values;
  }
  // Of the state's code only the end is the window's own.
  const code = codeOf({ ...place, input: state.input });
  return {
    ...one,
    over: place.over,
    width: hop.hop,
    hop: place.hop,
    code,
    number,
    value,
    state: { numbers: new Float64Array(code.shape.numbers), values: new Array<unknown>(code.shape.values).fill(null) },
  };
}
