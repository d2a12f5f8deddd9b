import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Engine, makeTrainingSet, type TrainingSet } from "../../../../src/featurestore/index.ts";
import { givenRows, smallProject, type SmallProject } from "../small-project.ts";

let small: SmallProject;
beforeAll(async () => {
  small = await smallProject();
});
afterAll(() => small.remove());
afterEach(() => {
  vi.restoreAllMocks();
});

/** Makes a set of 100,000 rows. */
function make(signal: AbortSignal): Promise<TrainingSet> {
  const vector = small.project.plan.vectors.find(({ name }) => name === "eta");
  if (vector === undefined) throw new Error("no vector");
  const given = givenRows(small.left);
  const rows = Array.from({ length: 100_000 }, (_, i) => given[i % given.length] ?? {});
  const output = join(small.folder, "sets", "out");
  return makeTrainingSet({ vector, rows, folder: small.folder, output, checkpointAfter: 0, signal });
}

/** Aborts as soon as an engine is asked to do this, and says when. */
function abortAt(stage: string): { readonly signal: AbortSignal; readonly at: () => number } {
  const controller = new AbortController();
  let at = Number.NaN;
  const seen = (doing: string): void => {
    if (doing !== stage || controller.signal.aborted) return;
    setImmediate(() => {
      at = performance.now();
      controller.abort();
    });
  };
  const { run, chunks, load } = Engine.prototype;
  vi.spyOn(Engine.prototype, "run").mockImplementation(function (this: Engine, ...given) {
    seen(given[1]);
    return run.apply(this, given);
  });
  vi.spyOn(Engine.prototype, "chunks").mockImplementation(function (this: Engine, ...given) {
    seen(given[1]);
    return chunks.apply(this, given);
  });
  vi.spyOn(Engine.prototype, "load").mockImplementation(function (this: Engine, ...given) {
    seen(given[3]);
    return load.apply(this, given);
  });
  return { signal: controller.signal, at: () => at };
}

describe("an interrupt of a training set ends it soon and leaves nothing", () => {
  it.each([
    "reading the training rows",
    "joining store:kitchen",
    "keeping store:kitchen",
    "joining store:profile",
    "labelling rows",
    "fitting",
    "writing train.parquet",
  ])("while %s", async (stage) => {
    const { signal, at } = abortAt(stage);
    await expect(make(signal)).rejects.toMatchObject({ code: "ABORTED" });
    expect(performance.now() - at()).toBeLessThan(10_000);
    expect(await readdir(join(small.folder, "sets"))).toEqual([]);
  });
});
