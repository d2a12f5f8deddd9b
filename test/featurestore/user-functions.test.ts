import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Value } from "../../src/core/index.ts";
import { defineFunction, functionLibrary, type UserFunction } from "../../src/dsl/index.ts";
import {
  computeVectors,
  createFeatureReader,
  Engine,
  materialize,
  runDefinitionTests,
} from "../../src/featurestore/index.ts";
import { LmdbStore } from "../../src/lmdb.ts";
import { open, type Tondo } from "../../src/open.ts";
import { linearTrainer } from "../../src/training/index.ts";
import { compileText } from "../dsl/check-one.ts";
import { day, givenRows, hour, smallProject, type SmallProject, start } from "./offline/small-project.ts";

const calls = { n: 0 };
const load = defineFunction({
  name: "kitchen_load",
  version: 1,
  takes: { orders: "int", minutes: "float?" },
  returns: "float?",
  compute: ({ orders, minutes }) => {
    calls.n++;
    return minutes === null ? null : Math.tanh(Number(orders) * Math.log1p(minutes));
  },
});
const isLong = defineFunction({
  name: "is_long",
  version: 1,
  takes: { minutes: "float?", status: "string?" },
  returns: "bool",
  compute: ({ minutes, status }) => minutes !== null && minutes > 20 && status?.toUpperCase() === "DONE",
});
const area = defineFunction({
  name: "area_of",
  version: 1,
  takes: { town: "string" },
  returns: "string",
  compute: ({ town }) => town.normalize("NFD").slice(0, 1).toLowerCase(),
});
const functions = [load, isLong, area];

/** In a feature, a `where`, an input, a key, a slot, a slot's key and a label. */
const definitions = `
entity store (store: string)
entity area (area: string)
events orders {
  parquet "data/orders/*.parquet" known loaded_at
  columns (store: string, city: string, status: string, minutes: float, k: int, ordered_at: timestamp, loaded_at: timestamp)
  at ordered_at
}
group store:kitchen from orders by store {
  n_1d    = count() over 1d
  mean_7d = mean(minutes) over 7d
  long_7d = count() over 7d where is_long(minutes, status)
  sum_7d  = sum(kitchen_load(k, minutes)) over 7d
  load    = kitchen_load(n_1d, mean_7d)
  next_2h = count() over next 2h
}
group area:load from orders by area_of(city) as area {
  n_7d = count() over 7d
}
vector eta {
  key store: store
  input km: float, town: string, q: int?
  load   = @store:kitchen:load[store] | fill(mean) | zscore
  long   = @store:kitchen:long_7d[store]
  sum    = @store:kitchen:sum_7d[store] ?? -1
  own    = kitchen_load(q, km) ?? -1
  nearby = @area:load:n_7d[area_of(town)]
  label took: float known delivered_at
  label late = kitchen_load(@store:kitchen:next_2h[store], 2) > 0.5
}
test "long orders count once they are known" {
  given orders { store: "r1", city: "Ulm", status: "done", minutes: 30, k: 1, ordered_at: "12:00", loaded_at: "12:10" }
  expect @store:kitchen:long_7d["r1"] at "12:05" == 0
  expect @store:kitchen:long_7d["r1"] at "12:15" == 1
  expect @area:load:n_7d["u"] at "12:15" == 1
}
`;

let small: SmallProject;
let tondo: Tondo;
const asOf = BigInt(start + 20 * day);
beforeAll(async () => {
  small = await smallProject();
  await writeFile(join(small.folder, "eta.tondo"), definitions);
  tondo = await open({ folder: small.folder, functions });
  await tondo.apply();
});
afterAll(async () => {
  await tondo.close();
  await small.remove();
});

const split = { train: { to: BigInt(start + 18 * day) }, holdout: { from: BigInt(start + 18 * day) } };
const makeSet = (by: Tondo, output: string): ReturnType<Tondo["trainingSet"]> =>
  by.trainingSet({ vector: "eta", rows: "left.parquet", output, split });
const request = (row: Readonly<Record<string, Value>>): Parameters<Tondo["predict"]>[1] => ({
  keys: { store: row["store"] ?? null },
  inputs: { km: row["km"] ?? null, town: row["town"] ?? null, q: row["q"] ?? null },
  at: asOf,
});

describe("functions of a project's own", () => {
  it("give served vectors equal to trained ones, bit by bit, in features, conditions, inputs, keys and slots", async () => {
    const set = await makeSet(tondo, "training/eta");
    expect(set.manifest.counts.train).toBeGreaterThan(50);
    await tondo.train({ set, model: "eta", label: "took", trainer: linearTrainer, tag: "champion", missing: "drop" });
    await tondo.materialize({ asOf });
    const { vectors } = await tondo.project();
    const [vector] = vectors;
    if (vector === undefined) throw new Error("no vector");
    const rows = small.left.slice(0, 60).map((row) => ({ ...row, at: Number(asOf) }));
    const engine = { functions };
    const { fitted } = set.manifest;
    const trained = await computeVectors({ vector, fitted, rows: givenRows(rows), folder: small.folder, engine });
    const seen = new Set<string>();
    for (const [i, row] of rows.entries()) {
      if (small.left[i]?.["store"] === null) continue;
      const { vector: served } = await tondo.predict("eta@champion", request(row));
      for (const [slot, name] of trained.slots.entries()) {
        expect(served[name], `${name} of row ${String(i)}`).toBe(trained.rows[i]?.[slot]);
        seen.add(`${name} ${String(served[name])}`);
      }
    }
    // Not all the same: something was computed.
    for (const name of trained.slots)
      expect([...seen].filter((one) => one.startsWith(`${name} `)).length, name).toBeGreaterThan(1);
  });

  it("give what plain loops over the rows do", async () => {
    await tondo.materialize({ asOf });
    const features = await tondo.features();
    const at = Number(asOf);
    for (const store of ["r1", "r2", "r3"]) {
      const mine = small.data.orders.filter(
        (row) =>
          row["store"] === store &&
          Number(row["loaded_at"]) <= at &&
          Number(row["ordered_at"]) < at &&
          Number(row["ordered_at"]) >= Math.floor((at - 7 * day) / hour) * hour,
      );
      const long = mine.filter(
        (row) => Number(row["minutes"] ?? 0) > 20 && String(row["status"]).toUpperCase() === "DONE",
      ).length;
      const { values } = await features.get(["store:kitchen:long_7d", "store:kitchen:load"], { store }, { at: asOf });
      expect(values["store:kitchen:long_7d"].value).toBe(long);
      expect(long).toBeGreaterThan(0);
      const { values: parts } = await features.get(
        ["store:kitchen:n_1d", "store:kitchen:mean_7d"],
        { store },
        { at: asOf },
      );
      const [n, mean] = [parts["store:kitchen:n_1d"].value, parts["store:kitchen:mean_7d"].value];
      expect(values["store:kitchen:load"].value).toBe(Math.tanh(Number(n) * Math.log1p(Number(mean))) + 0);
    }
  });

  it("run in `test` blocks, on every path", async () => {
    const { plan, tests } = await tondo.check();
    if (plan === undefined) throw new Error("no plan");
    const openStore = (folder: string): LmdbStore => LmdbStore.open({ folder });
    const results = await runDefinitionTests({ plan, tests, openStore, engine: { functions } });
    expect(results.map(({ passed, expectations }) => [passed, expectations])).toEqual([[true, 3]]);
  });

  it("leave no code in plans, manifests and packages", async () => {
    const set = await makeSet(tondo, "training/eta");
    const manifest = await readFile(join(set.folder, "manifest.json"), "utf8");
    expect(manifest).toContain(load.source);
    expect(manifest).not.toMatch(/Math\.tanh|=>/);
  });

  it("have another fingerprint where their text is another, and are then a change of what is applied", async () => {
    const before = new Map((await tondo.plan()).map((change) => [change.name, change.change]));
    expect([...before.values()].every((change) => change === "unchanged")).toBe(true);
    const other = defineFunction({ ...load, compute: () => 0.5 } as never);
    await using changed = await open({ folder: small.folder, functions: [other, isLong, area] });
    const after = (await changed.plan()).filter(({ change }) => change !== "unchanged");
    expect(after.map(({ name }) => name).join(" ")).toMatch(/store:kitchen.*eta/);
    expect(after.map(({ name }) => name).join(" ")).not.toMatch(/area:load/);
    await expect(changed.apply()).rejects.toMatchObject({ code: "DEFINITION_IN_USE" });
  });

  it.each([
    ["FUNCTION_UNKNOWN", [isLong, area]],
    ["FUNCTION_CHANGED", [defineFunction({ ...load, compute: () => 0.5 } as never), isLong, area]],
  ] as const)("are refused everywhere with %s where they are not the registered ones", async (code, others) => {
    const set = await makeSet(tondo, "training/eta");
    await tondo.train({ set, model: "eta", label: "took", trainer: linearTrainer, tag: "champion", missing: "drop" });
    await tondo.materialize({ asOf });
    await using other = await open({ folder: small.folder, functions: others });
    const said = { code, message: expect.stringContaining('"kitchen_load"') as string };
    await expect(makeSet(other, "training/other")).rejects.toMatchObject(said);
    await expect(
      other.train({ set, model: "eta", label: "took", trainer: linearTrainer, missing: "drop" }),
    ).rejects.toMatchObject(said);
    await expect(other.materialize({ asOf })).rejects.toMatchObject(said);
    await expect(other.predict("eta@champion", request(small.left[0] ?? {}))).rejects.toMatchObject(said);
    const features = await other.features();
    await expect(features.get(["store:kitchen:load"], { store: "r1" }, { at: asOf })).rejects.toMatchObject(said);
    // What does not call it is there.
    const { values } = await features.get(["store:kitchen:n_1d"], { store: "r1" }, { at: asOf });
    expect(values["store:kitchen:n_1d"].status).toBe("present");
  });

  it("that fail stop a training set and a load with what they said, and not as a damaged file", async () => {
    const failing: UserFunction = defineFunction({
      ...isLong,
      compute: ({ minutes }: { minutes: number | null }) => {
        if (minutes === null) throw new RangeError("no minutes");
        return true;
      },
    } as never);
    const { plan } = compileText(definitions, "p.tondo", [load, failing, area]);
    if (plan === undefined) throw new Error("no plan");
    const engine = await Engine.open({ functions: [load, failing, area] });
    const store = LmdbStore.open({ folder: join(small.folder, "failing") });
    try {
      const loading = materialize({ project: plan, folder: small.folder, home: small.folder, store, engine, asOf });
      await expect(loading).rejects.toMatchObject({
        code: "USER_FUNCTION_FAILED",
        message: expect.stringContaining("RangeError: no minutes") as string,
        cause: expect.any(RangeError) as RangeError,
      });
      // The engine goes on.
      expect(await engine.rows("select 1::double as x", "asking")).toEqual([{ x: 1 }]);
      await expect(engine.run("select nothing", "asking")).rejects.not.toMatchObject({ code: "USER_FUNCTION_FAILED" });
    } finally {
      engine.close();
      await store.close();
    }
  });

  it("are checked when they are handed in", async () => {
    await expect(open({ folder: small.folder, functions: [load, load] })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    expect(() =>
      createFeatureReader({ project: small.project.plan, store: {} as never, functions: [{} as never] }),
    ).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }) as Error);
    expect(functionLibrary(functions).size).toBe(3);
    expect(calls.n).toBeGreaterThan(100);
  });
});
