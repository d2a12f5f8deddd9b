import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ProjectPlan } from "../../../src/dsl/index.ts";
import { type Engine } from "../../../src/featurestore/duckdb/index.ts";
import { generations, rollback, type RollbackOptions } from "../../../src/featurestore/generations/index.ts";
import { lockHome } from "../../../src/featurestore/home-lock.ts";
import { materialize, type MaterializeOptions } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader, type GroupPointer } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { eachInSampleHome } from "../online/sample-home.ts";
import { noon, sampleProject, sampleRows, writeSample } from "../online/sample-project.ts";
import { storeLike } from "../online/store-like.ts";

const hour = 3_600_000_000;
const now = noon + 5 * hour;
let folder: string;
let engine: Engine;
let store: LmdbStore;
eachInSampleHome(
  (home) => {
    ({ folder, engine, store } = home);
  },
  () => store,
);

const load = async (asOf: number, rest: Partial<MaterializeOptions> = {}): ReturnType<typeof materialize> =>
  materialize({ project: sampleProject, folder, home: folder, store, engine, asOf: BigInt(asOf), ...rest });

const back = async (groups: readonly string[], rest: Partial<RollbackOptions> = {}): ReturnType<typeof rollback> =>
  rollback({ project: sampleProject, home: folder, store, groups, actor: "ops", clock: () => now, ...rest });

function pointer(group: string): GroupPointer | undefined {
  const view = store.view([group]);
  try {
    return view.pointer(group);
  } finally {
    view.close();
  }
}

/** The flights of the last three hours before a moment. */
async function flights(at: number): Promise<unknown> {
  const features = createFeatureReader({ project: sampleProject, store });
  const { values } = await features.get(["airport:departures:n_3h"], { airport: "SFO" }, { at: BigInt(at) });
  return values["airport:departures:n_3h"].value;
}

const states = async (group: string): Promise<unknown> =>
  (await generations({ project: sampleProject, home: folder, store, groups: [group] }))[0]?.generations.map((one) => [
    one.generation,
    one.state,
    one.asOf,
    one.counts?.rows ?? null,
    one.refusals,
  ]);

describe("rollback", () => {
  it("leaves no moment answered by a generation that was not current yet, be it gone back to or loaded over", async () => {
    await load(noon - hour);
    let at = noon;
    const clock = (): number => (at += 1);
    const byClock = async (): ReturnType<typeof materialize> =>
      materialize({ project: sampleProject, folder, home: folder, store, engine, clock });
    const second = await byClock();
    const between = second.appliedAt - 1;
    expect(second.asOf).toBeLessThan(between);
    expect(await flights(between)).toBe(2);
    expect(await flights(second.appliedAt)).toBe(4);
    at += hour;
    await byClock();
    const refused = { code: "MOMENT_NOT_SERVED", details: { asOf: second.asOf, at: between } };
    await expect(flights(between)).rejects.toMatchObject(refused);
    expect(await flights(second.appliedAt)).toBe(4);
    await back(["airport:departures", "route:traffic"]);
    await expect(flights(between)).rejects.toMatchObject(refused);
    expect(await flights(second.appliedAt)).toBe(4);
  });

  it("makes the generations before current, all by one switch, with all that was known of them", async () => {
    await load(noon - hour);
    const before = pointer("airport:departures");
    await load(noon);
    const groups = ["airport:departures", "route:traffic", "airport:departures"];
    expect(await states("airport:departures")).toEqual([
      [2, "current", noon, 4, []],
      [1, "previous", noon - hour, 2, []],
    ]);
    const result = await back(groups);
    expect(result).toEqual({
      done: true,
      at: now,
      by: "ops",
      groups: groups.slice(0, 2).map((group) => ({ group, from: 2, fromAsOf: noon, to: 1, asOf: noon - hour })),
    });
    expect(pointer("airport:departures")).toEqual({ ...before, rolledBack: { from: 2, at: now, by: "ops" } });
    expect(await flights(noon - hour)).toBe(1);
    // The load of an hour before knew of one that is dated later.
    expect(await flights(noon)).toBe(2);
    expect(pointer("airport:weather")?.asOf).toBe(noon);
    expect(await states("airport:departures")).toEqual([
      [2, "rolled back", null, null, []],
      [1, "current", noon - hour, 2, []],
    ]);
  });

  it("keeps one generation to go back to, and of it nothing that was before", async () => {
    const groups = ["airport:departures"];
    for (const hours of [2, 1, 0]) await load(noon - hours * hour, { groups });
    expect(Object.keys(pointer("airport:departures")?.before ?? {})).not.toContain("before");
    await back(groups);
    expect(pointer("airport:departures")).toMatchObject({ generation: 2, asOf: noon - hour, rolledBack: { from: 3 } });
    expect(await states("airport:departures")).toEqual([
      [3, "rolled back", null, null, []],
      [2, "current", noon - hour, 2, []],
    ]);
    await load(noon, { groups });
    expect(pointer("airport:departures")?.before).toMatchObject({ generation: 2, rolledBack: { from: 3, by: "ops" } });
    const kept = (await states("airport:departures")) as readonly (readonly unknown[])[];
    expect(kept.map(([, state]) => state)).toEqual(["current", "previous"]);
  });

  it("says what it would do, and changes nothing, also beside a load", async () => {
    await load(noon - hour);
    await load(noon);
    using _lock = lockHome(folder, "materialize");
    expect(await back(["airport:departures"], { dryRun: true })).toMatchObject({
      done: false,
      groups: [{ from: 2, to: 1 }],
    });
    expect(pointer("airport:departures")?.generation).toBe(2);
    await expect(back(["airport:departures"])).rejects.toMatchObject({ code: "HOME_BUSY" });
    expect(pointer("airport:departures")?.generation).toBe(2);
  });

  it("is refused with all that stands against it, and then no group has moved", async () => {
    await expect(back(["airport:departures"])).rejects.toMatchObject({
      code: "ROLLBACK_REFUSED",
      details: { groups: [{ group: "airport:departures", reasons: ["airport:departures has not been materialized"] }] },
    });
    await load(noon - hour);
    await load(noon, { groups: ["airport:departures"] });
    await expect(back(["airport:departures", "route:traffic", "airport:weather"])).rejects.toMatchObject({
      code: "ROLLBACK_REFUSED",
      message:
        "nothing was rolled back: route:traffic has no generation before 1, its first; airport:weather has no generation before 1, its first",
    });
    expect(pointer("airport:departures")?.generation).toBe(2);
    await back(["airport:departures"]);
    await expect(back(["airport:departures"])).rejects.toMatchObject({
      message:
        "nothing was rolled back: airport:departures was rolled back to generation 1 already; nothing older is kept",
    });
    expect(await flights(noon - hour)).toBe(1);
    await expect(back([])).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(back(["airport:departure"])).rejects.toMatchObject({ code: "UNKNOWN_GROUP" });
  });

  it("is refused where the definitions in force cannot read what was loaded before", async () => {
    await load(noon - hour);
    const changed: ProjectPlan = {
      ...sampleProject,
      groups: sampleProject.groups.map((group) => (group.name === "weather" ? { ...group, ttl: 1 } : group)),
    };
    await load(noon, { project: changed });
    const changedSince = (name: string): string =>
      `"${name}" of airport:weather has not been materialized as it is defined now: its definition has changed since`;
    await expect(back(["airport:departures", "airport:weather"], { project: changed })).rejects.toMatchObject({
      code: "ROLLBACK_REFUSED",
      details: { groups: [{ group: "airport:weather", reasons: [changedSince("wind"), changedSince("sky")] }] },
    });
    expect(pointer("airport:departures")?.generation).toBe(2);
    const [weather] = await generations({ project: changed, home: folder, store, groups: ["airport:weather"] });
    expect(weather?.generations.map(({ refusals }) => refusals.length)).toEqual([0, 2]);
    // Who still has the definitions of that time may: it is what is current that cannot be read by them.
    const [old] = await generations({ project: sampleProject, home: folder, store, groups: ["airport:weather"] });
    expect(old?.generations.map(({ refusals }) => refusals.length)).toEqual([2, 0]);
    expect((await back(["airport:departures", "airport:weather"])).done).toBe(true);
  });

  it("is not refused for what is defined since and was never loaded", async () => {
    await load(noon - hour);
    await load(noon);
    const [weather] = sampleProject.groups.filter(({ name }) => name === "weather");
    const [stored] = weather?.stored ?? [];
    if (weather === undefined || stored === undefined) throw new Error("the sample has weather");
    const more = { ...weather, stored: [...weather.stored, { ...stored, name: "gusts" }] };
    const project = { ...sampleProject, groups: [...sampleProject.groups.filter((one) => one !== weather), more] };
    expect((await back(["airport:weather"], { project })).groups).toMatchObject([{ from: 2, to: 1 }]);
  });

  it("is refused where nothing but a number is known, and where the records are gone", async () => {
    await load(noon - hour, { groups: ["airport:departures"] });
    await load(noon, { groups: ["airport:departures"] });
    const current = pointer("airport:departures");
    if (current?.before === undefined) throw new Error("no pointer");
    const { before, ...old } = current;
    await store.switchPointers([{ pointer: old, expected: 2 }]);
    await expect(back(["airport:departures"])).rejects.toThrow(/kept of generation 1 its number only/);
    await store.switchPointers([{ pointer: { ...old, before }, expected: 2 }]);
    await store.drop("airport:departures", 1);
    await expect(back(["airport:departures"])).rejects.toThrow(/no records of generation 1/);
    expect(pointer("airport:departures")?.generation).toBe(2);
  });

  it("goes back to a load without a row", async () => {
    await load(noon - 100 * hour, { groups: ["airport:departures"] });
    await load(noon, { groups: ["airport:departures"] });
    const without = storeLike(store, {
      generations: async (group) => (await store.generations(group)).filter((one) => one !== 1),
    });
    await back(["airport:departures"], { store: without });
    expect(await flights(noon - 100 * hour)).toBe(0);
  });

  it("moves no group where another is loaded meanwhile", async () => {
    await load(noon - hour);
    await load(noon);
    const meanwhile = storeLike(store, {
      switchPointers: async (switches) => {
        await load(noon + hour, { groups: ["route:traffic"], home: path.join(folder, "another home") });
        return store.switchPointers(switches);
      },
    });
    const groups = ["airport:departures", "route:traffic"];
    await expect(back(groups, { store: meanwhile })).rejects.toMatchObject({ code: "HOME_BUSY" });
    expect(groups.map((group) => pointer(group)?.generation)).toEqual([2, 3]);
  });

  it(
    "leaves a number, and what is current, to the loads after it: as a list of all loads says",
    { timeout: 60_000 },
    async () => {
      const group = "airport:place";
      const place = (): unknown => {
        const features = createFeatureReader({ project: sampleProject, store });
        return features
          .get(["airport:place:tz"], { airport: "SFO" })
          .then(({ values }) => values["airport:place:tz"].value);
      };
      const steps = fc.array(fc.constantFrom("load", "load", "same", "fail", "back"), { minLength: 4, maxLength: 10 });
      let run = 0;
      await fc.assert(
        fc.asyncProperty(steps, async (taken) => {
          await store.close();
          store = LmdbStore.open({ folder: path.join(folder, `online-${String(run++)}`) });
          const numbers: number[] = [];
          let current: string | undefined;
          let before: string | undefined;
          let files = "none";
          for (const [i, step] of taken.entries()) {
            if (step === "back") {
              const going = back([group]);
              if (before === undefined) await expect(going).rejects.toMatchObject({ code: "ROLLBACK_REFUSED" });
              else {
                await going;
                [current, before] = [before, undefined];
              }
            } else {
              if (step !== "same" || files === "none") files = `zone ${String(i)}`;
              await writeSample(folder, { ...sampleRows, airports: [["SFO", files, "1"]] });
              const loading = load(noon + i, {
                groups: [group],
                ...(step === "fail" ? { limits: { recordBytes: 1 } } : {}),
              });
              if (step === "fail") await expect(loading).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
              else {
                const { groups } = await loading;
                if (files !== current) [current, before] = [files, current];
                if (groups[0]?.status === "loaded") {
                  // Larger than all that were ever current.
                  expect(groups[0].generation).toBeGreaterThan(Math.max(0, ...numbers));
                  numbers.push(groups[0].generation);
                }
              }
            }
            if (current !== undefined) expect(await place()).toBe(current);
            expect((await store.generations(group)).length).toBeLessThanOrEqual(3);
          }
        }),
        { numRuns: 8 },
      );
    },
  );
});
