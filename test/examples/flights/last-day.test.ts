import { copyFile, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LastDay, playLastDay } from "../../../examples/flights/last-day.ts";
import { levels, minRows } from "../../../examples/flights/pipeline.ts";
import { type Prepared, prepareFlights } from "../../../examples/flights/prepare.ts";
import { lastDayFrom } from "../../../examples/flights/prepare-sql.ts";
import type { TondoProject } from "../../../examples/flights/tondo.d.ts";
import { type Progress, silentProgress } from "../../../src/core/index.ts";
import { readColumns, type TrainingSet } from "../../../src/featurestore/index.ts";
import { Engine, sqlText } from "../../../src/featurestore/duckdb/index.ts";
import { linearTrainer, logisticTrainer, open, type Tondo } from "../../../src/index.ts";

/** A few airports, and the last ten days of June: as good as all of it, and much faster. */
const airports = ["ATL", "BOS", "LAX", "ORD", "LGA", "LAS", "DFW", "PHX"];
const since = "2001-06-21";

let home: string;
let prepared: Prepared;
let tondo: Tondo<TondoProject>;
let set: TrainingSet;
let first: LastDay;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "tondo-last-day-"));
  prepared = await fewFlights(await prepareFlights({ folder: join(home, "all") }), join(home, "data"));
  await copyFile(new URL("../../../examples/flights/features.tondo", import.meta.url), join(home, "features.tondo"));
  tondo = await open<TondoProject>({ folder: home });
  await tondo.apply();
  set = await tondo.trainingSet({
    vector: "flight_delay",
    rows: "data/departures.parquet",
    split: {
      train: { to: "2001-06-29T00:00:00Z" },
      holdout: { from: "2001-06-29T00:00:00Z", to: lastDayFrom },
    },
    carry: levels.map(({ column }) => column),
    knowledge: "declared",
    output: "training/flight_delay",
  });
  const models = [
    { model: "flight_delay", label: "delay", trainer: linearTrainer },
    { model: "flight_late", label: "late", trainer: logisticTrainer },
  ] as const;
  for (const model of models) await tondo.train({ set, ...model, levels, minRows, tag: "champion" });
  first = await playLastDay({ tondo, set, prepared, dump: home, progress: silentProgress });
}, 120_000);

afterAll(async () => {
  await tondo.close();
  await rm(home, { recursive: true, force: true });
});

/** The flights between a few airports as if there were no others. */
async function fewFlights(all: Prepared, folder: string): Promise<Prepared> {
  await mkdir(folder);
  const few = airports.map(sqlText).join(", ");
  const engine = await Engine.open({ threads: 2 });
  const copy = (name: string, from: string, time: string): Promise<void> =>
    engine.run(
      `copy (select * from read_parquet(${sqlText(from)}) where origin in (${few}) and destination in (${few}) and ${time} >= timestamp '${since}')
        to ${sqlText(join(folder, name))} (format parquet)`,
      "taking a few flights",
    );
  try {
    await copy("flights.parquet", all.flights, "departed_at");
    await copy("last-day.parquet", all.lastDay, "departed_at");
    await copy("departures.parquet", all.departures, '"at"');
    await copyFile(all.airports, join(folder, "airports.csv"));
    const [row] = await engine.rows(
      `select count(*)::int as n from read_parquet(${sqlText(join(folder, "last-day.parquet"))})`,
      "counting flights",
    );
    const path = (name: string): string => join(folder, name);
    return {
      ...{ folder, flights: path("flights.parquet"), lastDay: path("last-day.parquet"), reused: false },
      ...{ airports: path("airports.csv"), departures: path("departures.parquet") },
      counts: { ...all.counts, lastDay: Number(row?.["n"]) },
    };
  } finally {
    engine.close();
  }
}

/** What was seen of the watched departures; when exactly within a second is another matter. */
function seen({ watched }: LastDay): unknown {
  return watched.map(({ moments, ...departure }) => ({
    ...departure,
    moments: moments.map((moment) => ({ ...moment, at: moment.at.slice(0, 13) })),
  }));
}

describe("the last day", () => {
  it("comes as events, each flight of it, and none of another", () => {
    expect(first.events).toBe(prepared.counts.lastDay);
    expect(first.events).toBeGreaterThan(300);
  });

  it("serves what training has of it, before and behind each hour's flights", () => {
    expect(first.differences).toEqual([]);
    expect(first.consistency).toEqual({ checked: 1000, identical: 1000 });
  });

  it("changes features, and predictions follow", () => {
    expect(first.watched.map(({ origin }) => origin)).toEqual(["ATL", "BOS", "LAX"]);
    for (const { moments } of first.watched) {
      expect(moments.map(({ at }) => at.slice(11, 13))).toEqual(["18", "21", "00", "03", "06"]);
      const different = (of: (one: (typeof moments)[number]) => number | null): number => new Set(moments.map(of)).size;
      expect(different(({ outDelay }) => outDelay)).toBe(5);
      expect(different(({ inDelay }) => inDelay)).toBe(5);
      expect(different(({ delayMinutes }) => delayMinutes)).toBe(5);
      expect(different(({ lateProbability }) => lateProbability)).toBe(5);
    }
  });

  it("dumps what was asked with the moments, and both vectors", async () => {
    const read = async (file: string): Promise<Float64Array | undefined> =>
      (await readColumns({ path: join(home, file), numbers: ["out_delay_3h"] })).numbers.get("out_delay_3h");
    const trained = await read("last-day-trained.parquet");
    expect(trained).toHaveLength(1000);
    expect(await read("last-day-served.parquet")).toEqual(trained);
    const { texts } = await readColumns({ path: join(home, "last-day-requests.parquet"), numbers: [], texts: ["at"] });
    // Each hour of the day twice: flights have landed and nobody knows, and they count.
    expect(new Set(texts.get("at")?.map((at) => at?.slice(0, 13))).size).toBe(24);
  });

  it("is the same when it is played again, also after it was interrupted", async () => {
    const interrupted = new AbortController();
    const progress: Progress = {
      ...silentProgress,
      update: (hours) => {
        if (hours === 5) interrupted.abort();
      },
    };
    const { signal } = interrupted;
    await expect(playLastDay({ tondo, set, prepared, progress, signal })).rejects.toMatchObject({ code: "ABORTED" });
    const again = await playLastDay({ tondo, set, prepared, progress: silentProgress });
    expect(again.events).toBe(first.events);
    expect(again.consistency).toEqual(first.consistency);
    expect(seen(again)).toEqual(seen(first));
  }, 60_000);
});
