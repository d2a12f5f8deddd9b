import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execPath } from "node:process";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { connect, type Database } from "../../../src/database/index.ts";
import type { ProjectPlan } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { type ErasableLog, type ErasedKey, readErasedKeys } from "../../../src/featurestore/erase/index.ts";
import { erase, type EraseOptions, type EraseResult } from "../../../src/featurestore/erase/erase.ts";
import { erasedKey } from "../../../src/featurestore/erase/erased-key.ts";
import { forgetErasures, listErasures, standingErasures } from "../../../src/featurestore/erase/erasure-records.ts";
import { makeSecret, secretFile } from "../../../src/featurestore/erase/erasure-secret.ts";
import { rowsOfKey } from "../../../src/featurestore/erase/source-rows.ts";
import { lockHome } from "../../../src/featurestore/home-lock.ts";
import { materialize, type MaterializeResult } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { compactLmdb, LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { OpenedReaders } from "../../../src/opened-readers.ts";
import { laterStore } from "../online/later-store.ts";
import { noon, sampleProject, sampleRows, writeSample } from "../online/sample-project.ts";

const hour = 3_600_000_000;
let folder: string;
let engine: Engine;
let store: LmdbStore;
let database: Database;
beforeAll(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterAll(() => {
  engine.close();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-erase-"));
  await writeSample(folder, sampleRows);
  store = LmdbStore.open({ folder: path.join(folder, "online") });
  database = await connect({ url: `sqlite:${path.join(folder, "tondo.db")}` });
});
afterEach(async () => {
  await store.close();
  await database.close();
  await rm(folder, { recursive: true });
});

async function load(asOf: number, project: ProjectPlan = sampleProject): Promise<MaterializeResult> {
  const erased = (): ReturnType<typeof readErasedKeys> => readErasedKeys(database, folder);
  return materialize({ project, folder, home: folder, store, engine, asOf: BigInt(asOf), erased });
}

async function erases(
  entity: string,
  key: EraseOptions["key"],
  rest: Partial<EraseOptions> = {},
): Promise<EraseResult> {
  return erase({
    ...{ project: sampleProject, folder, home: folder, entity, key, database, store, engine, logs: [], actor: "ops" },
    clock: () => noon + 5 * hour,
    evict: () => undefined,
    ...rest,
  });
}

/** What is served of an airport, and of a route. */
async function served(code: string, at = noon): Promise<readonly unknown[]> {
  const features = createFeatureReader({ project: sampleProject, store });
  const names = ["airport:departures:n_3h", "airport:weather:sky", "airport:place:tz"] as const;
  const { values } = await features.get(names, { airport: code }, { at: BigInt(at) });
  const route = { origin: code, destination: code === "LAX" ? "SFO" : "LAX" };
  const { values: own } = await features.get(["route:traffic:n_3h"], { route }, { at: BigInt(at) });
  return [...names.map((name) => values[name].value), own["route:traffic:n_3h"].value];
}

const records = (result: EraseResult): unknown =>
  result.places.map(({ place, group, generation, before, after }) => [group ?? place, generation ?? 0, before, after]);

describe("erase", () => {
  it("removes a key from every generation of every group of its entity, and proves it", async () => {
    await load(noon - hour);
    await load(noon);
    expect(await served("SFO")).toEqual([3, "clear", "America/Los_Angeles", 2]);
    const others = await served("LAX");
    const before = await erases("airport", "SFO", { dryRun: true });
    expect(before).toMatchObject({ done: false, id: null, found: 4, compacted: null });
    expect(await listErasures(database)).toEqual([]);
    expect(await served("SFO")).toEqual([3, "clear", "America/Los_Angeles", 2]);

    const result = await erases("airport", "SFO");
    expect(result).toMatchObject({ done: true, entity: "airport", by: "ops", at: noon + 5 * hour, found: 4 });
    expect(records(result)).toEqual([
      ["airport:departures", 1, 1, 0],
      ["airport:departures", 2, 1, 0],
      ["airport:place", 1, 1, 0],
      ["airport:weather", 1, 0, 0],
      ["airport:weather", 2, 1, 0],
    ]);
    expect(await served("SFO")).toEqual([0, null, null, 2]);
    expect(await served("LAX")).toEqual(others);
    expect(records(await erases("airport", "SFO", { dryRun: true }))).toEqual(
      (records(result) as unknown[][]).map(([group, generation]) => [group, generation, 0, 0]),
    );
  });

  it("removes the rows that are kept for versions, too", async () => {
    const id = [{ node: "column", type: "float?", name: "delay" }] as const;
    const sources = sampleProject.sources.map((one) => (one.name === "flights" ? { ...one, id } : one));
    const project = { ...sampleProject, sources };
    await load(noon, project);
    const { places } = await erases("airport", "SFO", { project });
    expect(places.find(({ group }) => group === "airport:departures")).toMatchObject({ before: 2, after: 0 });
  });

  it("records that it was done, by whom and when, and not of which key", async () => {
    await load(noon);
    const { id, places } = await erases("airport", "SFO");
    const at = noon + 5 * hour;
    expect(await listErasures(database)).toEqual([
      { id, entity: "airport", by: "ops", begunAt: at, doneAt: at, places, forgotten: null },
    ]);
    const rows = await database.queries.selectFrom("erasures").selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain("SFO");
    expect(rows[0]?.digest).toMatch(/^[0-9a-f]{64}$/);
    expect((await stat(path.join(folder, secretFile))).mode & 0o777).toBe(0o600);
  });

  it("takes keys of several parts and of other kinds, and says what is wrong with one without showing it", async () => {
    await load(noon);
    const { found } = await erases("route", { origin: "SFO", destination: "LAX" });
    expect(found).toBe(1);
    expect(await served("SFO")).toEqual([3, "clear", "America/Los_Angeles", 0]);
    const wrong = [
      erases("airprt", "SFO"),
      erases("route", "SFO"),
      erases("route", { origin: "SFO", destination: null }),
      erases("airport", null),
      erases("airport", 77),
    ];
    for (const each of wrong) await expect(each).rejects.toMatchObject({ code: "KEY_INVALID" });
    await expect(erases("airprt", "SFO")).rejects.toMatchObject({ hint: 'Did you mean "airport"?' });
    await expect(erases("airport", 77)).rejects.not.toThrow(/77/);
    expect(await listErasures(database)).toHaveLength(1);
  });

  it("finds a key in generations that were loaded while it was of another kind", async () => {
    const ofInt = (type: "int" | "string"): ProjectPlan => ({
      ...sampleProject,
      entities: [{ name: "airport", key: [{ name: "gates", type }] }],
      sources: sampleProject.sources
        .filter(({ name }) => name === "airports")
        .map((source) => ({ ...source, columns: { gates: `${type}?`, tz: "string?" } })),
      groups: [
        {
          ...{ entity: "airport", name: "place", source: "airports", reads: ["tz"] },
          key: [{ node: "column", type: `${type}?`, name: "gates" }],
          stored: [{ kind: "column", name: "tz", type: "string?", column: "tz" }],
          features: [],
        },
      ],
    });
    await load(noon, ofInt("int"));
    await load(noon, ofInt("string"));
    expect(records(await erases("airport", "115", { project: ofInt("string") }))).toEqual([
      ["airport:place", 1, 1, 0],
      ["airport:place", 2, 1, 0],
    ]);
    expect((await erases("airport", 9223372036854775807n, { project: ofInt("int") })).found).toBe(2);
  });

  it("says of a key that never was that there was nothing, and remembers it all the same", async () => {
    await load(noon);
    expect(await erases("airport", "nobody")).toMatchObject({ done: true, found: 0, sources: [] });
    // Longer than any store takes.
    expect(await erases("airport", "x".repeat(5000))).toMatchObject({ done: true, found: 0 });
    expect(await standingErasures(database)).toHaveLength(2);
    expect(await served("SFO")).toEqual([3, "clear", "America/Los_Angeles", 2]);
  });

  it("is known to loads, which leave the key out, count it, and are made anew for it", async () => {
    await load(noon);
    await erases("airport", "SFO");
    for (const asOf of [noon, noon + 1]) {
      const { groups } = await load(asOf);
      const counted = groups.map(({ group, status, keys, keysErased }) => [group, status, keys, keysErased]);
      expect(counted).toEqual([
        ["airport:departures", "loaded", 0, 1],
        ["route:traffic", asOf === noon ? "unchanged" : "loaded", 2, undefined],
        ["airport:weather", "loaded", 2, 1],
        ["airport:place", asOf === noon ? "loaded" : "unchanged", 1, 1],
      ]);
      expect(await served("SFO", asOf)).toEqual([0, null, null, asOf === noon ? 2 : 3]);
    }
    const secret = await makeSecret(folder);
    const { bytes } = erasedKey(sampleProject, "airport", "SFO");
    const digest = { entity: "airport", digest: secret.digest("airport", bytes), secret: secret.id };
    expect(await forgetErasures(database, digest, { at: noon, by: "ops" })).toBe(1);
    expect(await forgetErasures(database, digest, { at: noon, by: "ops" })).toBe(0);
    expect((await listErasures(database))[0]?.forgotten).toEqual({ at: noon, by: "ops" });
    await load(noon + 1);
    expect(await served("SFO", noon + 1)).toEqual([4, "not known yet", "America/Los_Angeles", 3]);
  });

  it("refuses loads and erasures where the secret is another one than that of the keys erased before", async () => {
    await load(noon);
    const { id } = await erases("airport", "SFO");
    const secret = await readFile(path.join(folder, secretFile));
    await rm(path.join(folder, secretFile));
    await expect(load(noon + 1)).rejects.toMatchObject({
      code: "ERASURES_UNREADABLE",
      details: { entities: ["airport"] },
    });
    await expect(erases("airport", "LAX")).rejects.toMatchObject({ code: "ERASURES_UNREADABLE" });
    await writeFile(path.join(folder, secretFile), "no secret");
    await expect(load(noon + 1)).rejects.toMatchObject({ code: "ERASURES_UNREADABLE" });
    await writeFile(path.join(folder, secretFile), secret);
    await load(noon + 1);
    await rm(path.join(folder, secretFile));
    await forgetErasures(database, { id: id ?? "" }, { at: noon, by: "ops" });
    await load(noon + 2);
    expect((await served("SFO", noon + 2))[0]).toBe(4);
  });

  it("counts what logs hold and removes it, and fails where something stays", async () => {
    await load(noon);
    let rows = 7;
    const asked: ErasedKey[] = [];
    const log: ErasableLog = {
      name: "served features",
      scan: (key) => Promise.resolve(key.values[0] === "SFO" ? rows : 0),
      erase: (key) => {
        asked.push(key);
        const there = rows;
        rows = 0;
        return Promise.resolve(there);
      },
    };
    const result = await erases("airport", "SFO", { logs: [log] });
    expect(result.found).toBe(10);
    expect(result.places.at(-1)).toEqual({ place: "served features", before: 7, after: 0 });
    expect(asked.map(({ entity, values }) => [entity.name, values])).toEqual([["airport", ["SFO"]]]);
    const stubborn = { ...log, scan: () => Promise.resolve(2) };
    await expect(erases("airport", "LAX", { logs: [stubborn] })).rejects.toMatchObject({
      code: "ERASE_INCOMPLETE",
      message: "the key of airport is still found: served features (2)",
    });
    // It stays begun, and the next one goes on with it.
    const [unfinished] = await listErasures(database);
    expect(unfinished?.doneAt).toBeNull();
    expect((await erases("airport", "LAX")).id).toBe(unfinished?.id);
  });

  it("has nothing given out that readers kept", async () => {
    await load(noon);
    const { store: later, asked } = laterStore(store);
    const cache = { records: 100, bytes: 1 << 20, staleMs: 1_000_000 };
    const readers = new OpenedReaders();
    const features = readers.add(createFeatureReader({ project: sampleProject, store: later, cache }));
    readers.add(createFeatureReader({ project: sampleProject, store: later, cache }));
    const read = async (): Promise<unknown> =>
      (await features.get(["airport:place:tz"], { airport: "SFO" }, { at: BigInt(noon) })).values["airport:place:tz"]
        .value;
    expect([await read(), await read(), asked.length]).toEqual(["America/Los_Angeles", "America/Los_Angeles", 1]);
    // What is in force lacks a group that the reader has, and has one that the reader does not know: another process has applied it.
    const groups = sampleProject.groups
      .filter(({ name }) => name !== "place")
      .map((group) => (group.name === "weather" ? { ...group, name: "fresh" } : group));
    const { places } = await erases("airport", "SFO", {
      project: { ...sampleProject, groups },
      evict: () => {
        readers.evictKey("airport", "SFO");
      },
    });
    expect(places.map(({ after }) => after)).toEqual([0, 0, 0]);
    expect([await read(), await read(), asked.length]).toEqual([null, null, 2]);
    // By the definitions in force the key is a number, or of an entity that the reader does not know: none of those is kept here.
    features.evictKey("airprt", 1);
    expect([await read(), asked.length]).toEqual([null, 2]);
    features.evictKey("airport", 77);
    expect([await read(), asked.length]).toEqual([null, 3]);
  });

  it(
    "is refused while the home is loaded, and ends the same where it is killed anywhere",
    { timeout: 120_000 },
    async () => {
      await load(noon - hour);
      await load(noon);
      {
        using _lock = lockHome(folder, "materialize");
        await expect(erases("airport", "SFO")).rejects.toMatchObject({ code: "HOME_BUSY" });
        expect((await erases("airport", "SFO", { dryRun: true })).found).toBe(4);
      }
      await store.close();
      await database.close();
      const script = path.join(import.meta.dirname, "erase-and-die.ts");
      const copies = await Promise.all(
        [0, 1, 2, 3, 4, 5].map(async (at) => {
          const copy = path.join(folder, `killed ${String(at)}`);
          await cp(path.join(folder, "online"), path.join(copy, "online"), { recursive: true });
          await writeSample(copy, sampleRows);
          const child = spawn(execPath, [script, copy, String(at)], { stdio: ["ignore", "inherit", "inherit"] });
          const [exit] = (await once(child, "exit")) as [number | null];
          return { copy, exit };
        }),
      );
      const states: string[] = [];
      for (const { copy, exit } of copies) {
        store = LmdbStore.open({ folder: path.join(copy, "online") });
        database = await connect({ url: `sqlite:${path.join(copy, "tondo.db")}` });
        const rest = { home: copy, folder: copy };
        const [left] = await listErasures(database);
        const { found } = await erases("airport", "SFO", { ...rest, dryRun: true });
        const began = left === undefined ? "not begun" : left.doneAt === null ? "begun" : "done";
        states.push(`${began} ${String(found)} ${exit === 0 ? "ended" : "killed"}`);
        const again = await erases("airport", "SFO", rest);
        expect(again.places.every(({ after }) => after === 0)).toBe(true);
        expect(await served("SFO")).toEqual([0, null, null, 2]);
        // The one that was begun has been gone on with.
        expect((await listErasures(database)).map(({ doneAt }) => doneAt === null)).toEqual(
          exit === 0 ? [false, false] : [false],
        );
        await store.close();
        await database.close();
      }
      store = LmdbStore.open({ folder: path.join(folder, "online") });
      database = await connect({ url: "sqlite::memory:" });
      expect(states).toEqual([
        "not begun 4 killed",
        "begun 4 killed",
        "begun 2 killed",
        "begun 1 killed",
        "begun 0 killed",
        "done 0 ended",
      ]);
    },
  );

  it("leaves no byte of the key in the file that compaction makes, and every other record as it was", async () => {
    const long = "a-key-that-is-found-in-a-file-by-its-bytes";
    await writeSample(folder, {
      ...sampleRows,
      airports: [[long, "Secret/Zone", "1"], ...(sampleRows.airports ?? [])],
    });
    await load(noon - hour);
    await load(noon);
    await erases("airport", long);
    const others = await served("SFO");
    const data = path.join(folder, "online", "data.mdb");
    await store.close();
    const { bytesBefore, bytesAfter } = await compactLmdb(path.join(folder, "online"));
    const file = await readFile(data);
    expect([file.includes(long), file.includes("Secret/Zone"), file.includes("America/Los_Angeles")]).toEqual([
      false,
      false,
      true,
    ]);
    expect(bytesAfter).toBe(file.length);
    expect(bytesAfter).toBeLessThan(bytesBefore);
    expect((await readdir(path.join(folder, "online"))).sort()).toEqual(["data.mdb"]);
    store = LmdbStore.open({ folder: path.join(folder, "online") });
    expect(await served("SFO")).toEqual(others);
    await load(noon + 1);
    expect((await served("SFO", noon + 1))[0]).toBe(4);
  });

  it("refuses to compact what another process has open", async () => {
    await load(noon);
    await store.close();
    const script = path.join(import.meta.dirname, "hold-store.ts");
    const child = spawn(execPath, [script, path.join(folder, "online")], { stdio: ["pipe", "pipe", "inherit"] });
    try {
      await once(child.stdout, "data");
      await expect(compactLmdb(path.join(folder, "online"))).rejects.toMatchObject({
        code: "HOME_BUSY",
        details: { processes: [child.pid] },
      });
    } finally {
      child.stdin.end();
      await once(child, "exit");
    }
    await compactLmdb(path.join(folder, "online"));
    store = LmdbStore.open({ folder: path.join(folder, "online") });
    expect(await served("SFO")).toEqual([3, "clear", "America/Los_Angeles", 2]);
  });
});

describe("rowsOfKey", () => {
  it("finds every row of a key in the files of sources, as plain counting does", async () => {
    const [flights, weather] = sampleProject.sources;
    if (flights === undefined || weather === undefined) throw new Error("the sample has no flights");
    const code = fc.constantFrom("A", "B", "a'b", "");
    const files = fc.array(fc.array(fc.tuple(code, code), { maxLength: 5 }), { minLength: 1, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(files, code, code, async (rows, origin, destination) => {
        for (const name of await readdir(folder)) if (name.endsWith(".csv")) await rm(path.join(folder, name));
        await writeSample(folder, {});
        for (const [i, own] of rows.entries()) {
          const lines = own.map(
            (parts) => `${parts.map((part) => `"${part}"`).join(",")},,2001-06-20T12:00:00.000000Z`,
          );
          await writeFile(
            path.join(folder, `flights-${String(i)}.csv`),
            ["origin,destination,delay,at", ...lines, ""].join("\n"),
          );
        }
        const expected = (fits: (parts: readonly [string, string]) => boolean): unknown =>
          rows.flatMap((own, i) => {
            const fitting = own.filter(fits).length;
            return fitting === 0 ? [] : [{ path: `flights-${String(i)}.csv`, rows: fitting }];
          });
        const found = async (entity: string, key: EraseOptions["key"]): Promise<unknown> => {
          const given = erasedKey(sampleProject, entity, key);
          const sources = await rowsOfKey(given, { project: sampleProject, folder, engine });
          expect(sources.every(({ source, unread }) => source === "flights" && unread.length === 0)).toBe(true);
          return sources[0]?.files ?? [];
        };
        expect(await found("airport", origin)).toEqual(expected(([from]) => from === origin));
        expect(await found("route", { origin, destination })).toEqual(
          expected(([from, to]) => from === origin && to === destination),
        );
      }),
      { numRuns: Number(process.env["TONDO_RUNS"] ?? 6), seed: Number(process.env["TONDO_SEED"] ?? 60701) },
    );
  });

  it("says what it could not look through, and looks through the rest", async () => {
    await rm(path.join(folder, "weather.csv"));
    const key = erasedKey(sampleProject, "airport", "SFO");
    const [flights, ...rest] = await rowsOfKey(key, { project: sampleProject, folder, engine });
    expect(flights).toEqual({ source: "flights", files: [{ path: "flights.csv", rows: 4 }], unread: [] });
    expect(rest).toEqual([
      { source: "weather", files: [], unread: [expect.stringMatching(/^SOURCE_MISSING: /) as string] },
      { source: "airports", files: [{ path: "airports.csv", rows: 1 }], unread: [] },
    ]);
  });
});
