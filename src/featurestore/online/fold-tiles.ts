import { floorTo, type Micros } from "../../core/index.ts";
import { type AggregateCode, isMissingRaw, type Raw, type StateArrays } from "../../dsl/index.ts";
import { encodeWindows, RecordBuffer, type Tiles, type TileShape, windowLoader } from "./codec/index.ts";
import { codeOf, type HopLayout, tileShape, type WindowLayout } from "./group-layout.ts";
import type { PushedValues } from "./pushed-values.ts";
import { readValues } from "./tile-values.ts";

/** A state of a hop's tiles, and where it stands in each. */
interface PlacedState {
  readonly code: AggregateCode;
  readonly number: number;
  readonly value: number;
  /** Its place among what is taken of a row: hop by hop, state by state. */
  readonly taken: number;
}

/** The tiles of a hop in memory, by when they begin. */
interface HopTiles {
  readonly plan: HopLayout;
  readonly shape: TileShape;
  readonly states: readonly PlacedState[];
  readonly tiles: Map<Micros, StateArrays>;
}

/**
 * Takes rows into the tiles of a layout: what a key's rows come to that are not kept one by one. Rows of one time come in the order in which they are given.
 *
 * All tiles are of their hop: a row must have happened before any moment that is asked for.
 */
export class FoldTiles {
  readonly #hops: readonly HopTiles[];

  /**
   * @param record the tiles that are there already
   * @throws TondoError `STORE_CORRUPT`
   */
  constructor(layout: WindowLayout, record?: Uint8Array) {
    let taken = 0;
    this.#hops = layout.hops.map((plan): HopTiles => {
      let number = 0;
      let value = 0;
      const states = plan.states.map((state): PlacedState => {
        const code = codeOf(state);
        const placed = { code, number, value, taken: taken++ };
        number += code.shape.numbers;
        value += code.shape.values;
        return placed;
      });
      return { plan, shape: tileShape(plan), states, tiles: new Map<Micros, StateArrays>() };
    });
    if (record !== undefined) this.#read(record);
  }

  /**
   * Takes rows in, which counted later than all before.
   *
   * @param rows in the order of the contract; of each what the first window of each state takes of it, hop by hop
   */
  add(rows: readonly PushedValues[]): void {
    for (const { t, inputs, counts } of rows)
      for (const hop of this.#hops) {
        for (const { code, number, value, taken } of hop.states) {
          if (counts[taken] !== true) continue;
          const input = inputs[taken] ?? null;
          if (code.takesMissing === true || !isMissingRaw(input))
            code.update(this.#tile(hop, floorTo(t, hop.plan.hop)), number, value, { input, t });
        }
      }
  }

  /** The record of all tiles that a window may reach which is asked for at a moment or later. */
  encode(at: Micros): Uint8Array {
    const buffer = new RecordBuffer();
    encodeWindows(
      buffer,
      this.#hops.map((hop) => columnsOf(hop, floorTo(at - hop.plan.reach, hop.plan.hop))),
      this.#hops.map(({ shape }) => shape),
    );
    return buffer.words.u8.slice(0, buffer.end);
  }

  #read(record: Uint8Array): void {
    const { words, hops } = windowLoader(this.#hops.map(({ shape }) => shape))(record);
    for (const [h, hop] of this.#hops.entries()) {
      const found = hops[h];
      if (found === undefined) continue;
      const { numbers: width, values: kinds } = hop.shape;
      for (let i = 0; i < found.count; i++) {
        const into = this.#tile(hop, words.f64[found.starts + i] ?? 0);
        for (const { code, number, value } of hop.states) {
          const from = i * kinds.length + value;
          readValues(code, words, found, kinds, from);
          const states = { numbers: words.f64, values: found.values };
          code.merge(into, number, value, states, found.numbers + i * width + number, from);
        }
      }
    }
  }

  #tile({ shape, states, tiles }: HopTiles, start: Micros): StateArrays {
    const known = tiles.get(start);
    if (known !== undefined) return known;
    const made: StateArrays = {
      numbers: new Float64Array(shape.numbers),
      values: new Array<unknown>(shape.values.length).fill(null),
    };
    for (const { code, number, value } of states) code.empty(made, number, value);
    tiles.set(start, made);
    return made;
  }
}

function columnsOf({ shape, states, tiles }: HopTiles, oldest: Micros): Tiles {
  const starts = [...tiles.keys()].filter((start) => start >= oldest).sort((one, other) => one - other);
  const numbers = new Float64Array(starts.length * shape.numbers);
  const values: Raw[] = [];
  for (const [i, start] of starts.entries()) {
    const tile = tiles.get(start);
    if (tile === undefined) continue;
    numbers.set(tile.numbers, i * shape.numbers);
    for (const { code, value } of states)
      for (let v = value; v < value + code.shape.values; v++)
        values.push(code.stored === undefined ? (tile.values[v] as Raw) : code.stored.encode(tile.values[v]));
  }
  return { count: starts.length, starts: Float64Array.from(starts), numbers, values };
}
