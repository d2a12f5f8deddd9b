import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseTypeName, TondoError } from "../../../src/core/index.ts";
import { geohashOf } from "../../../src/dsl/functions/geohash.ts";
import { fromRaw, readName } from "../../../src/dsl/index.ts";
import { createFeatureReader, type FeatureReader, type RequestKeys } from "../../../src/featurestore/online/index.ts";
import { demandAt, type DemandStore, demandStore } from "./demand-store.ts";
import { laterStore } from "./later-store.ts";

let demand: DemandStore;
let features: FeatureReader;
beforeAll(async () => {
  demand = await demandStore();
  features = createFeatureReader({ project: demand.project, store: demand.store });
});
afterAll(() => demand.close());

const at = BigInt(demandAt);
const spot = { shop: "a", city: "Bonn" };
const inputs = { cell: "u0rb3" };
const keys: readonly RequestKeys[] = [
  { from: "a", to: "b", spot },
  { from: "b", to: "a", spot: { shop: "b", city: "Ulm" } },
  { from: "c", to: "new", spot: { shop: "a", city: null } },
  { from: null, to: null, spot: null },
];

describe("what a vector reads", () => {
  it("is given by key and canonical name, over two hops", async () => {
    const { at: moment, values } = await features.get("demand", { from: "a", to: "b", spot }, { at, inputs });
    expect(moment).toBe(demandAt);
    expect(Object.keys(values).sort()).toEqual(["cell", "from", "region", "spot", "to"]);
    expect(values["region"]?.["region:load:n_6h"]).toEqual({ value: 4, status: "present" });
    expect(values["cell"]?.["region:load:n_6h"]).toEqual({ value: 0, status: "present" });
    expect(values["to"]?.["shop:own:n_6h"]).toEqual({ value: 2, status: "present" });
    expect(values["to"]?.["shop:profile:city"]).toEqual({
      value: "Ulm",
      status: "present",
      t: demandAt - 9 * 3_600_000_000,
      ageMicros: 9 * 3_600_000_000,
    });
    expect(values["from"]?.["shop:profile:lat"]).toMatchObject({ value: 50.1, status: "present" });
    expect(values["spot"]?.["spot:load:n_6h"]).toEqual({ value: 2, status: "present" });
  });

  it("is for many keys what it is for each alone, and what the prepared vector reads", async () => {
    const rows = await features.get("demand", keys, { at, inputs });
    const prepared = features.prepare("demand");
    for (const [i, own] of keys.entries()) {
      expect(await features.get("demand", own, { at, inputs })).toEqual(rows[i]);
      const place = own["spot"] as { readonly shop: string; readonly city: string | null } | null;
      const { values, statuses } = await prepared.read(
        {
          columns: {
            from: own["from"] as string | null,
            to: own["to"] as string | null,
            spot_shop: place?.shop ?? null,
            spot_city: place?.city ?? null,
            ...inputs,
          },
        },
        demandAt,
      );
      for (const [r, read] of demand.vector.reads.entries()) {
        const { key, name } = readName(read);
        expect(rows[i]?.values[key]?.[name]).toMatchObject({
          value: fromRaw(values[r] ?? null, parseTypeName(read.type).kind),
          status: statuses[r],
        });
      }
    }
    expect(rows.map(({ values }) => values["region"]?.["region:load:n_6h"]?.status)).toEqual([
      "present",
      "present",
      "missing",
      "missing",
    ]);
    expect(await features.get("demand", [], { at })).toEqual([]);
    const plan = await features.get(demand.vector, keys, { at, inputs });
    expect(plan).toEqual(rows);
  });

  it("takes the inputs that keys are computed from, of each key its own or the same for all", async () => {
    const cells = [geohashOf(50.1, 7.1, 5), "nowhere", geohashOf(51.7, 9.9, 5), "nowhere"].map((cell) => ({
      cell,
      boost: 1,
    }));
    const rows = await features.get("demand", keys, { at, inputs: cells });
    for (const [i, own] of keys.entries()) {
      expect(rows[i]).toEqual(await features.get("demand", own, { at, inputs: cells[i] ?? {} }));
    }
    const found = rows.map(({ values }) => values["cell"]?.["region:load:n_6h"]?.value);
    expect(found).toEqual([4, 0, 1, 0]);
    const code = async (given?: object): Promise<unknown> =>
      features.get("demand", keys, { at, ...(given === undefined ? {} : { inputs: given }) }).then(
        () => "none",
        (error: unknown) => (error instanceof TondoError ? error.code : error),
      );
    expect(await code(inputs)).toBe("none");
    expect(await code()).toBe("INPUT_INVALID");
    expect(await code({ cell: 5 })).toBe("INPUT_INVALID");
    expect(await code({ cell: null })).toBe("INPUT_INVALID");
    expect(await code({ ...inputs, bost: 1 })).toBe("INPUT_INVALID");
    expect(await code({ ...inputs, boost: "high" })).toBe("INPUT_INVALID");
    expect(await code(cells.slice(1))).toBe("INPUT_INVALID");
  });

  it("is refused for a vector or keys that are none", async () => {
    const own = keys[0] ?? {};
    await expect(features.get("demands", own, { at, inputs })).rejects.toMatchObject({
      code: "UNKNOWN_VECTOR",
      hint: 'Did you mean "demand"?',
    });
    expect(() => features.prepare("demands")).toThrow(expect.objectContaining({ code: "UNKNOWN_VECTOR" }));
    const wrong: readonly unknown[] = [
      { ...own, form: "a" },
      { from: "a", to: "b" },
      { ...own, from: 5 },
      { ...own, spot: "a" },
      { ...own, spot: { shop: "a" } },
      "a",
      null,
      [[own]],
    ];
    for (const one of wrong) {
      const call = features.get("demand", one as RequestKeys, { at, inputs });
      await expect(call, JSON.stringify(one)).rejects.toMatchObject({ code: "KEY_INVALID" });
    }
    const few = createFeatureReader({ project: demand.project, store: demand.store, limits: { keys: 3, names: 1 } });
    await expect(few.get("demand", keys, { at, inputs })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    const names = few.get(["shop:own:n_6h", "shop:own:busy"], { shop: "a" }, { at });
    await expect(names).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });

  it("has the worst status of the hops, and the cause of the first that is unavailable", async () => {
    const away = new TondoError("STORE_UNAVAILABLE", "the line is cut");
    const { store } = laterStore(demand.store, {
      record: (group) => (group === "shop:profile" ? { error: away } : 0),
    });
    const reader = createFeatureReader({ project: demand.project, store });
    const [row] = await reader.get("demand", keys, { at, inputs });
    const unavailable = { value: null, status: "unavailable", cause: away };
    expect(row?.values["from"]?.["shop:profile:lat"]).toEqual(unavailable);
    expect(row?.values["region"]?.["region:load:n_6h"]).toEqual(unavailable);
    expect(row?.values["cell"]?.["region:load:n_6h"]).toEqual({ value: 0, status: "present" });
    expect(row?.values["to"]?.["shop:own:n_6h"]).toEqual({ value: 2, status: "present" });
  });

  it("has a deadline over both hops together", async () => {
    const { store, asked } = laterStore(demand.store, { record: (group) => (group === "shop:profile" ? 60 : 0) });
    const reader = createFeatureReader({ project: demand.project, store });
    const { values } = await reader.get("demand", keys[0] ?? {}, { at, inputs, deadlineMs: 20 });
    expect(values["region"]?.["region:load:n_6h"]).toMatchObject({
      value: null,
      status: "unavailable",
      cause: { code: "DEADLINE_EXCEEDED" },
    });
    expect(values["cell"]?.["region:load:n_6h"]?.status).toBe("present");
    expect(asked.filter((group) => group === "region:load")).toHaveLength(1);
    // Where its key is known in the end, the second hop is not begun any more.
    const known = laterStore(demand.store, { record: (group) => (group === "shop:own" ? "never" : 0) });
    const third = createFeatureReader({ project: demand.project, store: known.store });
    const over = await third.get("demand", keys[0] ?? {}, { at, inputs, deadlineMs: 20 });
    expect(over.values["from"]?.["shop:profile:lat"]?.value).toBe(50.1);
    expect(over.values["region"]?.["region:load:n_6h"]).toMatchObject({
      status: "unavailable",
      cause: { code: "DEADLINE_EXCEEDED", details: { group: "region:load" } },
    });
    expect(known.asked.filter((group) => group === "region:load")).toHaveLength(1);
    const second = laterStore(demand.store, { record: (group) => (group === "region:load" ? "never" : 0) });
    const other = createFeatureReader({ project: demand.project, store: second.store });
    const row = await other.get("demand", { ...keys[0] }, { at, inputs, deadlineMs: 20 });
    expect(row.values["from"]?.["shop:profile:lat"]).toMatchObject({ value: 50.1, status: "present" });
    for (const key of ["cell", "region"]) {
      expect(row.values[key]?.["region:load:n_6h"]).toMatchObject({
        status: "unavailable",
        cause: { details: { group: "region:load" } },
      });
    }
  });
});
