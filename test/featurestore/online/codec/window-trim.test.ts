import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { Raw } from "../../../../src/dsl/index.ts";
import {
  encodeWindows,
  RecordBuffer,
  type Tiles,
  type TileShape,
  windowTrimmer,
} from "../../../../src/featurestore/online/codec/index.ts";

const seed = 90101;

/** A tile: when it begins, its numbers, and its values, of which a hop takes as many as it has. */
const tile = fc.record({
  start: fc.integer({ min: -20, max: 20 }),
  numbers: fc.array(fc.oneof(fc.double({ noNaN: true }), fc.constant(NaN)), { minLength: 2, maxLength: 2 }),
  text: fc.option(fc.string({ unit: "binary", maxLength: 40 })),
  int: fc.option(fc.oneof(fc.maxSafeInteger(), fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n)))),
});
const hops = fc.array(
  fc.record({
    shape: fc.constantFrom<TileShape[]>(
      { numbers: 0, values: [] },
      { numbers: 2, values: [] },
      { numbers: 1, values: ["string"] },
      { numbers: 0, values: ["string", "int"] },
      { numbers: 2, values: ["int"] },
    ),
    oldest: fc.integer({ min: -25, max: 25 }),
    records: fc.array(fc.uniqueArray(tile, { selector: ({ start }) => start, maxLength: 8 }), {
      minLength: 5,
      maxLength: 5,
    }),
  }),
  { minLength: 1, maxLength: 3 },
);

type Tile = typeof tile extends fc.Arbitrary<infer T> ? T : never;

function encoded(all: readonly (readonly Tile[])[], shapes: readonly TileShape[]): Uint8Array {
  const buffer = new RecordBuffer();
  const tiles = all.map((some, h): Tiles => {
    const shape = shapes[h] ?? { numbers: 0, values: [] };
    const values = some.flatMap(({ text, int }): Raw[] => shape.values.map((kind) => (kind === "string" ? text : int)));
    return {
      count: some.length,
      starts: Float64Array.from(some, ({ start }) => start),
      numbers: Float64Array.from(some.flatMap(({ numbers }) => numbers.slice(0, shape.numbers))),
      values,
    };
  });
  encodeWindows(buffer, tiles, shapes);
  return buffer.take();
}

it(`leaves out the tiles that are too old: the bytes are those of a record that never had them (seed ${String(seed)})`, () => {
  let trimmed = 0;
  fc.assert(
    fc.property(hops, (all) => {
      const shapes = all.map(({ shape }) => shape);
      const trim = windowTrimmer(
        shapes,
        all.map(({ oldest }) => oldest),
      );
      // One trimmer goes through many records: what it gave before stays as it was.
      const given = Array.from({ length: 5 }, (_, r) => {
        const tiles = all.map(({ records }) => [...(records[r] ?? [])].sort((a, b) => a.start - b.start));
        const kept = tiles.map((some, h) => some.filter(({ start }) => start >= (all[h]?.oldest ?? 0)));
        const count = kept.reduce((sum, some) => sum + some.length, 0);
        const whole = encoded(tiles, shapes);
        const found = trim(whole);
        if (count > 0 && count < tiles.flat().length) trimmed++;
        if (count === tiles.flat().length && count > 0) expect(found?.record).toBe(whole);
        return { found, expected: count === 0 ? undefined : { tiles: count, record: encoded(kept, shapes) } };
      });
      for (const { found, expected } of given) {
        expect(found?.tiles).toBe(expected?.tiles);
        expect(Buffer.from(found?.record ?? [])).toEqual(Buffer.from(expected?.record ?? []));
      }
    }),
    { seed, numRuns: 500 },
  );
  expect(trimmed).toBeGreaterThan(500);
});
