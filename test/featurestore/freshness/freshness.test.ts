import { describe, expect, it } from "vitest";
import type { ProjectPlan } from "../../../src/dsl/index.ts";
import { type Engine } from "../../../src/featurestore/duckdb/index.ts";
import { freshness, type FreshnessOptions } from "../../../src/featurestore/freshness/index.ts";
import { rollback } from "../../../src/featurestore/generations/index.ts";
import { materialize, type MaterializeOptions } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { type LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { eachInSampleHome } from "../online/sample-home.ts";
import { noon, sampleProject } from "../online/sample-project.ts";

const hour = 3_600_000_000;
const promises = new Map([
  ["airport:departures", hour],
  ["airport:weather", 2 * hour],
  ["airport:place", hour],
]);
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
  materialize({
    ...{ project: sampleProject, folder, home: folder, store, engine, asOf: BigInt(asOf) },
    clock: () => asOf + 1,
    ...rest,
  });

const at = async (moment: number, rest: Partial<FreshnessOptions> = {}): ReturnType<typeof freshness> =>
  freshness({ project: sampleProject, promises, store, at: BigInt(moment), ...rest });

const short = async (moment: number, rest: Partial<FreshnessOptions> = {}): Promise<unknown> => {
  const { kept, groups } = await at(moment, rest);
  return [kept, Object.fromEntries(groups.map((one) => [one.group, [one.status, one.kept]]))];
};

describe("freshness", () => {
  it("tells groups that were never loaded, of which one with a promise does not keep it", async () => {
    expect(await at(noon)).toEqual({
      at: noon,
      kept: false,
      groups: ["airport:departures", "route:traffic", "airport:weather", "airport:place"].map((group) => ({
        ...{ group, status: "absent", asOf: null, loadedAt: null, generation: null, ageMicros: null },
        slaMicros: promises.get(group) ?? null,
        kept: promises.has(group) ? false : null,
        refusals: [],
        rolledBack: null,
      })),
      warnings: ["no sla: route:traffic; nobody says how fresh they have to be, so they cannot be late"],
    });
    expect(await short(noon, { groups: ["route:traffic"] })).toEqual([true, { "route:traffic": ["absent", null] }]);
  });

  it("counts from the moment of the load, to the microsecond: as old as its sla is still fresh", async () => {
    await load(noon);
    const group = "airport:departures";
    expect((await at(noon + hour, { groups: [group] })).groups[0]).toEqual({
      ...{ group, status: "fresh", asOf: noon, loadedAt: noon + 1, generation: 1, ageMicros: hour, slaMicros: hour },
      ...{ kept: true, refusals: [], rolledBack: null },
    });
    expect(await short(noon + hour)).toEqual([
      true,
      {
        "airport:departures": ["fresh", true],
        "route:traffic": ["loaded", null],
        "airport:weather": ["fresh", true],
        "airport:place": ["fresh", true],
      },
    ]);
    expect(await short(noon + hour + 1)).toEqual([
      false,
      {
        "airport:departures": ["late", false],
        "route:traffic": ["loaded", null],
        "airport:weather": ["fresh", true],
        "airport:place": ["late", false],
      },
    ]);
    expect(await short(noon + hour + 1, { groups: ["airport:weather", "route:traffic"] })).toMatchObject([true, {}]);
    expect((await at(noon - hour, { groups: [group] })).groups[0]).toMatchObject({ status: "fresh", ageMicros: -hour });
  });

  it("takes a table for as fresh as the last load that found the same files", async () => {
    const groups = ["airport:place"];
    await load(noon, { groups });
    const { groups: results } = await load(noon + 3 * hour, { groups });
    expect(results[0]?.status).toBe("unchanged");
    expect((await at(noon + 4 * hour, { groups })).groups[0]).toMatchObject({
      ...{ status: "fresh", asOf: noon + 3 * hour, loadedAt: noon + 1, generation: 1 },
    });
    // A load as of an earlier moment takes nothing back.
    await load(noon + hour, { groups });
    expect(await short(noon + 4 * hour, { groups })).toEqual([true, { "airport:place": ["fresh", true] }]);
    // And nothing else has moved: what is served by it is of the same load.
    expect(await createFeatureReader({ project: sampleProject, store }).loadedMoment(groups)).toBe(noon);
  });

  it("never calls fresh what readers are refused of, and says why", async () => {
    await load(noon);
    const changed: ProjectPlan = {
      ...sampleProject,
      groups: sampleProject.groups.map((group) =>
        group.name === "departures"
          ? {
              ...group,
              stored: group.stored.map((stored) =>
                stored.name === "n_3h" && stored.kind === "window" ? { ...stored, over: hour } : stored,
              ),
            }
          : group,
      ),
    };
    const reason =
      '"n_3h" of airport:departures has not been materialized as it is defined now: its definition has changed since';
    const result = await at(noon + 1, { project: changed });
    expect(result.kept).toBe(false);
    expect(result.groups[0]).toMatchObject({ status: "outdated", kept: false, ageMicros: 1, refusals: [reason] });
    expect(result.warnings).toContainEqual(
      `airport:departures is loaded under other definitions than those in force, and readers are refused: ${reason}`,
    );
    // It is the readers' own check.
    await expect(
      createFeatureReader({ project: changed, store }).get(
        ["airport:departures:n_3h"],
        { airport: "SFO" },
        { at: BigInt(noon) },
      ),
    ).rejects.toMatchObject({ code: "GROUP_NOT_MATERIALIZED", message: reason });
    // Without a promise it is outdated, and keeps all that it promises.
    const unpromised = { project: changed, promises: new Map<string, number>(), groups: ["airport:departures"] };
    expect(await short(noon + 1, unpromised)).toEqual([true, { "airport:departures": ["outdated", null] }]);
  });

  it("does not mind what was loaded and is no longer defined, but what is defined and was not loaded", async () => {
    await load(noon);
    const weather = (names: readonly string[]): ProjectPlan => ({
      ...sampleProject,
      groups: sampleProject.groups.map((group) =>
        group.name === "weather"
          ? { ...group, stored: group.stored.filter(({ name }) => names.includes(name)) }
          : group,
      ),
    });
    const groups = ["airport:weather"];
    expect(await short(noon, { project: weather(["wind"]), groups })).toEqual([
      true,
      { "airport:weather": ["fresh", true] },
    ]);
    await load(noon + 1, { project: weather(["wind"]), groups });
    expect((await at(noon + 1, { groups })).groups[0]).toMatchObject({
      status: "outdated",
      refusals: ['"sky" of airport:weather has not been materialized: its group was loaded without it'],
    });
  });

  it("counts what was rolled back to from its own moment", async () => {
    await load(noon - hour);
    await load(noon);
    const made = { home: folder, actor: "ops", clock: () => noon + 5 };
    await rollback({ project: sampleProject, store, groups: ["airport:departures"], ...made });
    expect((await at(noon + 1, { groups: ["airport:departures"] })).groups[0]).toMatchObject({
      ...{ status: "late", asOf: noon - hour, generation: 1, rolledBack: { from: 2, at: noon + 5, by: "ops" } },
    });
  });
});
