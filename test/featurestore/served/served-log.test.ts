import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Value } from "../../../src/core/index.ts";
import { vectorFingerprint } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import type { VectorAnswerLog } from "../../../src/featurestore/online/index.ts";
import {
  type Served,
  servedColumns,
  servedFolder,
  ServedLog,
  servedOf,
  type ServedOptions,
} from "../../../src/featurestore/served/index.ts";
import { loadParquet } from "../../../src/featurestore/served/parquet-module.ts";
import { lasting, readServed } from "./read-served.ts";
import { randomNumbers } from "../../dsl/random-numbers.ts";
import { wideAnswer, type WideAnswer, wideVector } from "./wide-vector.ts";

const rows = Number(process.env["TONDO_RUNS"] ?? 300);
const dayMicros = 86_400_000_000;
const start = Date.UTC(2026, 10, 22, 23, 59, 58) * 1000 + 1;

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterAll(() => {
  engine.close();
});

let home: string;
let now = start;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tondo-served-"));
  now = start;
});
afterEach(async () => {
  await rm(home, { recursive: true });
});

const openEngine = (): Promise<Engine> => Promise.resolve(lasting(engine));

const openLog = (options: Partial<ServedOptions> = {}): Promise<ServedLog> =>
  ServedLog.open(home, { rate: 1, ...options }, () => now);
const servedWith = (log?: ServedLog): Served => servedOf({ home, clock: () => now, openEngine, log });

const columns = servedColumns(wideVector);
const readAll = async (served: Served): Promise<ReadonlyMap<string, Readonly<Record<string, Value>>>> =>
  readServed(
    engine,
    (await served.list()).days.flatMap(({ files }) => files),
    columns,
  );

async function logged(log: ServedLog, answer: WideAnswer): Promise<string> {
  const id = await log.vector(wideVector).add(answer.served);
  if (id === undefined) throw new Error("there was no room");
  return id;
}

describe("the log of what was served", () => {
  it("says to the bit what was answered: values of all kinds, keys, inputs, slots and scores, over midnight", async () => {
    const random = randomNumbers(6);
    const said = new Map<string, Readonly<Record<string, Value>>>();
    await using log = await openLog({ sealBytes: 150_000 });
    for (let i = 0; i < rows; i++) {
      now += Math.ceil(4_000_000 / rows);
      const answer = wideAnswer(random, start - i * 3_600_000_001);
      said.set(await logged(log, answer), { ...answer.said, logged_at: now });
      if (i % 100 === 0) await log.flush();
    }
    const served = servedWith(log);
    const compacted = await served.compact();
    expect(compacted.rows).toBe(rows);
    expect(compacted.files.map(({ day }) => day)).toEqual(["2026-11-22", "2026-11-23"]);
    const found = await readAll(served);
    expect(found.size).toBe(rows);
    const fingerprint = vectorFingerprint(wideVector);
    for (const [id, own] of said) {
      const row = found.get(id) ?? {};
      expect(Object.keys(row)).toEqual(columns.map(({ name }) => name));
      for (const { name } of columns) {
        if (name === "request_id" || name === "fingerprint") continue;
        if (!isSame(row[name], own[name])) expect([name, row[name]]).toEqual([name, own[name]]);
      }
      expect(row["fingerprint"]).toBe(fingerprint);
    }
    expect(log.stats()).toMatchObject({ logged: rows, dropped: 0, written: rows, sealed: rows, failures: 0 });
  });

  it("is sealed beside what goes on where that is much, or by whoever comes next", async () => {
    const { served: answer } = wideAnswer(randomNumbers(9), start);
    const log = await openLog({ queue: { bytes: 2 ** 24 } });
    const vector = log.vector(wideVector);
    for (let i = 0; i < 400; i++) await vector.add(answer);
    await log.flush();
    const before = performance.eventLoopUtilization();
    await log.seal();
    // It waits, and so can others.
    expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.6);
    expect(log.stats()).toMatchObject({ sealed: 400, failures: 0 });
    for (let i = 0; i < 400; i++) await vector.add(answer);
    await log.flush();
    await log.close();
    expect((await servedWith().compact()).rows).toBe(800);
  });

  it("has public files that any reader types alike, and nothing beside them", async () => {
    await using log = await openLog();
    await logged(log, wideAnswer(randomNumbers(1), start));
    await log.seal();
    const served = servedWith(log);
    expect(await readdir(home)).toEqual(["served-journal"]);
    const { files } = await served.compact();
    const [file] = files;
    const types = await engine.rows(`describe select * from read_parquet('${file?.path ?? ""}')`, "describing");
    const byName = new Map(types.map((type) => [type["column_name"], type["column_type"]]));
    expect(byName.get("requested_at")).toBe("TIMESTAMP");
    expect(byName.get("key__spot__day")).toBe("DATE");
    expect(byName.get("partition")).toBe("VARCHAR[]");
    expect(byName.get("shop__shop__own__s_1")).toBe("BIGINT");
    expect(byName.get("shop__shop__own__s_13")).toBe("DOUBLE[]");
    const names = await readdir(servedFolder(home), { recursive: true });
    const folder = `wide/${vectorFingerprint(wideVector).slice(0, 12)}`;
    expect(names.filter((name) => name.includes("."))).toEqual(
      expect.arrayContaining([`${folder}/vector.json`, expect.stringMatching(/2026-11-22\/[^/]+\.parquet$/)]),
    );
    expect(names).toHaveLength(5);
  });

  it("chooses by the key's hash: always the same keys, more with a greater share, as many as asked for", async () => {
    await using log = await openLog({ rate: 0.3 });
    await using more = await openLog({ rate: 0, vectors: { wide: 0.5 } });
    const [some, half] = [log.vector(wideVector), more.vector(wideVector)];
    const takes = (one: VectorAnswerLog, shop: number): boolean =>
      one.takes({ shop, spot_place: "a", spot_day: 1, in_1: Math.random() }, undefined);
    const shops = Array.from({ length: 4000 }, (_, i) => i);
    const few = shops.filter((shop) => takes(some, shop));
    const many = shops.filter((shop) => takes(half, shop));
    expect(shops.filter((shop) => takes(some, shop))).toEqual(few);
    expect(few.every((shop) => many.includes(shop))).toBe(true);
    expect(few.length / shops.length).toBeCloseTo(0.3, 1);
    expect(many.length / shops.length).toBeCloseTo(0.5, 1);
    // These are chosen by every release: what was logged before goes on to be.
    expect(few.slice(0, 5)).toMatchInlineSnapshot(`
      [
        5,
        6,
        7,
        13,
        22,
      ]
    `);
    expect(log.vector(wideVector).takes({ shop: few[0] ?? 0 }, false)).toBe(false);
    expect(more.vector({ ...wideVector, name: "other" }).takes({ shop: 1 }, true)).toBe(true);
    expect(more.vector({ ...wideVector, name: "other" }).takes({ shop: 1 }, undefined)).toBe(false);
  });

  it("drops and counts what finds no room, and takes on when there is room again", async () => {
    await using log = await openLog({ queue: { records: 5 } });
    const answer = wideAnswer(randomNumbers(2), start).served;
    const ids = Array.from({ length: 8 }, () => log.vector(wideVector).add(answer));
    expect(ids.map((id) => typeof id)).toEqual([
      ...Array<string>(5).fill("string"),
      ...Array<string>(3).fill("undefined"),
    ]);
    expect(log.stats()).toMatchObject({ logged: 5, dropped: 3, queued: { records: 5 }, written: 0 });
    await log.flush();
    expect(typeof log.vector(wideVector).add(answer)).toBe("string");
    const served = servedWith(log);
    await served.compact();
    expect((await readAll(served)).size).toBe(6);
    expect(log.stats()).toMatchObject({ logged: 6, dropped: 3, queued: { records: 0, bytes: 0 } });
  });

  it("is bounded in bytes, too: an answer larger than the queue is dropped, others are not", async () => {
    await using log = await openLog({ queue: { bytes: 20_000 } });
    const { served } = wideAnswer(randomNumbers(3), start);
    const large = { ...served, columns: { ...served.columns, in_3: "x".repeat(30_000) } };
    expect(log.vector(wideVector).add(large)).toBeUndefined();
    const small = { ...served, columns: { ...served.columns, in_3: "x" } };
    let taken = 0;
    while (log.vector(wideVector).add(small) !== undefined) taken++;
    expect(taken).toBeGreaterThan(2);
    expect(log.stats().queued.bytes).toBeLessThanOrEqual(20_000);
    expect(log.stats()).toMatchObject({ logged: taken, dropped: 2 });
  });

  it("lets answers wait for room where that is asked for", async () => {
    await using log = await openLog({ queue: { records: 3 }, whenFull: "block" });
    const answer = wideAnswer(randomNumbers(4), start).served;
    const ids = await Promise.all(Array.from({ length: 20 }, async () => log.vector(wideVector).add(answer)));
    expect(new Set(ids).size).toBe(20);
    expect(ids).not.toContain(undefined);
    const served = servedWith(log);
    await served.compact();
    expect([...(await readAll(served)).keys()].sort()).toEqual([...ids].sort());
    expect(log.stats()).toMatchObject({ logged: 20, dropped: 0 });
  });

  it("leaves personal data out, or has its texts by their hash, and never on the disk as they are", async () => {
    const pii = new Set(["key__shop", "key__spot__place", "input__in_3", "status__shop__shop__own__s_3"]);
    const { served: answer } = wideAnswer(randomNumbers(5), start);
    const secret = { ...answer, columns: { ...answer.columns, shop: 5, spot_place: "Ada", in_3: "secret" } };
    for (const hashKey of [undefined, "key"]) {
      await using log = await openLog({ pii: { columns: pii, ...(hashKey === undefined ? {} : { hashKey }) } });
      const id = (await log.vector(wideVector).add(secret)) ?? "";
      const served = servedWith(log);
      await served.compact();
      const row = (await readAll(served)).get(id);
      expect(row?.["key__shop"]).toBeNull();
      expect(row?.["status__shop__shop__own__s_3"]).not.toBeNull();
      expect(row?.["input__in_3"]).toBe(
        // echo -n secret | openssl dgst -sha256 -hmac key
        hashKey === undefined ? null : "25cf3c44c8f39313e8cbf7c23e22fe8b2ee8b288ee5206b0a6397583a1f7f0ef",
      );
      expect(row?.["key__spot__place"]).not.toBe("Ada");
      await log.vector(wideVector).add(secret);
      await log.flush();
      const kept = await readdir(home, { recursive: true, withFileTypes: true });
      for (const file of kept.filter((one) => one.isFile() && !one.name.endsWith(".lock"))) {
        expect((await readFile(join(file.parentPath, file.name))).includes("secret")).toBe(false);
      }
    }
  });

  it("stops where nothing compacts it, says so, and goes on once something does", async () => {
    const { served: answer } = wideAnswer(randomNumbers(8), start);
    const limited = { unpublishedBytes: 40_000, sealBytes: 1024, queue: { records: 50 }, flushMs: 0 };
    const log = await openLog(limited);
    const vector = log.vector(wideVector);
    const served = servedWith(log);
    for (let i = 0; i < 4 && log.stats().failures === 0; i++) {
      await vector.add(answer);
      await served.flush().catch(() => undefined);
      await log.seal().catch(() => undefined);
    }
    expect(log.stats().lastFailure).toMatchObject({ code: "LIMIT_EXCEEDED", details: { limit: "unpublishedBytes" } });
    await served.compact();
    await expect.poll(() => log.stats().queued.records, { timeout: 20_000 }).toBe(0);
    await log.close();
    await servedWith().compact();
    expect((await readAll(servedWith())).size).toBe(log.stats().logged);
  });

  it("takes what is given to a prepared vector for what it is, and fails no answer", async () => {
    await using log = await openLog({ rate: 0.5 });
    const { served: answer } = wideAnswer(randomNumbers(10), start);
    const odd: Readonly<Record<string, unknown>> = {
      in_1: 1.5,
      in_3: 7,
      in_4: 1e300,
      in_7: [true, "no"],
      in_13: [1, -0, 2],
      in_2: Number.NaN,
      in_0: {},
    };
    const vector = log.vector(wideVector);
    const columns = { ...answer.columns, ...odd } as typeof answer.columns;
    vector.takes({ shop: {} as number }, undefined);
    const id = String(await vector.add({ ...answer, by: "prepare", columns }));
    const unreadable = {
      get in_0(): boolean {
        throw new Error("no");
      },
    };
    expect(vector.add({ ...answer, columns: unreadable })).toBeUndefined();
    expect(log.stats()).toMatchObject({ logged: 1, dropped: 1, failures: 1 });
    const served = servedWith(log);
    await served.compact();
    const row = (await readAll(served)).get(id) ?? {};
    const names = ["0", "1", "2", "3", "4", "7"].map((n) => `input__in_${n}`);
    expect(names.map((name) => row[name])).toEqual(names.map(() => null));
    expect(row["input__in_13"]).toStrictEqual([1, 0, 2]);
  });

  it("keeps as many days as asked for, and removes earlier ones whole", async () => {
    await using log = await openLog();
    const served = servedWith(log);
    for (let day = 0; day < 4; day++) {
      await logged(log, wideAnswer(randomNumbers(day), start));
      await served.compact();
      now += dayMicros;
    }
    now -= dayMicros;
    const { removed } = await served.compact({ keepDays: 2 });
    expect(removed.map(({ day }) => day)).toEqual(["2026-11-22", "2026-11-23"]);
    const { days } = await served.list();
    expect(days.map(({ vector, day, rows: n }) => [vector, day, n])).toEqual([
      ["wide", "2026-11-24", 1],
      ["wide", "2026-11-25", 1],
    ]);
    now += 10 * dayMicros;
    await served.compact({ keepDays: 1 });
    expect(await readdir(servedFolder(home))).toEqual([]);
    await expect(served.compact({ keepDays: 0 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("lets one compact at a time, and seals on while another does", async () => {
    await using log = await openLog();
    await logged(log, wideAnswer(randomNumbers(7), start));
    const served = servedWith(log);
    const both = await Promise.allSettled([served.compact(), served.compact()]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(both.find((one) => one.status === "rejected")?.reason).toMatchObject({ code: "HOME_BUSY" });
    expect((await readAll(served)).size).toBe(1);
  });

  it("says what to install where what seals it is missing, before anything is served", async () => {
    const error = Object.assign(new Error("Cannot find package"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(loadParquet(() => Promise.reject(error))).rejects.toMatchObject({
      code: "DRIVER_MISSING",
      hint: "Run: npm install parquetjs-lite@0.8",
    });
  });

  it.each<[string, Partial<ServedOptions>]>([
    ["a share", { rate: 1.5 }],
    ["no number", { rate: Number.NaN }],
    ["a vector's share", { vectors: { wide: -1 } }],
    ["a bound", { queue: { records: 0 } }],
    ["a time", { syncMs: -1 }],
    ["a bound of the disk", { unpublishedBytes: 0 }],
    ["a size", { sealBytes: 0 }],
    ["a choice", { whenFull: "wait" as "drop" }],
    ["a secret", { pii: { columns: new Set(), hashKey: "" } }],
  ])("refuses %s that is none", async (_, options) => {
    await expect(openLog(options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});

function isSame(a: Value | undefined, b: Value | undefined): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    const [x, y]: (readonly unknown[])[] = [a, b];
    return x?.length === y?.length && (x?.every((item, i) => Object.is(item, y?.[i])) ?? false);
  }
  if (typeof a === "bigint" && typeof b === "bigint") return a === b;
  return Object.is(a, b);
}
