import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Client } from "cassandra-driver";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { TondoError } from "../../../../src/core/index.ts";
import { type CassandraOptions, CassandraStore } from "../../../../src/featurestore/online/cassandra/index.ts";
import { schemaVersion } from "../../../../src/featurestore/online/cassandra/cassandra-schema.ts";
import { generationTable } from "../../../../src/featurestore/online/cassandra/generation-table.ts";
import { type OnlineStore, recordBatch } from "../../../../src/featurestore/online/index.ts";
import { load, onlineStoreConformance, readCurrent } from "../../../conformance/online-store.ts";
import { pushedStoreConformance } from "../../../conformance/pushed-store.ts";
import { pointerTo } from "../../../conformance/pointer.ts";
import { cassandraClient } from "../../../servers/cassandra-client.ts";
import { type FreshKeyspace, freshKeyspace } from "../../../servers/fresh-keyspace.ts";

const group = "airport:departures";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let keyspace: FreshKeyspace;
let client: Client;
const stores: OnlineStore[] = [];
beforeAll(async () => {
  keyspace = await freshKeyspace();
  client = cassandraClient(keyspace);
});
afterAll(async () => {
  await client.shutdown();
  await keyspace.drop();
});

async function clean(): Promise<void> {
  await Promise.all(stores.splice(0).map((store) => store.close()));
}

/** Opens a store of the test's keyspace. */
async function open(store: string, rest: Partial<CassandraOptions> = {}): Promise<CassandraStore> {
  const { contactPoint, localDataCenter } = keyspace;
  const options = { contactPoints: [contactPoint], localDataCenter, keyspace: keyspace.keyspace, store };
  const opened = await CassandraStore.open({ ...options, ...rest });
  stores.push(opened);
  return opened;
}

/** The tables of generations that are there. */
async function tables(): Promise<readonly string[]> {
  const query = "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?";
  const { rows } = await client.execute(query, [keyspace.keyspace]);
  return rows.map((row) => row.get("table_name") as string);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    if (await isSo()) return;
    await sleep(50);
  }
  throw new Error("it did not come to pass within ten seconds");
}

let current: string | undefined;
const fixture = {
  open: () => open((current ??= randomUUID())),
  reset: async () => {
    current = undefined;
    await clean();
  },
};
onlineStoreConformance("Cassandra", fixture);
pushedStoreConformance("Cassandra", fixture, "current");

describe("CassandraStore", () => {
  afterEach(clean);

  it("erases from tables that are about to go too, and refuses while a group is loaded", async () => {
    const name = randomUUID();
    const store = await open(name);
    const first = await load(store, { SFO: "one", LAX: "one" });
    const second = await load(store, { SFO: "two" });
    await store.drop(group, first.generation);
    const keys = [bytes("SFO")];
    expect(await store.recordsOf(group, keys)).toEqual([
      { generation: first.generation, records: 1 },
      { generation: second.generation, records: 1 },
    ]);
    const other = await open(name);
    const loading = await other.begin(group);
    await expect(store.erase(group, keys)).rejects.toMatchObject({ code: "HOME_BUSY" });
    await other.drop(group, loading.generation);
    await store.erase(group, keys);
    expect((await store.recordsOf(group, keys)).map(({ records }) => records)).toEqual([0, 0]);
    // A table that is gone by now holds nothing.
    const { rows } = await client.execute("SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?", [
      keyspace.keyspace,
    ]);
    const own = rows
      .map((row) => row.get("table_name") as string)
      .find((one) => one === generationTable(name, group, first.generation));
    await client.execute(`DROP TABLE "${keyspace.keyspace}"."${own ?? ""}"`);
    await store.erase(group, keys);
    expect(await store.recordsOf(group, keys)).toHaveLength(2);
  });

  it("gives each of many keys its own record, however they are read", async () => {
    const store = randomUUID();
    const writer = await open(store, { limits: { writesInFlight: 7 } });
    const records = Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`key ${String(i)}`, `record ${String(i)}`]),
    );
    await load(writer, records);
    const asked = Array.from({ length: 900 }, (_, i) => `key ${String((i * 7) % 450)}`);
    const expected = asked.map((key) => records[key]);
    for (const limits of [{}, { maxInFlight: 3 }, { keysPerQuery: 40 }, { keysPerQuery: 7, maxInFlight: 2 }]) {
      const reader = await open(store, { limits });
      expect(await readCurrent(reader, asked)).toEqual(expected);
    }
    const full = await open(store, { limits: { maxInFlight: 1, maxWaiting: 10 } });
    await expect(readCurrent(full, asked)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      details: { reason: "overloaded" },
    });
    expect(await readCurrent(full, asked.slice(0, 5))).toEqual(expected.slice(0, 5));
  });

  it("asks for as many replicas as its options say, and one node more where that is asked for", async () => {
    const store = randomUUID();
    await load(await open(store), { SFO: "one" });
    const consistency = { reads: "one", writes: "all", pointers: "localSerial", switches: "localSerial" } as const;
    const other = await open(store, { consistency, speculative: { delayMs: 0, executions: 2 } });
    expect(await readCurrent(other, ["SFO", "LAX"])).toEqual(["one", undefined]);
    await load(other, { SFO: "two" });
    expect(await readCurrent(other, ["SFO"])).toEqual(["two"]);
    const few = { code: "STORE_UNAVAILABLE", details: { reason: "replicas" } };
    await expect(readCurrent(await open(store, { consistency: { reads: "two" } }), ["SFO"])).rejects.toMatchObject(few);
    await expect(readCurrent(await open(store, { consistency: { pointers: "three" } }), ["SFO"])).rejects.toMatchObject(
      few,
    );
    const writer = await (
      await open(store, { consistency: { writes: "two" } })
    )
      .begin(group)
      .catch((error: unknown) => error);
    expect(writer).toMatchObject(few);
    expect(await readCurrent(other, ["SFO"])).toEqual(["two"]);
  });

  it("sees what another process loads within the age of its pointers, and not before a read at that", async () => {
    const store = randomUUID();
    const writer = await open(store);
    const reader = await open(store, { limits: { pointerAgeMs: 300 } });
    await load(writer, { SFO: "one" });
    expect(await readCurrent(reader, ["SFO"])).toEqual(["one"]);
    await load(writer, { SFO: "two" });
    await sleep(320);
    expect(await readCurrent(reader, ["SFO"])).toEqual(["two"]);
    const fresh = await open(store, { limits: { pointerAgeMs: 0 } });
    await load(writer, { SFO: "three" });
    expect(await readCurrent(fresh, ["SFO"])).toEqual(["three"]);
  });

  it("lets one load a group: the second hears who does, and until when", async () => {
    const store = randomUUID();
    const [one, other] = [await open(store), await open(store)];
    const writer = await one.begin(group);
    const refused = {
      code: "HOME_BUSY",
      message: expect.stringContaining(`process ${String(process.pid)} on `) as string,
    };
    await expect(other.begin(group)).rejects.toMatchObject({
      ...refused,
      details: { until: expect.stringMatching(/^\d{4}-.*Z$/) as string },
    });
    await expect(one.begin(group)).rejects.toMatchObject(refused);
    await expect(other.drop(group, writer.generation)).rejects.toMatchObject(refused);
    // Another group is another one's, and another store too.
    await (await other.begin("route:departures")).write(recordBatch([], []));
    await (await (await open(randomUUID())).begin(group)).write(recordBatch([], []));
    await writer.write(recordBatch([bytes("SFO")], [bytes("one")]));
    expect(await one.switchPointers([{ pointer: pointerTo(writer.generation) }])).toBe(true);
    await load(other, { SFO: "two" });
    const third = await one.begin(group);
    await one.drop(group, third.generation);
    await other.begin(group);
    await other.close();
    await one.begin(group);
  });

  it("takes the group of a load that died once its lease is over, and what that one does then is in vain", async () => {
    const store = randomUUID();
    const [dead, next] = [await open(store, { limits: { leaseMs: 1000 } }), await open(store)];
    await load(next, { SFO: "one" });
    const writer = await dead.begin(group);
    await writer.write(recordBatch([bytes("SFO")], [bytes("dead")]));
    // As a process that stands still: its renewals do not come.
    const busy = performance.now() + 2300;
    while (performance.now() < busy);
    let state: Awaited<ReturnType<typeof next.begin>> | undefined;
    await until(async () => {
      state = await next.begin(group).catch(() => undefined);
      return state !== undefined;
    });
    expect(state?.generation).toBeGreaterThan(writer.generation);
    expect(await tables()).not.toContain(generationTable(store, group, writer.generation));
    const late = { pointer: pointerTo(writer.generation, { previous: 1 }), expected: 1 };
    await expect(writer.write(recordBatch([bytes("SFO")], [bytes("dead")]))).rejects.toMatchObject({
      code: "HOME_BUSY",
    });
    expect(await dead.switchPointers([late])).toBe(false);
    expect(await readCurrent(next, ["SFO"])).toEqual(["one"]);
  });

  it("does not switch what it does not hold any more", async () => {
    const store = randomUUID();
    const one = await open(store, { limits: { leaseMs: 1500 } });
    await load(one, { SFO: "one" });
    const writer = await one.begin(group);
    await client.execute(
      `UPDATE ${keyspace.keyspace}.groups SET holder = 'somebody else' WHERE store = ? AND "group" = ? AND entry = 0`,
      [store, group],
      { prepare: true },
    );
    expect(await one.switchPointers([{ pointer: pointerTo(writer.generation, { previous: 1 }), expected: 1 }])).toBe(
      false,
    );
    await until(() =>
      writer.write(recordBatch([], [])).then(
        () => false,
        () => true,
      ),
    );
    await expect(writer.write(recordBatch([], []))).rejects.toMatchObject({ code: "HOME_BUSY" });
  });

  it("renews its lease while it loads", async () => {
    const store = randomUUID();
    const [one, other] = [await open(store, { limits: { leaseMs: 5000 } }), await open(store)];
    const writer = await one.begin(group);
    await sleep(7500);
    await expect(other.begin(group)).rejects.toMatchObject({ code: "HOME_BUSY" });
    await writer.write(recordBatch([bytes("SFO")], [bytes("one")]));
    expect(await one.switchPointers([{ pointer: pointerTo(writer.generation) }])).toBe(true);
  });

  it("keeps the records of what was dropped for those who read it, and removes them then", async () => {
    const store = randomUUID();
    const writer = await open(store, { limits: { holdMs: 1000 } });
    const reader = await open(store, { limits: { pointerAgeMs: 60_000 } });
    const first = await load(writer, { SFO: "one" });
    const table = generationTable(store, group, first.generation);
    expect(await readCurrent(reader, ["SFO"])).toEqual(["one"]);
    await load(writer, { SFO: "two" });
    await writer.drop(group, first.generation);
    expect(await writer.generations(group)).not.toContain(first.generation);
    expect(await readCurrent(reader, ["SFO", "LAX"])).toEqual(["one", undefined]);
    // Nobody goes back to it any more.
    expect(await writer.switchPointers([{ pointer: first, expected: 2 }])).toBe(false);
    await until(async () => !(await tables()).includes(table));
    // This one goes on with old pointers, and is told once the node has given the table up.
    await until(async () => {
      const said = await readCurrent(reader, ["SFO"]).catch((error: unknown) => error);
      return said instanceof TondoError && said.code === "GENERATION_GONE";
    });
    expect(await readCurrent(reader, ["SFO"])).toEqual(["two"]);
  });

  it("takes no answer that comes later than what was asked for is kept", async () => {
    const store = randomUUID();
    await load(await open(store), { SFO: "one" });
    const reader = await open(store, { limits: { pointerAgeMs: 60_000, holdMs: 600 } });
    expect(await readCurrent(reader, ["SFO", "LAX"])).toEqual(["one", undefined]);
    await sleep(310);
    await expect(readCurrent(reader, ["LAX"])).rejects.toMatchObject({ code: "GENERATION_GONE" });
    expect(await readCurrent(reader, ["LAX"])).toEqual([undefined]);
    await sleep(310);
    await expect(readCurrent(reader, ["LAX", "SFO"])).rejects.toMatchObject({ code: "GENERATION_GONE" });
  });

  it("gives no answer from a table that was removed under it, also to one who does not know that it is old", async () => {
    const store = randomUUID();
    const writer = await open(store);
    const { generation } = await load(writer, { SFO: "one" });
    expect(await readCurrent(writer, ["SFO"])).toEqual(["one"]);
    await client.execute(`DROP TABLE ${keyspace.keyspace}."${generationTable(store, group, generation)}"`);
    for (let i = 0; i < 3; i++)
      await expect(readCurrent(writer, ["SFO"])).rejects.toMatchObject({ code: "GENERATION_GONE" });
  });

  it("refuses a record with parts that it does not know, and tables of another form", async () => {
    const store = randomUUID();
    const writer = await open(store);
    const { generation } = await load(writer, { SFO: "one", LAX: "two" });
    const hex = (key: string): string => `0x${Buffer.from(key).toString("hex")}`;
    const table = `${keyspace.keyspace}."${generationTable(store, group, generation)}"`;
    await client.execute(`INSERT INTO ${table} (key, part) VALUES (${hex("SFO")}, 0x01)`);
    await client.execute(`INSERT INTO ${table} (key, part) VALUES (${hex("JFK")}, 0x01)`);
    const several = await open(store, { limits: { keysPerQuery: 5 } });
    for (const reader of [writer, several]) {
      expect(await readCurrent(reader, ["LAX"])).toEqual(["two"]);
      for (const key of ["SFO", "JFK"])
        await expect(readCurrent(reader, [key])).rejects.toMatchObject({ code: "STORE_CORRUPT" });
      await expect(readCurrent(reader, ["LAX", "SFO"])).rejects.toMatchObject({ code: "STORE_CORRUPT" });
    }
    await client.execute(
      `UPDATE ${keyspace.keyspace}.groups SET form = ${String(schemaVersion + 1)} WHERE store = '${store}'`,
    );
    await expect(open(store)).rejects.toMatchObject({ code: "DATABASE_NEWER" });
  });

  it("moves the pointers of many groups at once", async () => {
    const store = await open(randomUUID());
    const names = Array.from({ length: 12 }, (_, i) => `thing:group_${String(i)}`);
    const columns = Array.from({ length: 400 }, (_, i) => ({
      name: `column_${String(i)}`,
      kind: "string" as const,
      fingerprint: "f".repeat(64),
    }));
    const pointers = await Promise.all(
      names.map(async (name) => {
        const writer = await store.begin(name);
        await writer.write(recordBatch([bytes("k")], [bytes(name)]));
        return pointerTo(writer.generation, { group: name, layout: { kind: "rows", key: ["string"], columns } });
      }),
    );
    expect(await store.switchPointers([...pointers.map((pointer) => ({ pointer })), { pointer: pointerTo(1) }])).toBe(
      false,
    );
    expect(await readCurrent(store, ["k"], "thing:group_11")).toEqual([undefined]);
    expect(await store.switchPointers(pointers.map((pointer) => ({ pointer })))).toBe(true);
    for (const name of names) expect(await readCurrent(store, ["k"], name)).toEqual([name]);
    // Twice is not what it was once.
    expect(await store.switchPointers(pointers.map((pointer) => ({ pointer })))).toBe(false);
  });

  it("makes its keyspace where that is asked for, and else says the CQL", async () => {
    const { contactPoint, localDataCenter } = keyspace;
    const named = await freshKeyspace("named");
    const options = { contactPoints: [contactPoint], localDataCenter, keyspace: named.keyspace };
    await expect(CassandraStore.open(options)).rejects.toMatchObject({
      code: "STORE_MISSING",
      details: { cql: expect.stringContaining(`CREATE KEYSPACE IF NOT EXISTS "${named.keyspace}"`) as string },
    });
    try {
      await expect(
        CassandraStore.open({
          ...options,
          createKeyspace: true,
          replication: { [localDataCenter]: 1 },
          migrate: false,
        }),
      ).rejects.toMatchObject({
        code: "STORE_MISSING",
        details: { cql: expect.stringContaining("CREATE TABLE") as string },
      });
      // Several at once: all find it, whoever makes it.
      const [opened, ...others] = await Promise.all(Array.from({ length: 6 }, () => CassandraStore.open(options)));
      stores.push(...others);
      if (opened === undefined) throw new Error("none was opened");
      stores.push(opened);
      await load(opened, { SFO: "one" });
      const reading = await CassandraStore.open({ ...options, migrate: false });
      stores.push(reading);
      expect(await readCurrent(reading, ["SFO"])).toEqual(["one"]);
    } finally {
      await clean();
      await named.drop();
    }
  });

  it("says what it cannot reach: a port without a node, another data centre", async () => {
    const { contactPoint, localDataCenter } = keyspace;
    await expect(CassandraStore.open({ contactPoints: ["127.0.0.1:1"], localDataCenter })).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      details: { reason: "no-node" },
      where: "127.0.0.1:1/tondo",
    });
    await expect(
      CassandraStore.open({ contactPoints: [contactPoint], localDataCenter: "elsewhere" }),
    ).rejects.toMatchObject({ code: "INVALID_ARGUMENT", message: expect.stringContaining(localDataCenter) as string });
  });
});
