import { rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { compile, parseProject, type ProjectPlan } from "../../../src/dsl/index.ts";
import type { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { lockHome } from "../../../src/featurestore/home-lock.ts";
import { materialize, type MaterializeOptions } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import type { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { eachInSampleHome } from "../online/sample-home.ts";
import { noon, sampleProject, sampleRows, writeSample } from "../online/sample-project.ts";
import { storeLike } from "../online/store-like.ts";

const hour = 3_600_000_000;
let folder: string;
let engine: Engine;
let store: LmdbStore;
eachInSampleHome(
  (home) => {
    ({ folder, engine, store } = home);
  },
  () => store,
);

const load = async (rest: Partial<MaterializeOptions> = {}): ReturnType<typeof materialize> =>
  materialize({ project: sampleProject, folder, home: folder, store, engine, asOf: BigInt(noon), ...rest });

/** What is served of SFO at the load's moment. */
async function served(from = store): Promise<unknown> {
  const features = createFeatureReader({ project: sampleProject, store: from });
  const at = await features.loadedMoment();
  const names = ["airport:departures:n_3h", "airport:departures:delay_3h", "airport:weather:sky", "airport:place:tz"];
  const { values } = await features.get(names, { airport: "SFO" }, { at: BigInt(at) });
  return [at, ...names.map((name) => values[name]?.value)];
}
const atNoon = [noon, 3, 15, "clear", "America/Los_Angeles"];
/** An hour earlier SFO had one flight, without a delay, and no weather was known. */
const atEleven = [noon - hour, 1, null, null, "America/Los_Angeles"];

describe("materialize", () => {
  it("counts what it loads, and loads nothing anew that did not change", async () => {
    const first = await load();
    expect(first.asOf).toBe(noon);
    expect(
      first.groups.map(({ group, status, generation, rows, keys, parts }) => [
        group,
        status,
        generation,
        rows,
        keys,
        parts,
      ]),
    ).toEqual([
      ["airport:departures", "loaded", 1, 4, 1, 4],
      ["route:traffic", "loaded", 1, 4, 2, 4],
      ["airport:weather", "loaded", 1, 4, 3, 4],
      ["airport:place", "loaded", 1, 2, 2, 2],
    ]);
    expect(await served()).toEqual(atNoon);
    const again = await load();
    expect(again.groups.map(({ status, keys }) => [status, keys])).toEqual([
      ["unchanged", 1],
      ["unchanged", 2],
      ["unchanged", 3],
      ["unchanged", 2],
    ]);
    const earlier = await load({ asOf: BigInt(noon - hour) });
    // A table is of no time.
    expect(earlier.groups.map(({ status }) => status)).toEqual(["loaded", "loaded", "loaded", "unchanged"]);
  });

  it("loads a group anew whose files or definitions changed, and keeps the load before it", async () => {
    await load();
    await writeSample(folder, { ...sampleRows, airports: [["SFO", "elsewhere", "1"]] });
    expect((await load()).groups.map(({ status }) => status)).toEqual([
      "unchanged",
      "unchanged",
      "unchanged",
      "loaded",
    ]);
    expect(await served()).toEqual([...atNoon.slice(0, -1), "elsewhere"]);
    expect(await store.generations("airport:place")).toEqual([1, 2]);
    await writeSample(folder, sampleRows);
    await load();
    expect(await store.generations("airport:place")).toEqual([2, 3]);
    const changed: ProjectPlan = {
      ...sampleProject,
      groups: sampleProject.groups.map((group) => (group.name === "weather" ? { ...group, ttl: 1 } : group)),
    };
    expect((await load({ project: changed })).groups.map(({ status }) => status)[2]).toBe("loaded");
  });

  it("loads the groups asked for, and says which there are", async () => {
    const { groups } = await load({ groups: ["airport:place", "airport:place"] });
    expect(groups.map(({ group }) => group)).toEqual(["airport:place"]);
    await expect(load({ groups: ["airport:plaice"] })).rejects.toMatchObject({ code: "UNKNOWN_GROUP" });
  });

  it("takes a moment's groups together: where one fails, none is switched and nothing is left behind", async () => {
    await load({ asOf: BigInt(noon - hour) });
    await rm(path.join(folder, "weather.csv"));
    await expect(load()).rejects.toMatchObject({ code: "SOURCE_MISSING" });
    await writeSample(folder, sampleRows);
    await expect(load({ limits: { recordBytes: 60 } })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    await expect(load({ limits: { versions: 1 } })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect(await served()).toEqual(atEleven);
    expect(await store.generations("airport:departures")).toEqual([1]);
    await load();
    expect(await served()).toEqual(atNoon);
  });

  it("serves nothing of what was deleted, now or at a moment to come", async () => {
    const at = (hours: number): string => new Date((noon + hours * hour) / 1000).toISOString();
    const rows = [
      ["SFO", at(-2), "open", "false"],
      ["SFO", at(-1), "closed", "true"],
      ["LAX", at(-2), "open", "false"],
      ["LAX", at(1), "closed", "true"],
      ["LAX", at(2), "anew", "false"],
      ["OAK", at(-2), "open", "true"],
      ["OAK", at(-1), "open", "false"],
    ];
    const text = `entity airport (code: string)
snapshot states { csv "states.csv" known known_at at since deleted gone
  columns (code: string, since: timestamp, known_at: timestamp, state: string, gone: bool) }
group airport:state from states by code { ttl 90m state }`;
    const csv = [
      "code,since,known_at,state,gone",
      ...rows.map(([code, since, ...rest]) => [code, since, at(-3), ...rest].join(",")),
    ];
    await writeFile(path.join(folder, "states.csv"), csv.join("\n"));
    const { plan } = compile(parseProject([{ path: "p.tondo", text }]), new Map());
    if (plan === undefined) throw new Error("no plan");
    const { groups } = await load({ project: plan });
    // Deletions are kept: a row that is pushed later may have happened before one.
    expect(groups.map(({ keys, parts }) => [keys, parts])).toEqual([[3, 5]]);
    const features = createFeatureReader({ project: plan, store });
    const read = async (airport: string, hours: number): Promise<unknown> => {
      const { values } = await features.get(["airport:state:state"], { airport }, { at: at(hours) });
      return [values["airport:state:state"].value, values["airport:state:state"].status];
    };
    expect(await read("SFO", 0)).toEqual([null, "not_found"]);
    expect(await read("OAK", 0)).toEqual(["open", "present"]);
    expect(await read("LAX", 0)).toEqual([null, "expired"]);
    expect(await read("LAX", 1.99)).toEqual([null, "not_found"]);
    expect(await read("LAX", 2)).toEqual(["anew", "present"]);
  });

  it("stops when it is told to", async () => {
    await expect(load({ signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
    const stop = new AbortController();
    const progress = {
      start: (step: string): void => {
        if (step.includes("weather")) stop.abort();
      },
      update: (): void => undefined,
      finish: (): void => undefined,
    };
    await expect(load({ signal: stop.signal, progress })).rejects.toMatchObject({ code: "ABORTED" });
    expect(await store.generations("airport:departures")).toEqual([]);
  });

  it("refuses to run beside another", async () => {
    using lock = lockHome(folder, "apply");
    expect(lock).toBeDefined();
    await expect(load()).rejects.toMatchObject({ code: "HOME_BUSY" });
  });

  it("begins behind the switch of the load before, also of one that was killed there, but waits for no other clock's", async () => {
    await load();
    const byClock = async (now: number, into = storeLike(store, {})): ReturnType<typeof materialize> =>
      materialize({ project: sampleProject, folder, home: folder, store: into, engine, clock: () => now });
    const dying = storeLike(store, { generations: () => Promise.reject(new Error("killed behind the switch")) });
    const now = noon + hour;
    await expect(byClock(now, dying)).rejects.toThrow("killed behind the switch");
    expect((await byClock(now - 1)).asOf).toBe(now - 1);
    const next = await byClock(now);
    expect([next.asOf, next.appliedAt]).toEqual([now - 1 + store.switchLead, now + store.switchLead]);
  });

  it("says how late a switch may have shown where the disk took longer than it had", async () => {
    await load();
    const late: number[] = [];
    for (const [i, after] of [store.switchLead - store.staleness, store.switchLead].entries()) {
      let now = noon + (i + 1) * hour;
      const slow = storeLike(store, {
        switchPointers: (switches) => {
          now += after;
          return store.switchPointers(switches);
        },
      });
      const { lateBy } = await materialize({
        ...{ project: sampleProject, folder, home: folder, store: slow, engine, clock: () => now },
      });
      late.push(lateBy);
    }
    expect(late).toEqual([0, store.staleness]);
  });

  it("counts an event once, in the version that stood at the load's moment, to the microsecond", async () => {
    const known = { node: "column", type: "timestamp?", name: "known" } as const;
    const id = { node: "column", type: "string?", name: "id" } as const;
    const project: ProjectPlan = {
      ...sampleProject,
      groups: sampleProject.groups.filter(({ name }) => name === "departures"),
      sources: sampleProject.sources.map((source) => ({
        ...source,
        transports: [{ format: "csv", path: "versions.csv", known }],
        id: [id],
        columns: { ...source.columns, known: "timestamp?", id: "string?" },
      })),
    };
    await writeFile(
      path.join(folder, "versions.csv"),
      [
        "id,origin,destination,delay,at,known",
        "a,SFO,LAX,1,2001-06-20T11:00:00Z,2001-06-20T11:10:00Z",
        "a,SFO,LAX,2,2001-06-20T11:00:00Z,2001-06-20T12:00:00Z",
        "a,SFO,LAX,4,2001-06-20T11:00:00Z,2001-06-20T12:00:00.000001Z",
      ].join("\n"),
    );
    const features = createFeatureReader({ project, store });
    const answers: unknown[] = [];
    for (const moment of [-1, 0, 1]) {
      const asOf = BigInt(noon + moment);
      await load({ project, asOf });
      const names = ["airport:departures:n_3h", "airport:departures:delay_3h"] as const;
      const { values } = await features.get(names, { airport: "SFO" }, { at: asOf });
      answers.push(names.map((name) => values[name].value));
    }
    expect(answers).toEqual([
      [1, 1],
      [1, 2],
      [1, 4],
    ]);
  });

  it("counts and leaves out keys that are too long, for which requests are refused", async () => {
    const long = "x".repeat(3000);
    await writeSample(folder, {
      ...sampleRows,
      airports: [
        [long, "a", "1"],
        ["SFO", "b", "1"],
      ],
    });
    const { groups } = await load({ groups: ["airport:place"] });
    expect(groups[0]).toMatchObject({ keys: 1, keysTooLong: 1 });
    const features = createFeatureReader({ project: sampleProject, store });
    await expect(features.get(["airport:place:tz"], { airport: long })).rejects.toMatchObject({ code: "KEY_INVALID" });
  });
});
