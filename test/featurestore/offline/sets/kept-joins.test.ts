import { createHash } from "node:crypto";
import { appendFile, cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Progress, silentProgress } from "../../../../src/core/index.ts";
import { makeTrainingSet, type TrainingSet, type TrainingSetOptions } from "../../../../src/featurestore/index.ts";
import { smallProject, type SmallProject } from "../small-project.ts";
import { makeAndKill } from "./until-killed.ts";

let small: SmallProject;
/** A set made in one go. */
let whole: TrainingSet;
beforeAll(async () => {
  small = await smallProject();
  whole = await make("whole");
});
afterAll(() => small.remove());

function make(output: string, options: Partial<TrainingSetOptions> = {}, own = small): Promise<TrainingSet> {
  const vector = own.project.plan.vectors.find(({ name }) => name === "eta");
  if (vector === undefined) throw new Error("no vector");
  const set = { vector, rows: "left.parquet", folder: own.folder, output: join("sets", output) };
  return makeTrainingSet({ ...set, engine: { threads: 2 }, ...options });
}

/** Progress that keeps what joining came to. */
function summaries(): Progress & { readonly found: string[] } {
  const found: string[] = [];
  return { ...silentProgress, finish: (summary) => found.push(summary ?? ""), found };
}

/** Digests of a set's files, and its manifest but for when and how fast it was made. */
async function contentOf({ folder, manifest }: TrainingSet): Promise<unknown> {
  const files: Record<string, string> = {};
  for (const name of (await readdir(folder)).filter((one) => one.endsWith(".parquet")))
    files[name] = createHash("sha256")
      .update(await readFile(join(folder, name)))
      .digest("hex");
  const { madeAt: _at, seconds: _seconds, specification: _specification, ...rest } = manifest;
  return { files, rest };
}

const setsOf = async (own = small): Promise<readonly string[]> => (await readdir(join(own.folder, "sets"))).sort();

describe("joins that outlive a killed run", () => {
  it.each([
    ["joined 3", 3],
    ["fitting and writing", 7],
  ])("are taken up again after %s, to the same bytes", async (point, joins) => {
    const output = join(small.folder, "sets", "again");
    await makeAndKill(small.folder, output, point, 0);
    expect(await setsOf()).toContain(".again.kept");
    const progress = summaries();
    const again = await make("again", { progress });
    expect(progress.found[0]).toMatch(new RegExp(`, ${String(joins)} of the joins from a run before$`));
    expect(await contentOf(again)).toEqual(await contentOf(whole));
    expect(await setsOf()).toEqual(["again", "whole"]);
    await rm(output, { recursive: true });
  });

  it("are read from where they are kept in the run that keeps them, too: the bytes are the same", async () => {
    expect(await contentOf(await make("kept", { checkpointAfter: 0 }))).toEqual(await contentOf(whole));
    await rm(join(small.folder, "sets", "kept"), { recursive: true });
  });

  it("are joined anew where what was kept is damaged, of other inputs, or of joins in another way", async () => {
    const own = await smallProject();
    try {
      const output = join(own.folder, "sets", "out");
      const kept = join(own.folder, "sets", ".out.kept");
      await makeAndKill(own.folder, output, "joined 2", 0);
      await cp(kept, join(own.folder, "saved"), { recursive: true });
      /** How many joins are taken up, once something was done to what was kept. */
      const takenAfter = async (change: (place: string) => Promise<void>, options = {}): Promise<number> => {
        await rm(output, { recursive: true, force: true });
        await cp(join(own.folder, "saved"), kept, { recursive: true });
        const [digest = ""] = await readdir(kept);
        await change(join(kept, digest));
        const progress = summaries();
        await make("out", { progress, ...options }, own);
        expect(await setsOf(own)).toEqual(["out"]);
        return Number(/(\d+) of the joins/.exec(progress.found[0] ?? "")?.[1] ?? 0);
      };
      const nothing = (): Promise<void> => Promise.resolve();
      const flip = async (place: string): Promise<void> => {
        const path = join(place, "unit0.parquet");
        const bytes = await readFile(path);
        bytes[200] = (bytes[200] ?? 0) ^ 1;
        await writeFile(path, bytes);
      };
      expect(await takenAfter(nothing)).toBe(2);
      expect(await takenAfter(flip)).toBe(1);
      expect(await takenAfter((place) => writeFile(join(place, "unit1.json"), "{"))).toBe(1);
      expect(await takenAfter((place) => rm(join(place, "unit1.parquet")))).toBe(1);
      expect(await takenAfter(nothing, { plan: { windows: "range" } })).toBe(0);
      await appendFile(join(own.folder, "data/towns.csv"), "berlin,52.5,\n");
      expect(await takenAfter(nothing)).toBe(0);
    } finally {
      await own.remove();
    }
  });

  it("are not kept where they were quick, too large, or the run fails by itself", async () => {
    const output = join(small.folder, "sets", "quick");
    await makeAndKill(small.folder, output, "fitting and writing");
    expect(await setsOf()).not.toContain(".quick.kept");
    const progress = summaries();
    await make("quick", { checkpointAfter: 0, checkpointLimit: "1KB", progress });
    expect(progress.found[0]).toMatch(/rows$/);
    const controller = new AbortController();
    const aborting: Progress = {
      ...silentProgress,
      start: (name) => {
        if (name === "fitting and writing") controller.abort();
      },
    };
    await expect(
      make("failing", { checkpointAfter: 0, progress: aborting, signal: controller.signal }),
    ).rejects.toMatchObject({ code: "ABORTED" });
    expect((await setsOf()).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("refuses bounds that are none", async () => {
    for (const bounds of [{ checkpointAfter: -1 }, { checkpointAfter: Number.NaN }, { checkpointLimit: "much" }])
      await expect(make("refused", bounds)).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
        hint: expect.any(String) as string,
      });
    expect(await setsOf()).not.toContain("refused");
  });
});
