import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import cassandra, { type Client } from "cassandra-driver";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Micros } from "../../../../src/core/index.ts";
import { Engine } from "../../../../src/featurestore/duckdb/index.ts";
import {
  type CassandraLimits,
  CassandraStore,
  defaultCassandraLimits,
} from "../../../../src/featurestore/online/cassandra/index.ts";
import { schemaVersion } from "../../../../src/featurestore/online/cassandra/cassandra-schema.ts";
import { PushOrder } from "../../../../src/featurestore/online/cassandra/push-order.ts";
import { PushedTables } from "../../../../src/featurestore/online/cassandra/pushed-tables.ts";
import { Session } from "../../../../src/featurestore/online/cassandra/session.ts";
import { settleOptions } from "../../../../src/featurestore/online/cassandra/settle-options.ts";
import { decodePushed } from "../../../../src/featurestore/online/codec/index.ts";
import type { Push } from "../../../../src/featurestore/online/index.ts";
import { firstPosition, passed, type StreamMove } from "../../../../src/featurestore/online/stream-position.ts";
import { claimPushed } from "../../../../src/featurestore/pushed/pushed-home.ts";
import { pushedErasure, pushing } from "../../../../src/featurestore/pushed/index.ts";
import { materialize } from "../../../../src/featurestore/materialize/index.ts";
import { pointerTo } from "../../../conformance/pointer.ts";
import { cassandraClient } from "../../../servers/cassandra-client.ts";
import { type FreshKeyspace, freshKeyspace } from "../../../servers/fresh-keyspace.ts";
import { noon, sampleProject, sampleRows, writeSample } from "../sample-project.ts";

const group = "airport:departures";
const overlay = "one";
const doing = "testing";
const start = 1_000_000_000;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let keyspace: FreshKeyspace;
let client: Client;
const opened: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  keyspace = await freshKeyspace();
  client = cassandraClient(keyspace);
});
afterAll(async () => {
  await client.shutdown();
  await keyspace.drop();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

const optionsOf = (store: string, limits: Partial<CassandraLimits> = {}) => ({
  contactPoints: [keyspace.contactPoint],
  ...{ localDataCenter: keyspace.localDataCenter, keyspace: keyspace.keyspace, store },
  limits: { pointerAgeMs: 0, pushLeadMs: 1, ...limits },
});

async function open(store: string, limits: Partial<CassandraLimits> = {}): Promise<CassandraStore> {
  const one = await CassandraStore.open(optionsOf(store, limits));
  opened.push(one);
  return one;
}

/** A store of which a generation was loaded, and what pushes write it with. */
async function loaded(limits: Partial<CassandraLimits> = {}) {
  const name = randomUUID();
  const store = await open(name, limits);
  const { generation } = await store.begin(group);
  await store.switchPointers([{ pointer: pointerTo(generation, { group, asOf: start, overlay }) }]);
  const session = await Session.open(settleOptions(optionsOf(name)));
  opened.push(session);
  return { name, store, session, order: new PushOrder(session), tables: new PushedTables(session) };
}

const pushOf = (texts: readonly string[], keys: readonly string[], own: Partial<Push> = {}): Push => {
  const groups = [
    {
      ...{ group, overlay, admit: () => undefined, mostHeld: 0 },
      keys: keys.map((key) => ({ key: bytes(key), rows: texts.map((_, place) => ({ place, t: start + place })) })),
    },
  ];
  return { ...{ source: "flights", texts, clock: () => start, groups, choose: () => own.groups ?? groups }, ...own };
};

/** What is seen of some keys: the moments and texts of their rows. */
async function held(store: CassandraStore, keys: readonly string[], upTo = Infinity): Promise<readonly string[][]> {
  const view = await store.view([group]);
  const found: string[][] = keys.map(() => []);
  await view.readPushed?.(group, overlay, keys.map(bytes), upTo, (i, record) => {
    found[i] = decodePushed(record).map(({ k, text }) => `${String(k - start)} ${text}`);
  });
  return found;
}

/** Counts the requests of all clients in this process. */
function counted(): () => number {
  const spies = (["execute", "batch"] as const).map((method) => vi.spyOn(cassandra.Client.prototype, method));
  return () => spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
}

/** Moves the clock so far that whoever began to push before has ended, or died. */
function letPushesBeOver(): void {
  const real = Date.now.bind(Date);
  vi.spyOn(Date, "now").mockImplementation(() => real() + 3 * defaultCassandraLimits.pushTimeoutMs);
}

async function rowsIn(table: string): Promise<number> {
  return (await client.execute(`select * from ${keyspace.keyspace}.pushed_${table}`)).rows.length;
}

describe("rows pushed to Cassandra", () => {
  it("is further ahead only as long as readers may not know that the group has pushed rows", async () => {
    const limits = { pointerAgeMs: 400, pushLeadMs: 50 };
    const { store, name } = await loaded(limits);
    let now = start;
    const clock = (): Micros => now;
    const first = await store.pushed.push(pushOf(["a"], ["SFO"], { clock }));
    expect(first).toMatchObject({ first: start + 450_000, seenFrom: start + 400_000 });
    await sleep(450);
    now = start + 1_000_000;
    expect(await store.pushed.push(pushOf(["b"], ["SFO"], { clock }))).toMatchObject({
      ...{ first: now + 50_000, seenFrom: now },
    });
    // Who pushes for the first time does not know since when others did.
    const other = await open(name, limits);
    now += 1_000_000;
    expect(await other.pushed.push(pushOf(["c"], ["SFO"], { clock }))).toMatchObject({ first: now + 450_000 });
    expect(await held(store, ["SFO"])).toHaveLength(1);
  });

  it("cost a read of a group that none were pushed to nothing, and of another one query a key", async () => {
    const { store } = await loaded();
    const view = await store.view([group]);
    let count = counted();
    expect(view.readPushed?.(group, overlay, [bytes("SFO")], Infinity, () => undefined)).toBeUndefined();
    expect(count()).toBe(0);
    vi.restoreAllMocks();
    await store.pushed.push(pushOf(["a"], ["SFO"]));
    const after = await store.view([group]);
    count = counted();
    await after.readPushed?.(group, overlay, ["SFO", "LAX", "SFO"].map(bytes), Infinity, () => undefined);
    expect(count()).toBe(2);
  });

  it("cost who did not push them one query a push more, once", async () => {
    const { name, store } = await loaded();
    await store.pushed.push(pushOf(["a"], ["SFO", "LAX"]));
    await store.pushed.push(pushOf(["b"], ["SFO"]));
    const other = await open(name);
    const view = await other.view([group]);
    const count = counted();
    const read = (...keys: readonly string[]): unknown =>
      view.readPushed?.(group, overlay, keys.map(bytes), Infinity, () => undefined);
    await Promise.all([read("SFO", "LAX"), read("LAX")]);
    expect(count()).toBe(3 + 2);
    await read("SFO", "LAX");
    expect(count()).toBe(3 + 2 + 2);
    // Of a push that is not remembered it is asked again.
    const forgetful = await open(name, { batchesKnown: 1 });
    expect(await held(forgetful, ["SFO", "LAX"])).toEqual([["1000 a", "1001 b"], ["1000 a"]]);
    expect(await held(forgetful, ["SFO", "LAX"])).toEqual([["1000 a", "1001 b"], ["1000 a"]]);
  });

  it("count all at once when their push stands, also where whoever pushed them died before and behind it", async () => {
    const { name, store, order, tables } = await loaded();
    await store.pushed.push(pushOf(["a"], ["SFO", "LAX"]));
    const { groups } = pushOf(["b", "c"], ["SFO", "LAX"]);
    const batch = randomUUID();
    const since = start + 5000;
    await tables.write({ batch, source: "flights", texts: ["b", "c"], logged: ["b", "c"], groups, since }, doing);
    const before = ["1000 a"];
    expect(await held(store, ["SFO", "LAX"])).toEqual([before, before]);
    expect((await store.pushed.logged("flights", -1, 10)).map(({ text }) => text)).toEqual(["a"]);
    // What loads have in files goes from the log; what may still come to stand does not.
    expect(await store.pushed.dropLogged("flights", ({ k }) => k < 0)).toBe(0);
    const one = { batch, source: "flights", first: since, rows: 2 };
    expect(await order.stand(one, await order.head(doing), doing)).toBe(true);
    const after = ["1000 a", "5000 b", "5001 c"];
    expect(await held(store, ["SFO", "LAX"])).toEqual([after, after]);
    // Before its moment nobody looks.
    const count = counted();
    expect(await held(store, ["SFO"], since - 1)).toEqual([before]);
    expect(count()).toBeLessThanOrEqual(3);
    vi.restoreAllMocks();
    expect((await store.pushed.logged("flights", -1, 10)).map(({ text }) => text)).toEqual(["a", "b", "c"]);
    // Out of the log, and out of the order only when it is told since when they count, and nobody may still be at it.
    expect(await store.pushed.dropLogged("flights", () => true)).toBe(3);
    expect((await order.states([batch], doing)).size).toBe(1);
    expect(await held(store, ["SFO", "LAX"])).toEqual([after, after]);
    letPushesBeOver();
    expect(await store.pushed.dropLogged("flights", () => true)).toBe(0);
    expect(await order.states([batch], doing)).toEqual(new Map());
    expect(await held(store, ["SFO", "LAX"])).toEqual([after, after]);
    // So do those who never saw it in the order.
    const other = await open(name);
    expect(await held(other, ["SFO", "LAX"])).toEqual([after, after]);
    expect(await other.pushed.drop(group, overlay, ({ k }) => k === since, "count")).toBe(2);
    expect(await store.pushed.logged("flights", -1, 10)).toEqual([]);
    const keys = await rowsIn("keys");
    expect(await other.pushed.drop(group, overlay, () => true)).toBe(6);
    expect(await held(await open(name), ["SFO", "LAX"])).toEqual([[], []]);
    // Nothing is told of them any more either.
    expect(await rowsIn("keys")).toBe(keys - 4);
  });

  it("take later moments where others push, or a load closes theirs, and lose none", async () => {
    const { name, store } = await loaded();
    const stores = [store, await open(name), await open(name)];
    let closed = 0;
    const done = await Promise.all(
      stores.flatMap((one, s) =>
        Array.from({ length: 6 }, async (_, n) => {
          if (s === 0 && n % 2 === 0) await one.pushed.close(start + 2000 + (closed = n * 1000));
          return one.pushed.push(pushOf([`${String(s)} ${String(n)}`, "second"], ["SFO"]));
        }),
      ),
    );
    const moments = done.flatMap(({ first, last }) => [first, last]);
    expect(new Set(moments).size).toBe(36);
    const logged = await store.pushed.logged("flights", -1, 100);
    expect(logged.map(({ k }) => k)).toEqual([...moments].sort((a, b) => a - b));
    expect((await held(store, ["SFO"]))[0]).toEqual(logged.map(({ k, text }) => `${String(k - start)} ${text}`));
    await store.pushed.close(start + 50_000);
    expect(closed).toBeGreaterThan(0);
    expect((await store.pushed.push(pushOf(["last"], ["SFO"]))).first).toBe(start + 50_001);
  });

  it("do not stand where it was said meanwhile which groups are fed, and are pushed to those anew", async () => {
    const { store, order } = await loaded();
    const one = { batch: randomUUID(), source: "flights", first: start + 5000, rows: 1 };
    const seen = await order.head(doing);
    await store.pushed.feed([{ group, source: "flights", overlay }]);
    expect(await order.stand(one, seen, doing)).toBe(false);
    expect(await order.stand(one, await order.head(doing), doing)).toBe(true);
    // A group is fed while rows are written: they come in that one, too.
    const { groups } = pushOf(["b"], ["SFO"]);
    const [first] = groups;
    if (first === undefined) throw new Error("there is a group");
    const both = [first, { ...first, group: "route:traffic" }];
    const write = PushedTables.prototype.write;
    vi.spyOn(PushedTables.prototype, "write").mockImplementationOnce(async function (this: PushedTables, ...given) {
      await store.pushed.feed([{ group: "route:traffic", source: "flights", overlay }]);
      return write.apply(this, given);
    });
    const asked: string[][] = [];
    const done = await store.pushed.push({
      ...pushOf(["b"], ["SFO"], { groups: both }),
      choose: (feeds) => {
        const chosen = both.filter(({ group: own }) => feeds.has(own));
        asked.push(chosen.map(({ group: own }) => own));
        return chosen;
      },
    });
    expect([asked[0], asked.at(-1)]).toEqual([[group], [group, "route:traffic"]]);
    const kept = await store.pushed.drop("route:traffic", overlay, ({ k }) => k === done.first, "count");
    expect(kept).toBe(1);
    expect((await held(store, ["SFO"]))[0]?.length).toBe(1);
    // What else was said counts, too.
    vi.spyOn(PushedTables.prototype, "write").mockImplementationOnce(async function (this: PushedTables, ...given) {
      await store.pushed.feed([{ group, source: "flights", overlay, asOf: done.last + 1 }]);
      return write.apply(this, given);
    });
    const admitting = store.pushed.push({
      ...pushOf(["c"], ["SFO"]),
      choose: (feeds) => {
        const admit = (): void => {
          if (feeds.get(group)?.asOf !== undefined) throw new Error("a load is about to be");
        };
        return groups.map((one) => ({ ...one, admit }));
      },
    });
    await expect(admitting).rejects.toThrow("a load is about to be");
  });

  it("are refused for good where whoever pushes them must be dead, and what they wrote goes", async () => {
    const { name, store, order, tables } = await loaded();
    const { groups } = pushOf(["b"], ["SFO"]);
    const batch = randomUUID();
    await tables.write({ batch, source: "flights", texts: ["b"], logged: ["b"], groups, since: start }, doing);
    const none = (): boolean => false;
    const keys = await rowsIn("keys");
    await store.pushed.drop(group, overlay, none);
    expect(await rowsIn("keys")).toBe(keys);
    letPushesBeOver();
    expect(await store.pushed.drop(group, overlay, none)).toBe(0);
    expect(await store.pushed.dropLogged("flights", none)).toBe(0);
    expect(await rowsIn("keys")).toBe(keys - 1);
    const one = { batch, source: "flights", first: start + 9000, rows: 1 };
    expect(await order.stand(one, await order.head(doing), doing)).toBe(false);
    expect(await held(store, ["SFO"])).toEqual([[]]);
    vi.restoreAllMocks();
    // One that lives, and is slow, is told.
    const slow = await open(name, { pushTimeoutMs: 1 });
    await expect(slow.pushed.push(pushOf(["x"], ["SFO"]))).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(await held(store, ["SFO"])).toEqual([[]]);
  });

  it("stay for views that may still read them after both generations hold them", async () => {
    const { store } = await loaded({ holdMs: 6000 });
    const { last } = await store.pushed.push(pushOf(["a"], ["SFO"]));
    await store.pushed.push(pushOf(["b"], ["SFO"], { clock: () => start + 10_000 }));
    const both = await held(store, ["SFO"]);
    await store.pushed.retire(group, overlay, last);
    await store.pushed.retire(group, overlay, last);
    expect(await held(store, ["SFO"])).toEqual(both);
    await sleep(8000);
    await store.pushed.retire(group, overlay, Infinity);
    expect(await held(store, ["SFO"])).toEqual([both[0]?.slice(1)]);
    // Definitions that come back have what was pushed by them since.
    expect(await store.pushed.overlays(group)).toEqual([overlay]);
    await sleep(8000);
    await store.pushed.retire(group, overlay, last);
    expect(await held(store, ["SFO"])).toEqual([both[0]?.slice(1)]);
  });

  it("go with the key that they are of: nothing names it any more", async () => {
    const folder = await mkdtemp(path.join(tmpdir(), "tondo-erased-"));
    const engine = await Engine.open({ threads: 1 });
    try {
      await writeSample(folder, sampleRows);
      const store = await open(randomUUID());
      const common = { project: sampleProject, store };
      await materialize({ ...common, folder, home: folder, engine, asOf: BigInt(noon), clock: () => noon });
      let now: Micros = noon + 1_000_000;
      const clock = (): Micros => (now += 1);
      const push = pushing({ ...common, clock, erased: () => Promise.resolve(() => undefined) });
      const row = { destination: "LAX", delay: 1, at: noon };
      await push("flights", [
        { ...row, origin: "GONE" },
        { ...row, origin: "KEPT" },
      ]);
      const log = pushedErasure({
        ...{ home: folder, functions: [] },
        project: () => Promise.resolve(sampleProject),
        store: () => Promise.resolve(store),
        openEngine: () => Engine.open({ threads: 1 }),
      });
      const entity = sampleProject.entities.find((one) => one.name === "airport");
      if (entity === undefined) throw new Error("no entity");
      const key = { entity, values: ["GONE"], bytes: Uint8Array.of(3, ...bytes("GONE"), 0, 1) };
      expect(await log.scan(key)).toBe(3);
      expect(await log.erase(key)).toBe(3);
      expect(await log.scan(key)).toBe(0);
      for (const table of ["keys", "rows", "log"]) {
        const { rows } = await client.execute(`select * from ${keyspace.keyspace}.pushed_${table}`);
        for (const found of rows)
          for (const value of found.values())
            expect(Buffer.isBuffer(value) ? value.toString("latin1") : String(value)).not.toContain("GONE");
      }
      expect((await store.pushed.logged("flights", -1, 10)).map(({ text }) => text)).toEqual([
        expect.stringContaining("KEPT"),
      ]);
    } finally {
      engine.close();
      await rm(folder, { recursive: true });
    }
  });

  it("pass no events that were passed between looking and writing", async () => {
    const { store, session, order } = await loaded();
    const place = { topic: "orders", partition: "0" };
    const readOne = (): StreamMove => ({
      ...place,
      change: (stored = firstPosition(0)) => passed(stored, stored.next + 1, []),
    });
    const decide = session.decide.bind(session);
    const between = vi.spyOn(session, "decide").mockImplementation(async (statements) => {
      between.mockRestore();
      await store.pushed.push(pushOf(["a"], ["SFO"], { moves: [readOne()] }));
      return decide(statements);
    });
    expect(await order.positions.move("flights", [readOne()], doing)).toMatchObject([{ next: 2 }]);
    expect(await store.pushed.positions("flights")).toMatchObject([{ ...place, position: { next: 2 } }]);
  });

  it("are put into the files of one home alone", async () => {
    const { name, store } = await loaded();
    const folder = await mkdtemp(path.join(tmpdir(), "tondo-homes-"));
    try {
      const [one, other] = [path.join(folder, "one"), path.join(folder, "other")];
      await claimPushed(store, one);
      await claimPushed(await open(name), one);
      await expect(claimPushed(store, other)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
      await claimPushed(await open(randomUUID()), other);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it.each([1, 2, 3])("are taken by tables of form %i once these are brought forward", async (form) => {
    const fresh = await freshKeyspace();
    const own = { ...optionsOf("old"), keyspace: fresh.keyspace };
    try {
      await (await CassandraStore.open(own)).close();
      if (form === 1) {
        await client.execute(`alter table ${fresh.keyspace}.groups drop pushed`);
        for (const table of ["order", "batches", "keys", "log", "rows"])
          await client.execute(`drop table ${fresh.keyspace}.pushed_${table}`);
      } else if (form === 2) await client.execute(`alter table ${fresh.keyspace}.pushed_order drop position`);
      else await client.execute(`alter table ${fresh.keyspace}.pushed_keys drop first`);
      await client.execute(
        `update ${fresh.keyspace}.groups set form = ${String(form)} where store = 'old' if form = ${String(schemaVersion)}`,
      );
      await expect(CassandraStore.open({ ...own, migrate: false })).rejects.toMatchObject({
        code: "STORE_MISSING",
        hint: expect.stringContaining("migrate") as string,
      });
      const both = await Promise.all([CassandraStore.open(own), CassandraStore.open(own)]);
      for (const one of both) {
        expect(await one.pushed.logged("flights", -1, 1)).toEqual([]);
        expect(await one.pushed.positions("flights")).toEqual([]);
        await one.close();
      }
      await (await CassandraStore.open({ ...own, migrate: false })).close();
    } finally {
      await fresh.drop();
    }
  });
});
