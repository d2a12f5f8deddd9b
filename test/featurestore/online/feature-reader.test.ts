import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from "vitest";
import type { ProjectPlan, VectorPlan } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import {
  createFeatureReader,
  type EntityKeys,
  type FeatureReader,
  type FeatureValue,
} from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { noon, sampleProject, sampleRows, writeSample } from "./sample-project.ts";

const hour = 3_600_000_000;
const at = BigInt(noon);
let folder: string;
let engine: Engine;
let store: LmdbStore;
let features: FeatureReader;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-features-"));
  await writeSample(folder, sampleRows);
  engine = await Engine.open({ threads: 1 });
  store = LmdbStore.open({ folder: path.join(folder, "online") });
  await materialize({ project: sampleProject, folder, home: folder, store, engine, asOf: at });
  features = createFeatureReader({ project: sampleProject, store });
});
afterAll(async () => {
  engine.close();
  await store.close();
  await rm(folder, { recursive: true });
});

async function code(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "no error",
    (error: unknown) => (error as { code?: unknown }).code,
  );
}

describe("FeatureReader.get", () => {
  it("gives values with status, time and age, by name", async () => {
    const row = await features.get(
      ["airport:departures:delay_3h", "airport:weather:wind", "airport:place:tz", "route:traffic:n_3h"],
      { airport: "SFO", route: { origin: "SFO", destination: "LAX" } },
      { at },
    );
    expectTypeOf(row.values["airport:place:tz"]).toEqualTypeOf<FeatureValue>();
    expect(row).toEqual({
      at: noon,
      values: {
        "airport:departures:delay_3h": { value: 15, status: "present" },
        "airport:weather:wind": { value: 25, status: "present", t: noon - hour, ageMicros: hour },
        "airport:place:tz": { value: "America/Los_Angeles", status: "present" },
        "route:traffic:n_3h": { value: 2, status: "present" },
      },
    });
  });

  it("answers several keys in their order, each as if asked alone", async () => {
    const names = ["airport:departures:n_3h", "airport:place:gates", "airport:weather:sky"] as const;
    const codes = ["JFK", "SFO", "nowhere", null, "SFO"];
    const rows = await features.get(
      names,
      codes.map((airport) => ({ airport })),
      { at },
    );
    expect(rows.map(({ values }) => names.map((name) => [values[name].value, values[name].status]))).toEqual([
      [
        [0, "present"],
        [9223372036854775807n, "present"],
        ["clear", "present"],
      ],
      [
        [3, "present"],
        [115, "present"],
        ["clear", "present"],
      ],
      [
        [0, "present"],
        [null, "not_found"],
        [null, "not_found"],
      ],
      [
        [null, "missing"],
        [null, "missing"],
        [null, "missing"],
      ],
      [
        [3, "present"],
        [115, "present"],
        ["clear", "present"],
      ],
    ]);
    for (const [i, airport] of codes.entries()) expect(await features.get(names, { airport }, { at })).toEqual(rows[i]);
    expect(await features.get(names, [], { at })).toEqual([]);
  });

  it("computes derived features, with the worst status of what they are made from", async () => {
    const names = ["airport:departures:busy", "airport:weather:stormy"] as const;
    const rows = await features.get(
      names,
      [{ airport: "SFO" }, { airport: "LAX" }, { airport: "JFK" }, { airport: "?" }],
      { at },
    );
    expect(rows.map(({ values }) => [values[names[0]], values[names[1]].value, values[names[1]].status])).toEqual([
      [{ value: true, status: "present" }, true, "present"],
      [{ value: false, status: "present" }, null, "expired"],
      [{ value: false, status: "present" }, null, "missing"],
      [{ value: false, status: "present" }, null, "not_found"],
    ]);
  });

  it("uses a state up to its ttl, to the microsecond, and one dated later from its moment on", async () => {
    const wind = async (airport: string, moment: number): Promise<unknown> => {
      const { values } = await features.get(["airport:weather:wind"], { airport }, { at: BigInt(moment) });
      const { value, status, t } = values["airport:weather:wind"];
      return [value, status, t];
    };
    expect(await wind("SFO", noon)).toEqual([25, "present", noon - hour]);
    expect(await wind("SFO", noon + 1)).toEqual([null, "expired", noon - hour]);
    expect(await wind("SFO", noon + 999_999)).toEqual([null, "expired", noon - hour]);
    expect(await wind("SFO", noon + 1_000_000)).toEqual([1, "present", noon + 1_000_000]);
    expect(await wind("SFO", noon + 1_000_000 + hour)).toEqual([1, "present", noon + 1_000_000]);
    expect(await wind("SFO", noon + 1_000_001 + hour)).toEqual([null, "expired", noon + 1_000_000]);
    expect(await wind("LAX", noon)).toEqual([null, "expired", noon - hour - 1]);
  });

  it("answers windows and snapshots from the load's moment on, tables always", async () => {
    const ask = async (name: string, moment: number): Promise<unknown> =>
      code(features.get([name], { airport: "SFO" }, { at: BigInt(moment) }));
    expect(await ask("airport:departures:n_3h", noon + 1)).toBe("no error");
    expect(await ask("airport:departures:n_3h", noon - 1)).toBe("MOMENT_NOT_SERVED");
    expect(await ask("airport:weather:wind", noon - 1)).toBe("MOMENT_NOT_SERVED");
    expect(await ask("airport:weather:wind", noon + 1)).toBe("no error");
    expect(await ask("airport:place:tz", noon - 1)).toBe("no error");
    const before = features.get(["airport:departures:n_3h"], { airport: "SFO" }, { at: BigInt(noon - 1) });
    await expect(before).rejects.toMatchObject({
      code: "MOMENT_NOT_SERVED",
      details: { group: "airport:departures", asOf: noon },
      hint: expect.stringContaining("2001-06-20T12:00:00.000Z") as string,
    });
  });

  it("takes the clock for the moment, and the load's where that is later", async () => {
    const early = createFeatureReader({ project: sampleProject, store, clock: () => noon - 5 });
    expect((await early.get(["airport:departures:n_3h"], { airport: "SFO" })).at).toBe(noon);
    const late = createFeatureReader({ project: sampleProject, store, clock: () => noon + 5 });
    expect((await late.get(["airport:weather:sky"], { airport: "SFO" })).at).toBe(noon + 5);
    expect(await features.loadedMoment()).toBe(noon);
    expect(await features.loadedMoment(["airport:place"])).toBe(noon);
    expect(await code(features.loadedMoment(["airport:plaice"]))).toBe("UNKNOWN_GROUP");
  });

  it("refuses names and keys that are not what they should be", async () => {
    const key = { airport: "SFO" };
    await expect(features.get(["airport:departures:delay_4h"], key)).rejects.toMatchObject({
      code: "UNKNOWN_FEATURE",
      hint: 'Did you mean "airport:departures:delay_3h"?',
    });
    expect(await code(features.get(["delay_3h"], key))).toBe("INVALID_ARGUMENT");
    expect(await code(features.get(["airport:departures:next_3h"], key))).toBe("INVALID_ARGUMENT");
    const keys: readonly unknown[] = [
      {},
      { airport: 5 },
      { airport: "\ud800" },
      { airport: { kode: "SFO" } },
      { airport: { code: undefined } },
      { airport: "x".repeat(2000) },
      { airprot: "SFO", airport: "SFO" },
      { airport: "SFO", __proto__: null, constructor: "x" },
    ];
    for (const bad of keys) {
      expect(await code(features.get(["airport:place:tz"], bad as EntityKeys))).toBe("KEY_INVALID");
    }
    expect(await code(features.get(["route:traffic:n_3h"], { route: "SFO" }, { at }))).toBe("KEY_INVALID");
    expect(await code(features.get(["airport:place:tz"], { airport: { code: "SFO" } }))).toBe("no error");
    const few = createFeatureReader({ project: sampleProject, store, limits: { keys: 1 } });
    expect(await code(few.get(["airport:place:tz"], [key, key]))).toBe("LIMIT_EXCEEDED");
  });

  it("does not take one definition's values for another's", async () => {
    const changed: ProjectPlan = {
      ...sampleProject,
      groups: sampleProject.groups.map((group) =>
        group.name === "departures"
          ? {
              ...group,
              stored: group.stored.map((plan) => (plan.name === "n_3h" ? { ...plan, over: 2 * hour } : plan)),
            }
          : group,
      ),
    };
    const reader = createFeatureReader({ project: changed, store });
    await expect(reader.get(["airport:departures:n_3h"], { airport: "SFO" }, { at })).rejects.toMatchObject({
      code: "GROUP_NOT_MATERIALIZED",
      message: expect.stringContaining("its definition has changed since") as string,
    });
    // What did not change is served by the load that was made before.
    const same = await reader.get(["airport:departures:delay_3h"], { airport: "SFO" }, { at });
    expect(same.values["airport:departures:delay_3h"].value).toBe(15);
  });

  it("says that a group was not loaded", async () => {
    const empty = LmdbStore.open({ folder: path.join(folder, "empty") });
    const reader = createFeatureReader({ project: sampleProject, store: empty });
    expect(await code(reader.get(["airport:place:tz"], { airport: "SFO" }))).toBe("GROUP_NOT_MATERIALIZED");
    expect(await code(reader.loadedMoment())).toBe("GROUP_NOT_MATERIALIZED");
    await empty.close();
  });
});

describe("FeatureReader.prepare", () => {
  const groups = sampleProject.groups.filter(({ name }) => name === "departures" || name === "place");
  const read = (role: string, group: string, stored: string): VectorPlan["reads"][number] => ({
    id: `${role}__airport__${group}__${stored}`,
    entity: "airport",
    group,
    stored,
    type: "float?",
    key: [{ node: "column", type: "string?", name: role }],
  });
  const vector: VectorPlan = {
    version: 1,
    name: "delay",
    roles: [
      { role: "from", entity: "airport" },
      { role: "to", entity: "airport" },
    ],
    keys: [
      { name: "from", type: "string?" },
      { name: "to", type: "string?" },
    ],
    inputs: [],
    labelColumns: [],
    reads: [
      read("to", "departures", "n_3h"),
      read("from", "place", "tz"),
      read("from", "departures", "delay_3h"),
      read("to", "place", "tz"),
      read("from", "departures", "n_3h"),
    ],
    labelReads: [],
    slots: [],
    labels: [],
    entities: sampleProject.entities,
    sources: sampleProject.sources,
    groups: groups.map((group) => ({ ...group, features: [] })),
  };

  it("gives a vector's stored values in the order of its reads, without a promise where the store has them", async () => {
    const prepared = features.prepare(vector);
    const answer = prepared.read({ columns: { from: "SFO", to: "LAX" } }, noon);
    expect(answer).not.toBeInstanceOf(Promise);
    const { at: moment, values, statuses } = await answer;
    expect(moment).toBe(noon);
    expect(values).toEqual([0, "America/Los_Angeles", 15, null, 3]);
    expect(statuses).toEqual(["present", "present", "present", "not_found", "present"]);
    const missing = await prepared.read({ columns: { from: null, to: "SFO" } }, noon);
    expect(missing.values).toEqual([3, null, NaN, "America/Los_Angeles", NaN]);
    expect(missing.statuses).toEqual(["present", "missing", "missing", "present", "missing"]);
  });

  it("refuses requests that lack a key or have one of a wrong type", () => {
    const prepared = features.prepare(vector);
    const error = expect.objectContaining({ code: "KEY_INVALID" }) as Error;
    expect(() => prepared.read({ columns: { from: "SFO" } }, noon)).toThrow(error);
    expect(() => prepared.read({ columns: { from: "SFO", to: 5 } }, noon)).toThrow(error);
    expect(() => prepared.read({ columns: { from: "SFO", to: "LAX" } }, noon - 1)).toThrow(
      expect.objectContaining({ code: "MOMENT_NOT_SERVED" }),
    );
  });
});
