import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TondoError } from "../../../src/core/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { pushing } from "../../../src/featurestore/pushed/index.ts";
import { type Answer, laterStore } from "./later-store.ts";
import { eachInSampleHome, type SampleHome } from "./sample-home.ts";
import { noon, sampleProject } from "./sample-project.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 5150);
const runs = Number(process.env["TONDO_RUNS"] ?? 60);
let home: SampleHome;
eachInSampleHome(
  (given) => {
    home = given;
  },
  () => home.store,
);

const names = ["airport:departures:n_3h", "airport:departures:delay_3h", "airport:weather:sky"] as const;
const [n3h] = names;
const airports = ["SFO", "NEW", "LAX"] as const;

/** Loads, and pushes a row of each of some airports; gives the moment from which on all count. */
async function prepare(): Promise<bigint> {
  const { store, folder, engine } = home;
  const common = { project: sampleProject, store };
  await materialize({ ...common, home: folder, folder, engine, asOf: BigInt(noon), clock: () => noon });
  let now = noon + 1_000_000;
  const clock = (): number => (now += 1);
  const push = pushing({ ...common, clock, erased: () => Promise.resolve(() => undefined) });
  const rows = ["SFO", "NEW"].map((origin) => ({ origin, destination: "LAX", delay: 60, at: noon - 1 }));
  const sky = { origin: "SFO", wind: 1, sky: "pushed", at: noon + 1_000_000, known: noon };
  await push("weather", [sky]);
  return BigInt((await push("flights", rows)).appliedAt);
}

const answer: fc.Arbitrary<Answer> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom<Answer>(0, 0, 2, 5) },
  { weight: 1, arbitrary: fc.constantFrom<Answer>(60, "never") },
  {
    weight: 1,
    arbitrary: fc.nat(8).map((after) => ({ after, error: new TondoError("STORE_UNAVAILABLE", "the line is cut") })),
  },
);
const answers = fc.array(answer, { minLength: 1, maxLength: 5 });

describe("a store that says later what was pushed", () => {
  it(
    `gives what it would at once, with what was pushed, or that it is unavailable: never the one without the other (${String(runs)} scenes, seed ${String(seed)})`,
    { timeout: Math.max(60_000, runs * 1000) },
    async () => {
      const at = await prepare();
      const keys = airports.map((airport) => ({ airport }));
      const plain = await createFeatureReader({ project: sampleProject, store: home.store }).get([...names], keys, {
        at,
      });
      expect(plain.map(({ values }) => values[n3h].value)).toEqual([5, 1, 0]);
      expect(plain[0]?.values["airport:weather:sky"].value).toBe("pushed");
      const counts = { available: 0, unavailable: 0 };
      const scene = fc.record({ records: answers, pushes: answers, caches: fc.boolean() });
      await fc.assert(
        fc.asyncProperty(scene, async ({ records, pushes, caches }) => {
          let turn = 0;
          const next = (all: readonly Answer[]): Answer => all[turn++ % all.length] ?? 0;
          const { store, faults } = laterStore(home.store, { record: () => next(records), pushed: () => next(pushes) });
          const reader = createFeatureReader({
            ...{ project: sampleProject, store, deadlineMs: 25 },
            ...(caches ? { cache: { records: 100, bytes: 1e6, staleMs: 1e6 } } : {}),
          });
          for (let again = 0; again < 2; again++) {
            const found = await reader.get([...names], keys, { at });
            for (const [i, { values }] of found.entries()) {
              for (const name of names) {
                const { value, status, cause } = values[name];
                if (status === "unavailable") {
                  counts.unavailable++;
                  expect(["DEADLINE_EXCEEDED", "STORE_UNAVAILABLE"]).toContain(cause?.code);
                } else {
                  counts.available++;
                  expect(value).toEqual(plain[i]?.values[name].value);
                }
              }
            }
          }
          expect(faults).toEqual([]);
        }),
        { seed, numRuns: runs },
      );
      expect(Math.min(...Object.values(counts))).toBeGreaterThan(0);
    },
  );

  it("is asked for both at once", async () => {
    const at = await prepare();
    const pushed = Promise.withResolvers<undefined>();
    const { store, come } = laterStore(home.store, { record: () => 0, pushed: () => pushed.promise });
    const reading = createFeatureReader({ project: sampleProject, store }).get([n3h], { airport: "NEW" }, { at });
    await expect.poll(() => come).toEqual(["airport:departures"]);
    pushed.resolve(undefined);
    expect((await reading).values[n3h].value).toBe(1);
  });
});
