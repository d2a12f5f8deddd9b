import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { ValueKind } from "../../../../src/core/index.ts";
import { RecordBuffer, rowMarks, RowsEncoder } from "../../../../src/featurestore/online/codec/index.ts";
import { columnOf } from "./engine-columns.ts";
import { type RowVersion, rowsByHand } from "./rows-by-hand.ts";
import { kinds, valueOf } from "./values.ts";

interface Key {
  readonly versions: readonly RowVersion[];
  readonly isLeftOut: boolean;
}

interface Rows {
  readonly columns: readonly ValueKind[];
  readonly keys: readonly Key[];
  /** After how many rows a chunk ends, again and again. */
  readonly chunks: readonly number[];
}

const rows: fc.Arbitrary<Rows> = fc.array(kinds, { maxLength: 70, size: "medium" }).chain((columns) =>
  fc.record({
    columns: fc.constant(columns),
    keys: fc.array(
      fc.record({
        versions: fc.array(
          fc.record({
            t: fc.maxSafeInteger(),
            k: fc.maxSafeInteger(),
            values: fc.option(fc.tuple(...columns.map(valueOf)), { freq: 5 }),
          }),
          { minLength: 1, maxLength: 3 },
        ),
        isLeftOut: fc.boolean(),
      }),
      { minLength: 1, maxLength: 12 },
    ),
    chunks: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
  }),
);

/** Memory that was used before, as that of batches is. */
function usedBuffer(): RecordBuffer {
  const buffer = new RecordBuffer();
  buffer.reserve(1 << 16).u8.fill(0xa5);
  return buffer;
}

/** What the encoder makes of rows that come in chunks; `taken` is called between them. */
function encoded({ columns, keys, chunks }: Rows, buffer: RecordBuffer, taken = (_end: number) => 0): Uint8Array[] {
  const encoder = new RowsEncoder(buffer, columns);
  const all = keys.flatMap(({ versions, isLeftOut }) =>
    versions.map((version, i) => ({
      ...version,
      mark: isLeftOut ? rowMarks.leftOut : i === 0 ? rowMarks.begins : rowMarks.goesOn,
    })),
  );
  const records: Uint8Array[] = [];
  const add = (): void => {
    for (let i = 0; i < encoder.ended; i++)
      records.push(buffer.words.u8.slice(encoder.bounds[i], encoder.bounds[i + 1]));
    if (encoder.ended > 0) taken(encoder.bounds[encoder.ended] ?? 0);
  };
  for (let from = 0, turn = 0; from < all.length; turn++) {
    const own = all.slice(from, from + (chunks[turn % chunks.length] ?? 1));
    from += own.length;
    encoder.append(
      {
        rows: own.length,
        t: Float64Array.from(own, ({ t }) => t),
        k: Float64Array.from(own, ({ k }) => k),
        gone: Float64Array.from(own, ({ values }) => Number(values === null)),
        values: columns.map((kind, i) =>
          columnOf(
            kind,
            own.map(({ values }) => values?.[i] ?? null),
          ),
        ),
      },
      Uint8Array.from(own, ({ mark }) => mark),
    );
    add();
  }
  if (encoder.close()) add();
  return records;
}

const expected = ({ columns, keys }: Rows): readonly Uint8Array[] =>
  keys.flatMap(({ versions, isLeftOut }) => (isLeftOut ? [] : [rowsByHand(versions, columns)]));

it("records of rows by columns are those made value by value, byte for byte, wherever chunks end", () => {
  fc.assert(
    fc.property(rows, (made) => {
      expect(encoded(made, usedBuffer())).toStrictEqual(expected(made));
    }),
    { seed: 41, numRuns: 500 },
  );
});

it("a record that is open when a batch is taken goes on in the next one", () => {
  fc.assert(
    fc.property(rows, (made) => {
      const buffer = usedBuffer();
      const batches: Uint8Array[] = [];
      const records = encoded(made, buffer, (end) => batches.push(buffer.take(end)));
      expect(records).toStrictEqual(expected(made));
      expect(Buffer.concat(batches).equals(Buffer.concat(records))).toBe(true);
    }),
    { seed: 42, numRuns: 300 },
  );
});

it("records that take more than is summed at once are whole", () => {
  const columns: readonly ValueKind[] = ["string", "float"];
  const keys = [3, 200_000, 70_000, 70_000, 70_000, 70_000, 1, 300_000].map((length, i): Key => {
    return { versions: [{ t: i, k: i, values: ["x".repeat(length), i] }], isLeftOut: false };
  });
  const made = { columns, keys, chunks: [8] };
  const same = encoded(made, usedBuffer()).map((record, i) => Buffer.compare(record, expected(made)[i] ?? record));
  expect(same).toEqual(keys.map(() => 0));
});
