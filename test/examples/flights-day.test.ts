import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkConsistency } from "../../examples/flights/consistency.ts";
import type { Prepared } from "../../examples/flights/prepare.ts";
import { serveDay } from "../../examples/flights/serve-day.ts";
import { SimulatedClock } from "../../examples/flights/simulated-clock.ts";
import type { TondoProject } from "../../examples/flights/tondo.d.ts";
import { trainedVectors } from "../../examples/flights/trained-vectors.ts";
import { silentProgress, toMicros } from "../../src/core/index.ts";
import { compile, parseProject } from "../../src/dsl/index.ts";
import { Engine, sqlText } from "../../src/featurestore/duckdb/index.ts";
import type { TrainingSet } from "../../src/featurestore/index.ts";
import type { Tondo } from "../../src/index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-flights-day-"));
});
afterEach(() => rm(folder, { recursive: true }));

const midnight = "2001-06-30T00:00:00Z";
const from = toMicros(midnight, "from");
const hour = 3_600_000_000;

describe("a day of flights", () => {
  const serve = async (...landed: readonly number[]): Promise<number> => {
    const file = join(folder, "landings.ndjson");
    await writeFile(file, "");
    // Each line counts at once.
    const partition = (): object => ({
      applied: readFileSync(file, "utf8").split("\n").length - 1,
      dead: 0,
      waiting: 0,
    });
    const stream = {
      get metrics() {
        return { partitions: [partition()] };
      },
      failed: new Promise<never>(() => undefined),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
    const { events } = await serveDay({
      ...{ from, file, requests: [], watched: [], progress: silentProgress, clock: new SimulatedClock(midnight) },
      live: { stream: () => Promise.resolve(stream) } as unknown as Tondo<TondoProject>,
      landings: landed.map((hours) => ({ landedAt: from + hours * hour, event: "{}" })),
    });
    return events;
  };

  it("is served with all that land on it", async () => {
    expect(await serve(0.5, 1, 23, 24)).toBe(4);
  });

  it("is not served where one lands behind it", async () => {
    await expect(serve(0.5, 24.5)).rejects.toMatchObject({
      code: "INTERNAL",
      message: "1 of 2 flights of the last day did not land on it",
    });
  });
});

describe("vectors that are compared", () => {
  const { plan } = compile(
    parseProject([
      {
        path: "flights.tondo",
        text: `entity airport (code: string)
events flights { csv "flights.csv" at at columns (origin: string, at: timestamp) }
group airport:departures from flights by origin { n_3h = count() over 3h }
vector v { key origin: airport
  n = @airport:departures:n_3h[origin] }`,
      },
    ]),
    new Map(),
  );
  const [vector] = plan?.vectors ?? [];
  if (plan === undefined || vector === undefined) throw new Error("no vector");
  const set = { manifest: { vector: { name: "v", plan: vector }, fitted: {} } } as unknown as TrainingSet;
  const departure = { origin: "SFO", destination: "LAX", distance: 5, partition: [] };
  const opened = { catalog: { project: () => Promise.resolve(plan) } };
  beforeEach(() => writeFile(join(folder, "flights.csv"), `origin,at\nSFO,${midnight}\n`));

  it("are not computed once that was interrupted", async () => {
    const tondo = { ...opened, folder } as unknown as Tondo<TondoProject>;
    const compute = (signal?: AbortSignal): Promise<unknown> =>
      trainedVectors(tondo, folder, set, [{ departure, at: "2001-06-30T01:00:00Z", slots: {} }], signal);
    expect(await compute()).toMatchObject({ rows: [[1]] });
    await expect(compute(AbortSignal.abort())).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("are not asked for any more once that was interrupted", async () => {
    const engine = await Engine.open({ threads: 1 });
    const departures = join(folder, "departures.parquet");
    await engine.run(
      `copy (select 'SFO' as origin, 'LAX' as destination, 5 as distance, 'USA' as origin_country, 'CA' as origin_state, 'SF' as origin_city) to ${sqlText(departures)} (format parquet)`,
      "writing",
    );
    engine.close();
    const interrupt = new AbortController();
    let asked = 0;
    const predict = (): Promise<unknown> => {
      if (++asked === 3) interrupt.abort();
      return Promise.resolve({ vector: { n: 1 }, features: {} });
    };
    const check = (): Promise<unknown> =>
      checkConsistency({
        tondo: { ...opened, folder, predict } as unknown as Tondo<TondoProject>,
        prepared: { departures } as Prepared,
        ...{ set, at: "2001-06-30T01:00:00Z", progress: silentProgress, signal: interrupt.signal },
      });
    await expect(check()).rejects.toMatchObject({ code: "ABORTED" });
    expect(asked).toBe(3);
    await expect(check()).rejects.toMatchObject({ code: "ABORTED" });
    expect(asked).toBe(3);
  });
});
