import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formatMicros, type GivenValue } from "../../../src/core/index.ts";
import { Engine } from "../../../src/featurestore/index.ts";
import { open, type Tondo } from "../../../src/open.ts";
import { definitions, smallProject, type SmallProject } from "../offline/small-project.ts";

let small: SmallProject;
let tondo: Tondo;
beforeAll(async () => {
  small = await smallProject();
  tondo = await open({ folder: small.folder });
  await tondo.apply();
});
afterAll(async () => {
  await tondo.close();
  await small.remove();
});

const features = [
  ...["n_1d", "mean_7d", "done_1d", "last_k", "busy"].map((name) => `store:kitchen:${name}`),
  ...["cuisine", "rating"].map((name) => `store:profile:${name}`),
];

/** An order of just now. */
const order = (store: string, minutes: number, agoMs = 1000): Record<string, GivenValue> => ({
  ...{ ordered_at: new Date(Date.now() - agoMs), store, city: "BONN", status: "DONE", minutes, k: 7 },
});

async function online(key: string, at: bigint): Promise<readonly unknown[]> {
  const reader = await tondo.features();
  const { values } = await reader.get(features, { store: key }, { at });
  return features.map((name) => values[name]?.value);
}

let sets = 0;

/** The same from a training set; by what rows say, where that is asked for. */
async function trained(
  rows: readonly (readonly [key: string, at: bigint])[],
  knowledge: "applied" | "declared" = "applied",
): Promise<{ readonly values: readonly (readonly unknown[])[]; readonly output: string }> {
  const output = join(small.folder, `training/set-${String(sets++)}`);
  const file = `rows-${String(sets)}.csv`;
  const lines = rows.map(([store, at]) => `${store},${formatMicros(Number(at))}`);
  await writeFile(join(small.folder, file), ["store,at", ...lines, ""].join("\n"));
  await tondo.trainingSet({ features, rows: file, output, knowledge });
  const engine = await Engine.open({ threads: 1 });
  try {
    const names = features.map((name) => `"store__${name.replaceAll(":", "__")}"`);
    const found = await engine.rows(`select ${names.join(", ")} from read_parquet('${output}/*.parquet')`, "reading");
    return {
      output,
      values: found.map((row) =>
        Object.values(row).map((value) => (typeof value === "bigint" ? Number(value) : value)),
      ),
    };
  } finally {
    engine.close();
  }
}

describe("features.push of an opened project", () => {
  it("is what training sets know of from the same moment on, before and after a load takes it in", async () => {
    await tondo.materialize();
    const reader = await tondo.features();
    const before = BigInt(Date.now()) * 1000n;
    const first = await reader.push("orders", [order("r1", 10), order("r1", 20, 500), order("new", 4)]);
    expect(first).toMatchObject({ rows: 3, erased: 0 });
    const second = await reader.push("stores", [
      { store: "r1", updated_at: new Date(), cuisine: "pushed", rating: 5 },
      { store: "r1", updated_at: new Date("2024-01-01"), cuisine: "older", rating: 1 },
    ]);
    const moments = [before, BigInt(first.appliedAt), BigInt(second.appliedAt)];
    const asked = ["r1", "new"].flatMap((key) => moments.map((at) => [key, at] as const));
    const served = await Promise.all(asked.map(async ([key, at]) => online(key, at)));
    expect(served[1]?.slice(0, 3)).toEqual([2, 15, 0]);
    expect(served[2]?.slice(5)).toEqual(["pushed", 5]);
    expect((await trained(asked)).values).toEqual(served);
    // What was pushed says no more of when it was known than that it happened.
    expect((await trained([["r1", before]], "declared")).values[0]?.[0]).toBe(2);
    await tondo.materialize();
    const third = await reader.push("orders", [order("r1", 30)]);
    const later = [...asked, ["r1", BigInt(third.appliedAt)] as const];
    const again = await trained(later);
    expect(again.values).toEqual([...served, await online("r1", BigInt(third.appliedAt))]);
    expect(again.values.at(-1)?.slice(0, 2)).toEqual([3, 20]);
    const { differences } = await tondo.reproduce({ set: again.output, output: `${again.output}-again` });
    expect(differences).toEqual([]);
  }, 60_000);

  it("goes on where definitions come to read a column that no row said yet", async () => {
    await writeFile(
      join(small.folder, "eta.tondo"),
      definitions.replace(
        "  last_k = last(k) over 7d",
        "  last_k = last(k) over 7d\n  cities = distinct(city) over 7d\n  first_known = first(loaded_at) over 7d",
      ),
    );
    await tondo.apply({ replace: true });
    await tondo.materialize();
    const reader = await tondo.features();
    await expect(reader.push("orders", [order("r1", 1)])).rejects.toMatchObject({
      code: "INPUT_INVALID",
      message: 'column "loaded_at" of row 0 for the source "orders" is not given; nothing was pushed',
    });
    const { appliedAt } = await reader.push("orders", [{ ...order("r1", 1), loaded_at: null }]);
    const { values } = await reader.get(["store:kitchen:n_1d"], { store: "r1" }, { at: BigInt(appliedAt) });
    expect(values["store:kitchen:n_1d"].value).toBe(4);
    await tondo.materialize();
  }, 60_000);

  it("forgets an erased key wherever its rows came, and takes none of it any more", async () => {
    const reader = await tondo.features();
    await reader.push("orders", [
      { ...order("r1", 1), loaded_at: null },
      { ...order("r2", 1), loaded_at: null },
    ]);
    const counts = async (): Promise<unknown> => {
      const engine = await Engine.open({ threads: 1 });
      const parts = join(small.folder, ".tondo/pushed/orders/**/*.parquet");
      const rows = await engine.rows(
        `select store, count(*)::int as n from read_parquet('${parts}', union_by_name = true) group by store order by store`,
        "reading",
      );
      engine.close();
      return Object.fromEntries(rows.map(({ store, n }) => [store, n]));
    };
    const { places } = await tondo.erase("store", "r1");
    const pushed = places.find(({ place }) => place === "pushed rows");
    expect(pushed?.before).toBeGreaterThan(4);
    expect(pushed?.after).toBe(0);
    expect(await counts()).toEqual({ new: 1, r2: 1 });
    expect(await reader.push("orders", [{ ...order("r1", 1), loaded_at: null }])).toMatchObject({ rows: 0, erased: 1 });
    const { values } = await reader.get(["town:load:sum_2d"], { town: "bonn" });
    expect(values["town:load:sum_2d"].status).toBe("present");
  }, 60_000);
});
