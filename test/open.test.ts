import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockHome, writeColumns } from "../src/featurestore/index.ts";
import { open } from "../src/index.ts";
import { linearTrainer } from "../src/training/index.ts";
import { smallProject } from "./featurestore/offline/small-project.ts";
import { loadedAt, servedProject, type ServedProject, train } from "./serving/served-project.ts";

let served: ServedProject;
beforeAll(async () => {
  served = await servedProject();
});
afterAll(() => served.close());

describe("an opened folder", () => {
  it("does the same again without making anything anew", async () => {
    const { tondo } = served;
    expect((await tondo.apply()).every(({ change }) => change === "unchanged")).toBe(true);
    const versions = await tondo.registry.listVersions("eta");
    const manifest = await train(tondo);
    expect(manifest.madeAt).toBe(served.manifest.madeAt);
    expect(await tondo.registry.listVersions("eta")).toEqual(versions);
    const { groups } = await tondo.materialize({ asOf: loadedAt });
    expect(groups.map(({ status }) => status)).toEqual(groups.map(() => "unchanged"));
  });

  it("takes the tag from nodes that have no model any more", async () => {
    const { tondo } = served;
    expect((await tondo.resolve("eta@champion", ["north"])).level).toBe("area");
    await expect(train(tondo, 10_000)).rejects.toMatchObject({ code: "TRAINING_SET_EMPTY" });
    expect((await tondo.resolve("eta@champion", ["north"])).level).toBe("area");
    await train(tondo, 55);
    expect((await tondo.resolve("eta@champion", ["north"])).level).toBe("global");
    await train(tondo);
    expect((await tondo.resolve("eta@champion", ["north"])).level).toBe("area");
  });

  it("serves what another process applied, trained and loaded before it was opened", async () => {
    await using other = await open({ folder: served.small.folder });
    const request = { keys: { store: "r1", other: "r2", town: "ulm" }, inputs: { km: 1 }, at: loadedAt };
    expect((await other.predict("eta@champion", request)).vector).toEqual(
      (await served.tondo.predict("eta@champion", request)).vector,
    );
  });

  it("refuses what cannot be: an unknown vector, label, level column or model name", async () => {
    const { tondo } = served;
    const made = { rows: "left.parquet", output: "training/x" };
    await expect(tondo.trainingSet({ vector: "none", ...made })).rejects.toMatchObject({ code: "UNKNOWN_VECTOR" });
    const set = await tondo.trainingSet({ vector: "eta", ...made });
    const training = { set, model: "m", label: "took", trainer: linearTrainer, missing: "drop" } as const;
    await expect(tondo.train({ ...training, label: "n" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(tondo.train({ ...training, levels: [{ level: "area", column: "area" }] })).rejects.toMatchObject({
      code: "ROWS_INVALID",
      hint: expect.stringContaining("carry") as string,
    });
    await expect(tondo.train({ ...training, model: "no name!" })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(tondo.train({ ...training, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("trains levels on columns of numbers and truth values, too", async () => {
    const { tondo, small } = served;
    const rows = small.left;
    await writeColumns(join(small.folder, "numbered.parquet"), [
      { name: "at", kind: "timestamp", values: Float64Array.from(rows, (row) => Number(row["at"])) },
      {
        name: "delivered_at",
        kind: "timestamp",
        values: Float64Array.from(rows, (row) => Number(row["delivered_at"] ?? Number.NaN)),
      },
      { name: "took", kind: "float", values: Float64Array.from(rows, (row) => Number(row["took"] ?? Number.NaN)) },
      { name: "store", kind: "string", values: rows.map((row) => row["store"] as string | null) },
      { name: "zip", kind: "int", values: Float64Array.from(rows, (_, i) => 100 + (i % 2)) },
      { name: "new", kind: "bool", values: Float64Array.from(rows, (_, i) => (i % 3 === 0 ? 1 : 0)) },
    ]);
    const split = {
      train: { to: BigInt(Number(rows[150]?.["at"])) },
      holdout: { from: BigInt(Number(rows[150]?.["at"])) },
    };
    const set = await tondo.trainingSet({
      vector: "plain",
      rows: "numbered.parquet",
      output: "training/n",
      carry: ["zip", "new"],
      split,
    });
    const result = await tondo.train({
      ...{ set, model: "zips", label: "took", trainer: linearTrainer, missing: "drop" },
      levels: [
        { level: "zip", column: "zip" },
        { level: "new", column: "new" },
      ],
    });
    expect(result.nodes.map(({ path }) => path.join("/")).sort()).toEqual(
      ["", "100", "100/false", "100/true", "101", "101/false", "101/true"].sort(),
    );
  });
});

describe("a home", () => {
  it("that nothing was applied to says so", async () => {
    const small = await smallProject();
    try {
      await using tondo = await open({ folder: small.folder });
      for (const work of [() => tondo.project(), () => tondo.materialize(), () => tondo.features()])
        await expect(work()).rejects.toMatchObject({ code: "NOT_APPLIED" });
    } finally {
      await small.remove();
    }
  });

  it("lets one apply at a time", async () => {
    const { tondo } = served;
    const held = lockHome(tondo.home, "test");
    await expect(tondo.apply()).rejects.toMatchObject({ code: "HOME_BUSY" });
    await expect(tondo.materialize({ asOf: loadedAt })).rejects.toMatchObject({ code: "HOME_BUSY" });
    held.release();
    await tondo.apply();
  });

  it("keeps what was applied where the files have errors", async () => {
    const { tondo, small } = served;
    const path = join(small.folder, "eta.tondo");
    const text = await readFile(path, "utf8");
    const before = await tondo.catalog.definitions();
    await writeFile(path, text.replace("mean(minutes)", "mean(minuets)"));
    await expect(tondo.apply()).rejects.toMatchObject({
      code: "DEFINITIONS_INVALID",
      message: expect.stringContaining("minuets") as string,
    });
    await rm(path);
    await expect(tondo.apply()).rejects.toMatchObject({ code: "DEFINITIONS_INVALID" });
    await writeFile(path, text);
    expect(await tondo.catalog.definitions()).toEqual(before);
    expect(await tondo.plan()).toEqual((await tondo.apply()).map((change) => ({ ...change, change: "unchanged" })));
  });
});
