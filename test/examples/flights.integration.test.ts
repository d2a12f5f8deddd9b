import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runFlights, type Summary } from "../../examples/flights/pipeline.ts";
import { silentProgress } from "../../src/core/index.ts";
import { loadProject, readColumns, runDefinitionTests } from "../../src/featurestore/index.ts";
import { LmdbStore } from "../../src/lmdb.ts";

describe("the main job on three million flights", () => {
  let folder: string;
  let first: Summary;
  let again: Summary;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-flights-"));
    await copyFile(new URL("../../examples/flights/features.tondo", import.meta.url), join(folder, "features.tondo"));
    first = await runFlights({ folder, progress: silentProgress, dump: folder });
    again = await runFlights({ folder, progress: silentProgress });
  }, 400_000);

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it("has tests that hold on every path", async () => {
    const { plan, tests } = await loadProject(folder);
    const openStore = (place: string): LmdbStore => LmdbStore.open({ folder: place });
    const results = await runDefinitionTests({ plan, tests, openStore });
    expect(results.map(({ diagnostics }) => diagnostics)).toEqual([[], []]);
  });

  it("serves a thousand vectors identical to the training path's", () => {
    expect(first.consistency).toEqual({ checked: 1000, identical: 1000 });
    expect(first.requests.differences).toEqual([]);
    expect(first.requests.distinctKeys).toBeGreaterThanOrEqual(500);
    expect(first.requests.present).toBeGreaterThanOrEqual(0.9);
  });

  it("streams the last day and serves what training has of it, in each hour", () => {
    const { events, consistency, differences, watched } = first.lastDay;
    expect(events).toBe(first.flights.lastDay);
    expect(events).toBeGreaterThan(10_000);
    expect(differences).toEqual([]);
    expect(consistency).toEqual({ checked: 1000, identical: 1000 });
    expect(watched.map(({ moments }) => new Set(moments.map(({ delayMinutes }) => delayMinutes)).size)).toEqual([
      5, 5, 5,
    ]);
    // Just behind the load, as the load serves it.
    const [city] = first.predictions;
    const same = watched.find(({ origin, destination }) => origin === city?.origin && destination === city.destination);
    expect(same?.moments[0]?.delayMinutes).toBe(city?.delayMinutes);
  });

  it("trains on at least 300,000 rows and accounts for each left row", () => {
    const { rows, counts } = first.trainingSet;
    expect(counts["train"]).toBeGreaterThanOrEqual(300_000);
    expect(Object.values(counts).reduce((a, b) => a + b, 0)).toBe(rows);
  });

  it("has models for at least 60 cities that beat both baselines", () => {
    for (const { byLevel, holdout, baselines } of first.models) {
      expect(byLevel["city"]).toBeGreaterThanOrEqual(60);
      const metric = "rmse" in holdout ? "rmse" : "log_loss";
      expect(holdout[metric]).toBeLessThan(baselines.mean[metric] ?? 0);
      expect(holdout[metric]).toBeLessThan(baselines.originMean[metric] ?? 0);
    }
  });

  it("shows a prediction answered at each level, with a reason for each level skipped", () => {
    expect(first.predictions.map(({ level }) => level)).toEqual(["city", "state", "country", "global"]);
    expect(first.predictions.map(({ why }) => why.length)).toEqual([0, 1, 2, first.predictions[3]?.partition.length]);
  });

  it("makes no duplicate of what did not change", () => {
    expect(again.trainingSet.made).toBe(false);
    expect(again.models.map(({ newVersions }) => newVersions)).toEqual([0, 0]);
    expect(new Set(again.materialized.map(({ status }) => status))).toEqual(new Set(["unchanged"]));
    expect(again.consistency).toEqual(first.consistency);
    expect(again.predictions).toEqual(first.predictions);
    expect(again.lastDay.consistency).toEqual(first.lastDay.consistency);
    const seen = ({ lastDay }: Summary): unknown =>
      lastDay.watched.map(({ moments }) => moments.map(({ at: _, ...moment }) => moment));
    expect(seen(again)).toEqual(seen(first));
  });

  it("dumps requests and both vectors", async () => {
    const slot = async (file: string): Promise<Float64Array | undefined> =>
      (await readColumns({ path: join(folder, file), numbers: ["out_delay_7d"] })).numbers.get("out_delay_7d");
    const [trained, served] = [await slot("trained.parquet"), await slot("served.parquet")];
    expect(trained).toHaveLength(1000);
    expect(served).toEqual(trained);
    expect(await slot("last-day-served.parquet")).toEqual(await slot("last-day-trained.parquet"));
  });
});
