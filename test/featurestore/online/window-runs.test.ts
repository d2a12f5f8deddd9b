import * as fc from "fast-check";
import { expect, it } from "vitest";
import { floorTo, type ValueKind } from "../../../src/core/index.ts";
import {
  type AggregateCode,
  aggregates,
  type Constants,
  missingRaw,
  type StateArrays,
} from "../../../src/dsl/index.ts";
import { encodeWindows, RecordBuffer, type Tiles } from "../../../src/featurestore/online/codec/index.ts";
import {
  codeOf,
  type StateLayout,
  tileShape,
  type WindowLayout,
} from "../../../src/featurestore/online/group-layout.ts";
import { blankRow, emptyAnswers } from "../../../src/featurestore/online/stored-answers.ts";
import { windowReader } from "../../../src/featurestore/online/window-reader.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 2_024);
const numRuns = Number(process.env["TONDO_RUNS"] ?? 60);

function stateOf(aggregate: string, input: ValueKind | "rows", options?: Constants): StateLayout {
  const version = aggregates.get(aggregate)?.version ?? 0;
  return { aggregate, version, input, ...(options === undefined ? {} : { options }) };
}

/** Some that are merged in runs and some that are not; `mean` is made of the state of `sum`. */
const states = [
  stateOf("count", "rows"),
  stateOf("sum", "float"),
  stateOf("last", "float"),
  stateOf("distinct", "string", { limit: 10_000 }),
  stateOf("min", "float"),
  stateOf("max", "string"),
  stateOf("std", "float"),
  stateOf("last_k", "float", { n: 3 }),
  stateOf("sum", "int"),
];
const made = [...states.map((state, place) => ({ state, place })), { state: stateOf("mean", "float"), place: 1 }];
const lengths = [4, 1, 9, 2];
const hops = [50, 10];
const layout: WindowLayout = {
  kind: "windows",
  key: ["string"],
  hops: hops.map((hop) => ({ hop, reach: hop * Math.max(...lengths), states })),
  windows: hops.flatMap((hop, h) =>
    lengths.flatMap((length) =>
      made.map(({ state: { input: _input, ...own }, place }) => ({
        ...{ ...own, name: `${own.aggregate}_${String(length)}_${String(hop)}`, fingerprint: "" },
        ...{ over: length * hop, hop: h, state: place },
      })),
    ),
  ),
};
const kindOf = (index: number): ValueKind => {
  const { aggregate, input } = made[index % made.length]?.state ?? stateOf("count", "rows");
  return aggregates.get(aggregate)?.takes[input] ?? "float";
};

interface Tile {
  readonly start: number;
  readonly inputs: readonly { readonly x: number; readonly text: string }[];
}

const tilesOf = (hop: number): fc.Arbitrary<readonly Tile[]> =>
  fc
    .uniqueArray(
      fc.record({
        // Most begin at a hop, what is dated later when it happened.
        start: fc.oneof(
          fc.integer({ min: -12, max: 12 }).map((i) => i * hop),
          fc.integer({ min: -20, max: 130 }),
        ),
        inputs: fc.array(
          fc.record({
            x: fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(1e17)),
            text: fc.constantFrom("a", "b", "\u{1F600}"),
          }),
          { minLength: 1, maxLength: 4 },
        ),
      }),
      { selector: ({ start }) => start, maxLength: 24 },
    )
    .map((tiles) => tiles.toSorted((a, b) => a.start - b.start));

function emptyState(code: AggregateCode): StateArrays {
  const state = {
    numbers: new Float64Array(code.shape.numbers),
    values: new Array<unknown>(code.shape.values).fill(null),
  };
  code.empty(state, 0, 0);
  return state;
}

function folded(state: StateLayout, { start, inputs }: Tile): StateArrays {
  const code = codeOf(state);
  const into = emptyState(code);
  for (const [i, { x, text }] of inputs.entries()) {
    code.update(into, 0, 0, { input: state.input === "string" ? text : x, t: start + i / 8 });
  }
  return into;
}

function encoded(all: readonly (readonly Tile[])[]): Uint8Array {
  const bundles = all.map((tiles): Tiles => {
    const parts = tiles.map((tile) => states.map((state) => ({ code: codeOf(state), made: folded(state, tile) })));
    return {
      count: tiles.length,
      starts: Float64Array.from(tiles, ({ start }) => start),
      numbers: Float64Array.from(parts.flat().flatMap(({ made: { numbers } }) => [...numbers])),
      values: parts
        .flat()
        .flatMap(({ code, made: { values } }) =>
          values.map((value) => (code.stored === undefined ? (value as string) : code.stored.encode(value))),
        ),
    };
  });
  const buffer = new RecordBuffer();
  encodeWindows(buffer, bundles, layout.hops.map(tileShape));
  return buffer.take();
}

/** A window said plainly: every tile of it, one after another. */
function naive(index: number, tiles: readonly Tile[], at: number): unknown {
  const { state, place } = made[index % made.length] ?? { state: stateOf("count", "rows"), place: 0 };
  const { over = 0, hop = 0 } = layout.windows[index] ?? {};
  const code = codeOf(state);
  const into = emptyState(code);
  for (const tile of tiles.toReversed()) {
    if (tile.start < floorTo(at - over, hops[hop] ?? 1) || tile.start >= at) continue;
    code.merge(into, 0, 0, folded(states[place] ?? state, tile), 0, 0);
  }
  return code.finalize(into, 0, 0);
}

it("windows of several lengths over the same states come to what each comes to alone, whichever are asked for, in any order", () => {
  const asked = fc.shuffledSubarray(
    layout.windows.map((_, index) => index),
    { minLength: 1 },
  );
  const moments = fc.array(fc.integer({ min: -60, max: 160 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.tuple(...hops.map(tilesOf)), asked, moments, (tiles, indexes, ats) => {
      const missing = indexes.map((index) => missingRaw(kindOf(index)));
      const wanted = indexes.map((index, target) => ({
        index,
        target,
        kind: kindOf(index),
        missing: missing[target] ?? null,
      }));
      const read = windowReader(layout, wanted);
      const record = encoded(tiles);
      for (const at of ats) {
        for (const [one, those] of [[record, tiles] as const, [undefined, [[], []]] as const]) {
          const into = emptyAnswers(1, blankRow(missing), at);
          read(one, at, into, 0);
          for (const [i, index] of indexes.entries()) {
            const expected = naive(index, those[layout.windows[index]?.hop ?? 0] ?? [], at);
            const name = `${layout.windows[index]?.name ?? ""} at ${String(at)}`;
            const isMissing = expected === null || expected !== expected;
            expect(into.values[i], name).toStrictEqual(isMissing ? missing[i] : expected);
            expect(into.statuses[i], name).toBe(isMissing ? "missing" : "present");
          }
        }
      }
    }),
    { seed, numRuns },
  );
});
