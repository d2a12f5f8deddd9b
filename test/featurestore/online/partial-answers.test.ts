import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TondoError } from "../../../src/core/index.ts";
import {
  createFeatureReader,
  type FeatureReader,
  type FeatureValue,
  type RequestKeys,
} from "../../../src/featurestore/online/index.ts";
import { demandAt, type DemandStore, demandStore } from "./demand-store.ts";
import { type Answer, laterStore } from "./later-store.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 7302);
const runs = Number(process.env["TONDO_RUNS"] ?? 60);
let demand: DemandStore;
beforeAll(async () => {
  demand = await demandStore();
});
afterAll(() => demand.close());

const at = BigInt(demandAt);
const groups = ["shop:profile", "shop:own", "region:load", "spot:load"];
const deadlineMs = 25;
const late = 50;

/** How each group answers, key by key; how the view is opened. */
const answer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom<Answer>(0, 0, 0, 2, 5) },
  { weight: 1, arbitrary: fc.constant<Answer>(late) },
  { weight: 1, arbitrary: fc.constant<Answer>("never") },
  {
    weight: 1,
    arbitrary: fc.nat(8).map((after) => ({ after, error: new TondoError("STORE_UNAVAILABLE", "the line is cut") })),
  },
);
const shop = fc.constantFrom("a", "b", "c", "new", null);
const request = fc.record({
  from: shop,
  to: shop,
  spot: fc.constantFrom(null, { shop: "a", city: "Bonn" }, { shop: "b", city: "Ulm" }, { shop: "b", city: null }),
});
const scene = fc.record({
  view: fc.oneof({ weight: 8, arbitrary: fc.constant<Answer>(0) }, { weight: 1, arbitrary: answer }),
  answers: fc.tuple(...groups.map(() => fc.array(answer, { minLength: 1, maxLength: 4 }))),
  calls: fc.array(fc.array(request, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
  caches: fc.boolean(),
});

type Rows = readonly (readonly [string, FeatureValue])[];

/** All values of two ways to ask, in one list. */
async function ask(reader: FeatureReader, keys: readonly RequestKeys[], options: object): Promise<Rows> {
  const names = ["shop:own:busy", "shop:own:n_6h", "shop:profile:city"];
  const shops = keys.map(({ from }) => ({ shop: from as string | null }));
  const [vectors, named] = await Promise.all([
    reader.get("demand", keys, { at, inputs: { cell: "u0rb3" }, ...options }),
    reader.get(names, shops, { at, ...options }),
  ]);
  return [
    ...vectors.flatMap(({ values }) =>
      Object.entries(values).flatMap(([key, own]) =>
        Object.entries(own).map(([name, value]) => [`${key} ${name}`, value] as const),
      ),
    ),
    ...named.flatMap(({ values }) => Object.entries(values)),
  ];
}

describe("a store of which parts are late, away or silent", () => {
  it(
    `says nothing but what it would say at once, or that it is unavailable (${String(runs)} scenes, seed ${String(seed)})`,
    { timeout: Math.max(60_000, runs * 1000) },
    async () => {
      const counts = { available: 0, unavailable: 0 };
      await fc.assert(
        fc.asyncProperty(scene, async ({ view, answers, calls, caches }) => {
          const { project } = demand;
          const plain = createFeatureReader({ project, store: demand.store });
          const turn = new Map<string, number>();
          const { store, faults } = laterStore(demand.store, {
            view: () => view,
            record: (group) => {
              const own = answers[groups.indexOf(group)] ?? [];
              const n = turn.get(group) ?? 0;
              turn.set(group, n + 1);
              return own[n % own.length] ?? 0;
            },
          });
          const cache = { records: 3, bytes: 10_000, staleMs: 1000 };
          const reader = createFeatureReader({ project, store, ...(caches ? { cache } : {}) });
          const found = await Promise.all(calls.map((keys) => ask(reader, keys, { deadlineMs })));
          const before = JSON.stringify(found);
          for (const [i, keys] of calls.entries()) {
            const expected = await ask(plain, keys, {});
            expect(found[i]?.map(([name]) => name)).toEqual(expected.map(([name]) => name));
            for (const [j, [name, value]] of (found[i] ?? []).entries()) {
              if (value.status !== "unavailable") {
                counts.available++;
                expect(value, name).toEqual(expected[j]?.[1]);
                continue;
              }
              counts.unavailable++;
              expect(value.cause?.code, name).toMatch(/^(DEADLINE_EXCEEDED|STORE_UNAVAILABLE)$/);
            }
          }
          const answersAll = [view, ...answers.flat()];
          if (answersAll.some((one) => one === late)) await new Promise((resolve) => setTimeout(resolve, late));
          expect(JSON.stringify(found)).toBe(before);
          expect(faults).toEqual([]);
        }),
        { seed, numRuns: runs },
      );
      // Both were seen often.
      expect(Math.min(counts.available, counts.unavailable)).toBeGreaterThan(runs);
    },
  );

  it("is answered for as a whole where it only takes its time", async () => {
    const { project } = demand;
    const plain = createFeatureReader({ project, store: demand.store });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(request, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 4 }),
        fc.infiniteStream(fc.constantFrom(0, 0, 1, 3)),
        async (calls, waits) => {
          const { store, faults, views } = laterStore(demand.store, { record: () => Number(waits.next().value) });
          const reader = createFeatureReader({ project, store });
          const found = await Promise.all(calls.map((keys) => ask(reader, keys, { deadlineMs: 20_000 })));
          for (const [i, keys] of calls.entries()) expect(found[i]).toEqual(await ask(plain, keys, {}));
          expect([faults, views()]).toEqual([[], 0]);
        },
      ),
      { seed, numRuns: runs },
    );
  });
});
