import * as fc from "fast-check";
import { expect, it } from "vitest";
import type { ScalarKind } from "../../../../src/core/index.ts";
import type { Raw } from "../../../../src/dsl/index.ts";
import { encodeKey, KeyRows, maxKeyBytes, tryEncodeKey } from "../../../../src/featurestore/online/codec/index.ts";
import { columnOf } from "./engine-columns.ts";
import { presentOf } from "./values.ts";

const keyKinds = fc.constantFrom<ScalarKind[]>("bool", "int", "string", "timestamp", "date", "duration");
const longTexts = fc.constantFrom(
  "",
  "\0".repeat(12),
  "\0".repeat(40),
  "x".repeat(maxKeyBytes - 4),
  "\u00e9".repeat(maxKeyBytes),
);
const partOf = (kind: ScalarKind): fc.Arbitrary<Raw> =>
  kind === "string"
    ? fc.oneof({ weight: 6, arbitrary: presentOf(kind) }, { weight: 1, arbitrary: longTexts })
    : presentOf(kind);

const chunks = fc.array(keyKinds, { minLength: 1, maxLength: 3 }).chain((kinds) =>
  fc.record({
    kinds: fc.constant(kinds),
    chunks: fc.array(fc.array(fc.tuple(...kinds.map(partOf)), { minLength: 1, maxLength: 12 }), {
      minLength: 1,
      maxLength: 3,
    }),
    repeats: fc.boolean(),
  }),
);

it("keys of rows are those of each by itself, and stand to one another as their bytes do", () => {
  fc.assert(
    fc.property(chunks, ({ kinds, chunks: all, repeats }) => {
      const keys = new KeyRows(kinds);
      let last: readonly Raw[] | undefined;
      for (const chunk of all) {
        // Keys of which several rows are of one, also where a chunk begins.
        const rows = repeats ? [...(last === undefined ? [] : [last]), ...chunk.flatMap((row) => [row, row])] : chunk;
        keys.read(
          kinds.map((kind, i) =>
            columnOf(
              kind,
              rows.map((row) => row[i] ?? null),
            ),
          ),
          rows.length,
        );
        for (const [i, row] of rows.entries()) {
          const own = tryEncodeKey(kinds, row);
          expect(keys.isTooLong(i)).toBe(own === undefined);
          if (own !== undefined) expect(keys.bytes.slice(keys.ends[i - 1] ?? 0, keys.ends[i])).toStrictEqual(own);
          const before = last === undefined ? undefined : tryEncodeKey(kinds, last);
          if (last === undefined) expect(keys.compare(i)).toBeGreaterThan(0);
          else if (own !== undefined && before !== undefined)
            expect(Math.sign(keys.compare(i))).toBe(Buffer.compare(own, before));
          last = row;
        }
      }
    }),
    { seed: 43, numRuns: 400 },
  );
});

it("keys too long for a store are told apart, too", () => {
  const keys = new KeyRows(["string"]);
  const texts = ["a", "b", "b"].map((end) => "x".repeat(5 * maxKeyBytes) + end);
  keys.read([columnOf("string", texts)], 3);
  expect([0, 1, 2].map((row) => [keys.isTooLong(row), keys.compare(row) === 0])).toEqual([
    [true, false],
    [true, false],
    [true, true],
  ]);
  keys.read([columnOf("string", ["c"])], 1);
  expect(keys.isTooLong(0)).toBe(false);
  expect(keys.bytes.slice(0, keys.ends[0])).toStrictEqual(encodeKey(["string"], ["c"]));
});
