import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execPath } from "node:process";
import { promisify } from "node:util";
import type { Client } from "cassandra-driver";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Micros } from "../../../src/core/index.ts";
import { Engine, sqlText } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { CassandraStore } from "../../../src/featurestore/online/cassandra/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { collectPushed } from "../../../src/featurestore/pushed/index.ts";
import { cassandraClient } from "../../servers/cassandra-client.ts";
import { type FreshKeyspace, freshKeyspace } from "../../servers/fresh-keyspace.ts";
import { noon, sampleProject, sampleRows, writeSample } from "../online/sample-project.ts";
import type { PushWork } from "./push-work.ts";

const run = promisify(execFile);
/** At how many requests a process is killed, one after the other over the same store. */
const kills = Number(process.env["TONDO_KILLS"] ?? 6);
const n3h = "airport:departures:n_3h";
const second = 1_000_000;

let fresh: FreshKeyspace;
let client: Client;
let engine: Engine;
let folder: string;
let name: string;
let store: CassandraStore;
const patience = { readTimeoutMs: 20_000, writeTimeoutMs: 30_000 };
const limits = { pointerAgeMs: 0, pushLeadMs: 1, leaseMs: 1000, ...patience };
beforeAll(async () => {
  fresh = await freshKeyspace();
  client = cassandraClient(fresh);
  engine = await Engine.open({ threads: 1 });
});
afterAll(async () => {
  engine.close();
  await client.shutdown();
  await fresh.drop();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-processes-"));
  await writeSample(folder, sampleRows);
  name = randomUUID();
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

function open(own: PushWork["limits"]): Promise<CassandraStore> {
  const { contactPoint, keyspace } = fresh;
  return CassandraStore.open({ contactPoints: [contactPoint], keyspace, store: name, limits: own });
}

/** What a process was told of each push, by the row's delay: from when on it counts, and how late that was known. */
type Said = Map<number, { readonly appliedAt: Micros; readonly lateBy: Micros }>;

async function pushIn(work: PushWork, said: Said): Promise<unknown> {
  const script = path.join(import.meta.dirname, "push-to-cassandra.ts");
  const given = [script, fresh.contactPoint, fresh.keyspace, name, folder, JSON.stringify(work)];
  const end: unknown = await run(execPath, given).catch((error: unknown) => error);
  for (const line of (end as { readonly stdout: string }).stdout.trim().split("\n").filter(Boolean)) {
    const [delay = NaN, appliedAt = NaN, lateBy = NaN] = line.split(" ").map(Number);
    said.set(delay, { appliedAt, lateBy });
  }
  return end;
}

async function overlays(): Promise<readonly (readonly [group: string, overlay: string])[]> {
  const groups = ["airport:departures", "route:traffic"];
  const view = await store.view(groups);
  return groups.map((group) => [group, view.pointer(group)?.overlay ?? ""] as const);
}

/** How many rows of each key are served as of a moment. */
async function served(at: Micros): Promise<readonly unknown[]> {
  const reader = createFeatureReader({ project: sampleProject, store, deadlineMs: 20_000 });
  const both = ["NEW", "OLD"].map((airport) => reader.get([n3h], { airport }, { at: BigInt(at) }));
  return (await Promise.all(both)).map(({ values }) => values[n3h].value);
}

/** The moments of the rows in files, by key and by the row's delay. */
async function inFiles(): Promise<Readonly<Record<"NEW" | "OLD", ReadonlyMap<number, Micros>>>> {
  await collectPushed({
    ...sampleProject,
    erased: () => Promise.resolve(() => undefined),
    home: folder,
    store,
    engine,
  });
  const parts = sqlText(path.join(folder, "pushed", "flights", "**", "*.parquet"));
  const rows = await engine.rows(
    `select origin, delay, epoch_us(tondo_pushed_at)::double as k from read_parquet(${parts}) order by k`,
    "reading what was pushed",
  );
  const of = (origin: string): ReadonlyMap<number, Micros> => {
    const own = rows.filter((row) => row["origin"] === origin);
    const moments = new Map(own.map((row) => [Number(row["delay"]), Number(row["k"])]));
    expect(moments.size).toBe(own.length);
    return moments;
  };
  return { NEW: of("NEW"), OLD: of("OLD") };
}

describe("processes that push to Cassandra", () => {
  it(
    `lose nothing that they said stands, count all of a push or nothing, and nothing twice, where they are killed (${String(kills)} kills)`,
    { timeout: 240_000 + kills * 20_000 },
    async () => {
      // Whoever pushes is dead when this one looks.
      store = await open({ ...limits, pushTimeoutMs: 1000 });
      const common = { project: sampleProject, folder, home: folder, engine };
      await materialize({ ...common, store, asOf: BigInt(noon), clock: () => noon });
      const said: Said = new Map();
      let now = noon;
      for (let kill = 0; kill < kills; kill++) {
        now += second;
        // Of the first push each, and of what comes behind it in steps.
        const request = kill < 40 ? (kill * 7) % 40 : 40 + (kill - 40) * 13;
        const fatal = { request, isSent: kill % 2 === 1 };
        const died = await pushIn({ pushes: 100, loads: 100, at: noon, start: now, fatal, limits }, said);
        expect(died).toMatchObject({ signal: "SIGKILL" });
        now = Math.max(now, ...[...said.values()].map(({ appliedAt }) => appliedAt)) + second;
        const [ofNew, ofOld] = await served(now);
        expect(ofNew, `killed at request ${String(request)}`).toBe(ofOld);
        expect(Number(ofNew)).toBeGreaterThanOrEqual(said.size);
      }
      const before = await served(now);
      const { NEW, OLD } = await inFiles();
      expect([...NEW.keys()]).toEqual([...OLD.keys()]);
      expect(before).toEqual([NEW.size, OLD.size]);
      for (const [delay, { appliedAt }] of said) expect(OLD.get(delay)).toBe(appliedAt);
      expect(NEW.size - said.size).toBeLessThanOrEqual(kills);
      // And after one more load of all of it.
      await expect
        .poll(
          () => materialize({ ...common, store, asOf: BigInt(now), clock: () => now }).then(({ asOf }) => asOf, String),
          { timeout: 60_000 },
        )
        .toBe(now);
      expect(await served(now)).toEqual(before);
      // What those left behind that never came to stand goes once they must be dead.
      await expect
        .poll(
          async () => {
            for (const [group, overlay] of await overlays()) await store.pushed.drop(group, overlay, () => false);
            await store.pushed.dropLogged("flights", () => false);
            const { rows: kept } = await client.execute(`select push from ${fresh.keyspace}.pushed_rows`);
            const { rows: keys } = await client.execute(`select push, key, first from ${fresh.keyspace}.pushed_keys`);
            const pushes = new Set(kept.map((row) => row["push"] as string));
            const told = new Set(keys.flatMap((row) => (row["first"] === null ? [] : [row["push"] as string])));
            // Of each it is told since when it counts, and of no others.
            const open = [...pushes].filter((push) => !told.has(push));
            const left = [...told].filter((push) => !pushes.has(push));
            return open.length + left.length + keys.filter((row) => row["key"] === null).length;
          },
          { timeout: 30_000 },
        )
        .toBe(0);
      expect(await served(now)).toEqual(before);
    },
  );

  it("count each row from its moment on, for whoever reads, while two push and a third loads", async () => {
    const own = { pointerAgeMs: 200, pushLeadMs: 800, leaseMs: 20_000, ...patience };
    store = await open(own);
    await materialize({ ...{ project: sampleProject, folder, home: folder, engine }, store });
    const said: Said = new Map();
    const at = (Date.now() - 60_000) * 1000;
    const work = { at, limits: own };
    const over = new AbortController();
    const working = Promise.all([
      pushIn({ ...work, pushes: 8, loads: 0 }, said),
      pushIn({ ...work, pushes: 8, loads: 0 }, said),
      pushIn({ ...work, pushes: 0, loads: 4 }, said),
    ]).finally(() => {
      over.abort();
    });
    const seen: { readonly at: Micros; readonly counts: readonly unknown[] }[] = [];
    while (!over.signal.aborted) {
      const moment = Date.now() * 1000;
      try {
        seen.push({ at: moment, counts: await served(moment) });
      } catch (error) {
        // A load as of later than this moment was switched to since.
        expect(error).toMatchObject({ code: "MOMENT_NOT_SERVED" });
      }
    }
    const ends = await working;
    for (const end of ends) expect(end).toMatchObject({ stderr: "" });
    expect(said.size).toBe(16);
    const { NEW, OLD } = await inFiles();
    expect(NEW.size).toBe(16);
    for (const [delay, { appliedAt }] of said) expect(OLD.get(delay)).toBe(appliedAt);
    const late = [...said.values()].filter(({ lateBy }) => lateBy > 0);
    const isLate = (moment: Micros): boolean =>
      late.some(({ appliedAt, lateBy }) => moment >= appliedAt - 1 && moment <= appliedAt + lateBy);
    const counted = (rows: ReadonlyMap<number, Micros>, moment: Micros): number =>
      [...rows.values()].filter((k) => k <= moment).length;
    const exact = seen.filter((one) => !isLate(one.at));
    expect(exact.length).toBeGreaterThan(0);
    for (const one of exact)
      expect(one.counts, `at ${String(one.at)}`).toEqual([counted(NEW, one.at), counted(OLD, one.at)]);
    const moments = [...NEW.values(), ...OLD.values()].sort((a, b) => a - b);
    expect(new Set(moments).size).toBe(32);
    const last = Date.now() * 1000;
    expect(await served(last)).toEqual([16, 16]);
  });
});
