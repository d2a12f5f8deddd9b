import { appendFile, copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeTrainingSet, reproduceTrainingSet, type TrainingSet } from "../../../../src/featurestore/index.ts";
import { day, givenRows, smallProject, type SmallProject, start } from "../small-project.ts";

let small: SmallProject;
let first: TrainingSet;
let again = 0;

function reproduced(set = "first"): ReturnType<typeof reproduceTrainingSet> {
  return reproduceTrainingSet({ set, folder: small.folder, output: `again${String(again++)}`, engine: { threads: 2 } });
}

beforeAll(async () => {
  small = await smallProject();
  const vector = small.project.plan.vectors.find(({ name }) => name === "eta");
  if (vector === undefined) throw new Error("no vector eta");
  first = await makeTrainingSet({
    vector,
    rows: "left.parquet",
    carry: ["area"],
    filters: [{ column: "km", atLeast: 1 }],
    sampling: { fraction: 0.9, seed: 3 },
    split: { holdout: { fraction: 0.2, by: ["store"], seed: 5 } },
    cutoff: new Date((start + 21 * day) / 1000),
    raw: true,
    about: { owner: "eta", description: "made again in a test" },
    folder: small.folder,
    output: "first",
  });
});
afterAll(() => small.remove());

describe("a training set is made again", () => {
  it("from its manifest, byte by byte, by the plan that it was made with", async () => {
    const set = await reproduced();
    expect(set.differences).toEqual([]);
    expect(set.made).toBe(true);
    expect(set.manifest.files).toEqual(first.manifest.files);
    expect(set.manifest.inputsDigest).toBe(first.manifest.inputsDigest);
    expect(set.manifest.specification).toMatchObject({ owner: "eta", sampling: { fraction: 0.9 }, raw: true });
    expect((await reproduced(join("first", "manifest.json"))).differences).toEqual([]);
  });

  it("and not over itself, which is left as it is", async () => {
    const { folder } = small;
    for (const [set, output] of [
      ["first", "first"],
      [join(folder, "first", "manifest.json"), "./first/"],
    ] as const)
      await expect(reproduceTrainingSet({ set, folder, output })).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        hint: expect.any(String) as string,
      });
  });

  it("and keeps long joins as it is asked to", async () => {
    const { folder } = small;
    for (const bounds of [{ checkpointAfter: -1 }, { checkpointLimit: "much" }])
      await expect(reproduceTrainingSet({ set: "first", folder, output: "no", ...bounds })).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        message: expect.stringMatching(/^checkpoint/) as string,
      });
  });

  it("and says what of it is other than before", async () => {
    const path = join(small.folder, "first", "manifest.json");
    const text = await readFile(path, "utf8");
    const manifest = JSON.parse(text) as TrainingSet["manifest"];
    const files = manifest.files.map((file, i) => (i === 0 ? { ...file, sha256: "0".repeat(64) } : file));
    await writeFile(path, JSON.stringify({ ...manifest, files, engine: "DuckDB v0" }));
    const { differences, manifest: now } = await reproduced();
    expect(differences).toEqual([
      "train.parquet has other bytes",
      `the first one was made by DuckDB v0, this one by ${now.engine}`,
    ]);
    await writeFile(path, text);
  });

  it("but not where inputs are other ones, and each of them is named", async () => {
    const place = (name: string): string => join(small.folder, "data", name);
    const towns = await readFile(place("towns.csv"));
    await appendFile(place("towns.csv"), "oslo,59.9,\n");
    await copyFile(place("orders/a.parquet"), place("orders/c.parquet"));
    const orders = await readFile(place("orders/b.parquet"));
    await rm(place("orders/b.parquet"));
    const name = `again${String(again)}`;
    await expect(reproduced()).rejects.toMatchObject({
      code: "NOT_REPRODUCIBLE",
      details: {
        changes: [
          'source "orders": "data/orders/b.parquet" is gone',
          'source "orders": "data/orders/c.parquet" is new',
          'source "towns": "data/towns.csv" has changed',
        ],
      },
    });
    await expect(readFile(join(small.folder, name, "manifest.json"))).rejects.toThrow("ENOENT");
    await writeFile(place("towns.csv"), towns);
    await rm(place("orders/c.parquet"));
    await writeFile(place("orders/b.parquet"), orders);
    const left = await readFile(join(small.folder, "left.parquet"));
    await copyFile(place("stores.parquet"), join(small.folder, "left.parquet"));
    await expect(reproduced()).rejects.toThrow('the training rows: "left.parquet" has changed');
    await writeFile(join(small.folder, "left.parquet"), left);
    expect((await reproduced()).differences).toEqual([]);
  });

  it("and not where its rows came from memory, or nothing was there to be made again", async () => {
    const vector = small.project.plan.vectors.find(({ name }) => name === "plain");
    if (vector === undefined) throw new Error("no vector plain");
    const rows = givenRows(small.left);
    await makeTrainingSet({ vector, rows, folder: small.folder, output: "memory" });
    await expect(reproduced("memory")).rejects.toMatchObject({
      code: "NOT_REPRODUCIBLE",
      message: "its rows came from a program's memory, of which only the digest was kept",
    });
    await expect(reproduced("nowhere")).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
  });
});
