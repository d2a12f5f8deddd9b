import type { Raw, RawColumn } from "../../dsl/index.ts";
import type { Chunk } from "../duckdb/index.ts";
import { encodeWindows, KeyRows, type TileShape } from "../online/codec/index.ts";
import { tileShape, type WindowLayout } from "../online/group-layout.ts";
import { columnItems, doublesOf } from "./chunk-columns.ts";
import type { GenerationLoad } from "./generation-load.ts";

/** The tiles of one hop of the key at hand. */
interface OpenTiles {
  count: number;
  starts: Float64Array;
  numbers: Float64Array;
  values: Raw[];
}

/** Puts tiles that come sorted by key, hop and start into one bundle a key. */
export class WindowBundles {
  readonly #layout: WindowLayout;
  readonly #shapes: readonly TileShape[];
  readonly #numbers: number;
  readonly #into: GenerationLoad;
  readonly #keys: KeyRows;
  readonly #hops: readonly OpenTiles[];
  /** Events are counted in the tiles of the hop that reaches back the farthest: they lie in one tile of each. */
  readonly #counted: number;
  #events = 0;
  /** Whether there is a key at hand, and it is to have a record. */
  #isOpen = false;

  /** @param numbers how many columns of numbers the chunks have */
  constructor(layout: WindowLayout, numbers: number, into: GenerationLoad) {
    this.#layout = layout;
    this.#shapes = layout.hops.map(tileShape);
    this.#numbers = numbers;
    this.#into = into;
    this.#keys = new KeyRows(layout.key);
    this.#hops = layout.hops.map(() => ({
      count: 0,
      starts: new Float64Array(16),
      numbers: new Float64Array(256),
      values: [],
    }));
    const reaches = layout.hops.map(({ reach }) => reach);
    this.#counted = reaches.indexOf(Math.max(...reaches));
  }

  /** Takes the rows of a chunk in. */
  take(chunk: Chunk): void {
    const parts = this.#layout.key.length;
    const keys = this.#keys;
    keys.read(
      this.#layout.key.map((kind, i) => columnItems(chunk, i, kind)),
      chunk.rows,
    );
    const double = (i: number): Float64Array => doublesOf(chunk, parts + i);
    const [hops, starts, events] = [double(0), double(1), double(2)];
    const numbers = Array.from({ length: this.#numbers }, (_, i) => chunk.column(parts + 3 + i, "number"));
    let next = parts + 3 + this.#numbers;
    const values = this.#shapes.map(({ values: kinds }) =>
      kinds.map((kind) => chunk.column(next++, kind === "string" ? "text" : "int")),
    );
    for (let row = 0; row < chunk.rows; row++) {
      if (keys.compare(row) !== 0) {
        this.close();
        this.#isOpen = this.#into.begins(keys, row);
      }
      if (!this.#isOpen) continue;
      const hop = hops[row] ?? 0;
      if (hop === this.#counted) this.#events += events[row] ?? 0;
      this.#add(hop, starts[row] ?? 0, numbers as Float64Array[], values[hop] ?? [], row);
    }
  }

  /** Closes the bundle of the key at hand, if there is one. */
  close(): void {
    if (!this.#isOpen) return;
    const { buffer } = this.#into;
    const parts = this.#hops.reduce((sum, { count }) => sum + count, 0);
    encodeWindows(buffer, this.#hops, this.#shapes);
    this.#into.add(buffer.end, this.#events, parts);
    this.#isOpen = false;
    this.#events = 0;
    for (const hop of this.#hops) {
      hop.count = 0;
      hop.values = [];
    }
  }

  #add(h: number, start: number, numbers: readonly Float64Array[], values: readonly RawColumn[], row: number): void {
    const hop = this.#hops[h];
    const shape = this.#shapes[h];
    if (hop === undefined || shape === undefined) return;
    const at = hop.count++;
    hop.starts = withRoom(hop.starts, at + 1);
    hop.starts[at] = start;
    const first = at * shape.numbers;
    hop.numbers = withRoom(hop.numbers, first + shape.numbers);
    for (let i = 0; i < shape.numbers; i++) hop.numbers[first + i] = numbers[i]?.[row] ?? 0;
    for (const column of values) {
      const value = column[row] ?? null;
      // A missing 64-bit int is NaN here, and a state's missing value is null.
      hop.values.push(value === value ? value : null);
    }
  }
}

function withRoom(array: Float64Array, length: number): Float64Array {
  if (length <= array.length) return array;
  const grown = new Float64Array(Math.max(length, array.length * 2));
  grown.set(array);
  return grown;
}
