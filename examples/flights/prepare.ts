import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import tzLookup from "@photostructure/tz-lookup";
import {
  canonicalJson,
  type Progress,
  silentProgress,
  syncFolder,
  temporaryBeside,
  TondoError,
  writeFileAtomic,
} from "../../src/core/index.ts";
import { Engine } from "../../src/featurestore/duckdb/index.ts";
import {
  addZones,
  countRows,
  makeFlights,
  makeOffsets,
  readInputs,
  selectAirports,
  selectDepartures,
  selectFlights,
  selectLastDay,
  writeOutput,
} from "./prepare-sql.ts";

/** Rows read, dropped and written. */
export interface PreparedCounts {
  /** Rows of the flights' file. */
  readonly read: number;
  /** Of them dropped as data errors: more than an hour early. */
  readonly dropped: number;
  /** All others. */
  readonly flights: number;
  /** Of them those of the last day, which come as events. */
  readonly lastDay: number;
  readonly airports: number;
  /** Flights of June 2001 (UTC): the left rows. */
  readonly departures: number;
}

/** Where the example's data lie. */
export interface Prepared {
  /** The folder that holds the four files, absolute. */
  readonly folder: string;
  /** All flights but those of the last day. */
  readonly flights: string;
  /** The flights of the last day, in the order in which they land. */
  readonly lastDay: string;
  readonly airports: string;
  readonly departures: string;
  readonly counts: PreparedCounts;
  /** Whether all was there from an earlier run with the same inputs and the same code. */
  readonly reused: boolean;
}

/** How to prepare. */
export interface PrepareOptions {
  /** A cache, made if absent; the definitions look for it as `data` in the project's folder. */
  readonly folder: string;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

interface Stamp {
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
  readonly counts: PreparedCounts;
}

const stampName = "prepared.json";
const names = ["flights.parquet", "last-day.parquet", "airports.csv", "departures.parquet"] as const;

/**
 * Makes the example's data from the installed packages `vega-datasets` and `@photostructure/tz-lookup`: local clock
 * times become UTC by the origin's zone, each flight gets a number and the moment of its landing, errors of the data are dropped. The last day is
 * written apart: it comes as events.
 * The same inputs give the same bytes; what is there already is verified by its SHA-256 and kept.
 *
 * @throws TondoError `SOURCE_MISSING` where a package is not installed; `SOURCE_CHANGED` where it holds other data than
 *   this was written for; `ABORTED`
 * @example `const { departures } = await prepareFlights({ folder: ".tondo/flights/data" })`
 */
export async function prepareFlights(options: PrepareOptions): Promise<Prepared> {
  const { progress = silentProgress, signal } = options;
  const folder = resolve(options.folder);
  progress.start("prepare flights", 5);
  const sources = locate();
  const inputs = await digests(sources);
  const found = await readStamp(folder, inputs);
  if (found !== undefined) {
    progress.finish(`${String(found.counts.flights)} flights, already there`);
    return { ...prepared(folder), counts: found.counts, reused: true };
  }
  await mkdir(folder, { recursive: true });
  // Files that are about to be replaced one by one must not go by the old stamp.
  await rm(join(folder, stampName), { force: true });
  const engine = await Engine.open({ memory: "1GB", threads: 2 });
  try {
    const run = (sql: string): Promise<void> => engine.run(sql, "preparing the flights", signal);
    for (const sql of readInputs(sources.flights, sources.airports)) await run(sql);
    progress.update(1);
    for (const sql of addZones(await zonesOf(engine))) await run(sql);
    await run(makeOffsets);
    progress.update(2);
    await run(makeFlights);
    progress.update(3);
    const paths = prepared(folder);
    await writeQuery(run, selectFlights, paths.flights);
    progress.update(4);
    await writeQuery(run, selectLastDay, paths.lastDay);
    await writeQuery(run, selectAirports, paths.airports);
    await writeQuery(run, selectDepartures, paths.departures);
    const counts = await countAll(engine, countRows({ ...paths }));
    const written = await digests(Object.fromEntries(names.map((name) => [name, join(folder, name)])));
    await writeFileAtomic(
      join(folder, stampName),
      `${canonicalJson({ inputs, outputs: written, counts: { ...counts } })}\n`,
    );
    progress.finish(`${String(counts.flights)} flights, ${String(counts.dropped)} data errors dropped`);
    return { ...prepared(folder), counts, reused: false };
  } finally {
    engine.close();
  }
}

function prepared(folder: string): Omit<Prepared, "counts" | "reused"> {
  return {
    folder,
    flights: join(folder, "flights.parquet"),
    lastDay: join(folder, "last-day.parquet"),
    airports: join(folder, "airports.csv"),
    departures: join(folder, "departures.parquet"),
  };
}

/** All that the outputs depend on: data, zones, and this code with the engine it was made for. */
function locate(): { readonly flights: string; readonly airports: string } & Readonly<Record<string, string>> {
  try {
    const data = new URL("../data/", import.meta.resolve("vega-datasets"));
    return {
      flights: fileURLToPath(new URL("flights-3m.parquet", data)),
      airports: fileURLToPath(new URL("airports.csv", data)),
      zones: fileURLToPath(import.meta.resolve("@photostructure/tz-lookup")),
      engine: fileURLToPath(new URL("../package.json", import.meta.resolve("@duckdb/node-api"))),
      code: fileURLToPath(import.meta.url),
      sql: fileURLToPath(new URL("prepare-sql.ts", import.meta.url)),
    };
  } catch (error) {
    throw new TondoError("SOURCE_MISSING", "a package with the example's data is not installed", {
      hint: "Run npm ci: vega-datasets and @photostructure/tz-lookup are development dependencies.",
      cause: error,
    });
  }
}

async function digests(files: Readonly<Record<string, string>>): Promise<Readonly<Record<string, string>>> {
  const entries: [string, string][] = [];
  for (const [name, path] of Object.entries(files)) {
    try {
      entries.push([
        name,
        createHash("sha256")
          .update(await readFile(path))
          .digest("hex"),
      ]);
    } catch (error) {
      throw new TondoError("SOURCE_MISSING", `"${path}" cannot be read`, {
        where: path,
        hint: "Run npm ci to install the packages anew.",
        cause: error,
      });
    }
  }
  return Object.fromEntries(entries);
}

/** The stamp of an earlier run, if it is of these inputs and its files are as it left them. */
async function readStamp(folder: string, inputs: Stamp["inputs"]): Promise<Stamp | undefined> {
  try {
    const stamp = JSON.parse(await readFile(join(folder, stampName), "utf8")) as Stamp;
    if (canonicalJson(stamp.inputs) !== canonicalJson(inputs)) return undefined;
    const present = await digests(Object.fromEntries(names.map((name) => [name, join(folder, name)])));
    return canonicalJson(present) === canonicalJson(stamp.outputs) ? stamp : undefined;
  } catch {
    // Absent or damaged is all the same: the files are made anew.
    return undefined;
  }
}

async function zonesOf(engine: Engine): Promise<ReadonlyMap<string, string>> {
  const rows = await engine.rows("select airport, latitude, longitude from raw_airports", "reading the airports");
  return new Map(
    rows.map(({ airport, latitude, longitude }) => [String(airport), tzLookup(Number(latitude), Number(longitude))]),
  );
}

async function countAll(engine: Engine, query: string): Promise<PreparedCounts> {
  const [row] = await engine.rows(query, "counting the flights");
  const count = (name: keyof PreparedCounts): number => Number(row?.[name]);
  const [read, dropped, flights] = [count("read"), count("dropped"), count("flights")];
  if (flights !== read - dropped) {
    throw new TondoError("SOURCE_CHANGED", `${String(read - dropped - flights)} flights have no known origin or time`, {
      hint: "Install vega-datasets 3.2.1, which this example was written for.",
    });
  }
  const [lastDay, airports, departures] = [count("lastDay"), count("airports"), count("departures")];
  return { read, dropped, flights, lastDay, airports, departures };
}

async function writeQuery(run: (sql: string) => Promise<void>, query: string, path: string): Promise<void> {
  const temporary = temporaryBeside(path);
  try {
    await run(writeOutput(query, temporary, path.endsWith(".csv") ? "csv" : "parquet"));
    const file = await open(temporary, "r");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
