import { crc32 } from "node:zlib";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ValueKind } from "../../../../src/core/index.ts";
import type { Raw } from "../../../../src/dsl/index.ts";
import {
  columnOfVersion,
  doubleOfVersion,
  encodeWindows,
  findVersion,
  isDouble,
  readTileValue,
  RecordBuffer,
  type Tiles,
  type TileShape,
  windowLoader,
} from "../../../../src/featurestore/online/codec/index.ts";
import { encodeRows, type RowVersion } from "./rows-by-hand.ts";
import { kinds, valueOf } from "./values.ts";

const rows = fc.array(kinds, { maxLength: 70, size: "medium" }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    versions: fc
      .uniqueArray(
        fc.record({
          t: fc.maxSafeInteger(),
          k: fc.maxSafeInteger(),
          // Without values it is a deletion.
          values: fc.option(fc.tuple(...columns.map(valueOf)), { freq: 5 }),
        }),
        { selector: ({ t }) => t, minLength: 1, maxLength: 4 },
      )
      .map((versions) => [...versions].sort((a, b) => b.t - a.t)),
  }),
);

function recordOf(encode: (buffer: RecordBuffer) => void): Uint8Array {
  const buffer = new RecordBuffer();
  // Records lie behind one another in a batch.
  encodeRows(buffer, [{ t: 1, k: 2, values: ["before"] }], ["string"]);
  const start = buffer.end;
  encode(buffer);
  const end = buffer.end;
  encodeRows(buffer, [{ t: 1, k: 2, values: ["after"] }], ["string"]);
  return buffer.take().slice(start, end);
}

describe("records of rows", () => {
  it("come back as they went in, to the bit, and give the version that stood", () => {
    fc.assert(
      fc.property(rows, fc.maxSafeInteger(), ({ columns, versions }, moment) => {
        const record = recordOf((buffer) => {
          encodeRows(buffer, versions, columns);
        });
        for (const q of [moment, ...versions.flatMap(({ t }) => [t, t - 1, t + 1])]) {
          const expected = versions.find(({ t }) => t <= q);
          const found = findVersion(record, columns.length, q);
          expect(found === undefined).toBe((expected?.values ?? null) === null);
          if (found === undefined || expected === undefined) continue;
          expect([found.t, found.k]).toEqual([expected.t, expected.k]);
          for (const [i, kind] of columns.entries()) {
            expect(columnOfVersion(found, i, kind) ?? null).toStrictEqual(expected.values?.[i] ?? null);
            if (isDouble(kind)) expect(doubleOfVersion(found, i)).toBe(expected.values?.[i] ?? NaN);
          }
        }
      }),
      { seed: 12, numRuns: 500 },
    );
  });

  it("give embeddings and lists that outlive the record they came from", () => {
    const kept: readonly ValueKind[] = ["embedding(2)", "list<float>", "list<int>", "list<bool>"];
    const of = (values: readonly Raw[]): Uint8Array =>
      recordOf((buffer) => {
        encodeRows(buffer, [{ t: 0, k: 0, values }], kept);
      });
    const first = [Float64Array.of(1, 2), [3, 4], [5, 2n ** 60n], [1, 0]];
    const records = [of(first), of([Float64Array.of(-1, -2), [-3, -4], [-5, -6], [0, 1]])];
    const [read] = records.map((record) => {
      const found = findVersion(record, kept.length, 1);
      return kept.map((kind, i) => (found === undefined ? null : columnOfVersion(found, i, kind)));
    });
    expect(read).toStrictEqual(first);
  });

  it("hold what a table has, which is of no time", () => {
    const version: RowVersion = { t: -Infinity, k: -Infinity, values: [1.5] };
    const record = recordOf((buffer) => {
      encodeRows(buffer, [version], ["float"]);
    });
    expect(findVersion(record, 1, -Number.MAX_SAFE_INTEGER)?.t).toBe(-Infinity);
  });
});

const shapes = fc.array(
  fc.record({
    numbers: fc.nat(9),
    values: fc.array(fc.constantFrom<ValueKind[]>("int", "string"), { maxLength: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);
const bundles = shapes.chain((all) =>
  fc.record({
    shapes: fc.constant(all),
    hops: fc.tuple(
      ...all.map(({ numbers, values: kindsOfValues }) =>
        fc.nat(12).chain((count) =>
          fc.record({
            count: fc.constant(count),
            starts: fc.constant(Float64Array.from({ length: count + 2 }, (_, i) => i * 300_000_000)),
            numbers: fc
              .array(fc.double(), { minLength: count * numbers, maxLength: count * numbers })
              .map((list) => Float64Array.from(list)),
            values: fc.tuple(
              ...Array.from({ length: count * kindsOfValues.length }, (_, i) =>
                valueOf(kindsOfValues[i % kindsOfValues.length] ?? "int"),
              ),
            ),
          }),
        ),
      ),
    ),
  }),
);

function check(record: Uint8Array, hops: readonly Tiles[], all: readonly TileShape[]): void {
  const { words, hops: found } = windowLoader(all)(record);
  expect(found).toHaveLength(hops.length);
  for (const [h, { count, starts, numbers, values: expected }] of hops.entries()) {
    const tiles = found[h];
    const shape = all[h];
    if (tiles === undefined || shape === undefined) throw new Error("no such hop");
    expect(tiles.count).toBe(count);
    expect([...words.f64.subarray(tiles.starts, tiles.starts + count)]).toEqual([...starts.subarray(0, count)]);
    const stored = words.f64.subarray(tiles.numbers, tiles.numbers + count * shape.numbers);
    expect([...stored].every((x, i) => Object.is(x, numbers[i]))).toBe(true);
    expect(tiles.values).toHaveLength(expected.length);
    // Read by whoever wants one, in any order.
    expect(tiles.values.every((value) => value === undefined)).toBe(true);
    for (let i = expected.length - 1; i >= 0; i--)
      expect(readTileValue(words, tiles, shape.values, i)).toBe(expected[i]);
  }
}

describe("records of windows", () => {
  it("come back as they went in, to the bit", () => {
    fc.assert(
      fc.property(bundles, ({ shapes: all, hops }) => {
        check(
          recordOf((buffer) => {
            encodeWindows(buffer, hops, all);
          }),
          hops,
          all,
        );
      }),
      { seed: 13, numRuns: 500 },
    );
  });
});

describe("records of the codec's first version", () => {
  // As that version wrote them: two versions of a row with a float, a text and an int, of which the older is a deletion; two tiles with a text.
  const rowOfOld =
    "AQEDAAySos0CAAAAAAAAAAgAAAAGAAAAAAAAAAAANEAAAAAAAAA1QAMAAAAAAAAAAAAAAAAA+D8AAAAABgAAAAAAAAAAAAAAZMOpasOgAAADAAAA/////wAAAAAAACRAAAAAAAAAJkA=";
  const tilesOfOld =
    "AQIBAKyhSuwCAAAAAQAAAAAAAAAAAAAAAAAAAAAAFEAAAAAAAAAIQAAAAAAAABBAAQAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAYQAAAAAAAAA=";
  const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, "base64"));

  it("are read", () => {
    const found = findVersion(bytesOf(rowOfOld), 3, 20);
    if (found === undefined) throw new Error("there is a row");
    expect([found.t, found.k]).toEqual([20, 21]);
    const columns: readonly ValueKind[] = ["float", "string", "int"];
    expect(columns.map((kind, i) => columnOfVersion(found, i, kind))).toEqual([1.5, "déjà", undefined]);
    expect(findVersion(bytesOf(rowOfOld), 3, 19)).toBe(undefined);
    const tiles = { count: 2, starts: Float64Array.of(0, 5), numbers: Float64Array.of(3, 4), values: ["a", null] };
    check(bytesOf(tilesOfOld), [tiles], [{ numbers: 1, values: ["string"] }]);
  });

  it("are refused where they are damaged", () => {
    for (const [text, read] of [
      [rowOfOld, (bytes: Uint8Array) => findVersion(bytes, 3, 20)],
      [tilesOfOld, windowLoader([{ numbers: 1, values: ["string"] }])],
    ] as const) {
      for (let i = 0; i < bytesOf(text).length; i++) {
        const bytes = bytesOf(text);
        bytes[i] = (bytes[i] ?? 0) ^ 4;
        expect(() => read(bytes)).toThrow(expect.objectContaining({ code: "STORE_CORRUPT" }) as Error);
      }
    }
  });
});

describe("records that are damaged", () => {
  const isCorrupt = expect.objectContaining({ code: "STORE_CORRUPT" }) as Error;

  it("are refused, whichever byte was changed and wherever they were cut", () => {
    fc.assert(
      fc.property(
        rows,
        bundles,
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        ({ columns, versions }, bundle, at, by) => {
          const row = recordOf((buffer) => {
            encodeRows(buffer, versions, columns);
          });
          const windows = recordOf((buffer) => {
            encodeWindows(buffer, bundle.hops, bundle.shapes);
          });
          const readRow = (bytes: Uint8Array): unknown => findVersion(bytes, columns.length, Infinity);
          const readWindows = (bytes: Uint8Array): unknown => windowLoader(bundle.shapes)(bytes);
          for (const [record, read] of [[row, readRow] as const, [windows, readWindows] as const]) {
            const changed = record.slice();
            const place = at % changed.length;
            changed[place] = (changed[place] ?? 0) ^ by;
            expect(() => read(changed)).toThrow(isCorrupt);
            expect(() => read(record.slice(0, at % record.length))).toThrow(isCorrupt);
            expect(() => read(Uint8Array.of(...record, ...record.slice(0, 8)))).toThrow(isCorrupt);
          }
          expect(() => readWindows(row)).toThrow(isCorrupt);
          expect(() => readRow(windows)).toThrow(isCorrupt);
        },
      ),
      { seed: 14, numRuns: 500 },
    );
  });

  it("never lead outside of themselves, not even under a checksum that is right", () => {
    fc.assert(
      fc.property(rows, bundles, fc.nat(), fc.nat(0xffffffff), ({ columns, versions }, bundle, at, by) => {
        const row = recordOf((buffer) => {
          encodeRows(buffer, versions, columns);
        });
        const windows = recordOf((buffer) => {
          encodeWindows(buffer, bundle.hops, bundle.shapes);
        });
        const readRow = (bytes: Uint8Array): void => {
          const found = findVersion(bytes, columns.length, Infinity);
          for (const [i, kind] of columns.entries()) if (found !== undefined) columnOfVersion(found, i, kind);
        };
        const readWindows = (bytes: Uint8Array): void => {
          const { words, hops } = windowLoader(bundle.shapes)(bytes);
          for (const [h, { values: kinds }] of bundle.shapes.entries()) {
            const tiles = hops[h];
            for (let i = 0; tiles !== undefined && i < tiles.values.length; i++) readTileValue(words, tiles, kinds, i);
          }
        };
        for (const [record, read] of [[row, readRow] as const, [windows, readWindows] as const]) {
          const view = new DataView(record.slice().buffer);
          if (view.byteLength < 12) continue;
          view.setUint32(8 + 4 * (at % ((view.byteLength - 8) / 4)), by);
          const sealed = new Uint8Array(view.buffer);
          view.setUint32(4, crc32(sealed.subarray(8), view.getUint32(0, true)), true);
          try {
            read(sealed);
          } catch (error) {
            expect(error).toEqual(isCorrupt);
          }
        }
      }),
      { seed: 16, numRuns: 500 },
    );
  });

  it("are refused where they are random bytes, without great allocations", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (garbage) => {
        expect(() => findVersion(garbage, 3, Infinity)).toThrow(isCorrupt);
        expect(() => windowLoader([{ numbers: 2, values: ["string"] }])(garbage)).toThrow(isCorrupt);
      }),
      { seed: 15, numRuns: 2000 },
    );
  });
});
