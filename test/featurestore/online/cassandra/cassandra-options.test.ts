import { describe, expect, it } from "vitest";
import {
  type CassandraOptions,
  cassandraSchema,
  CassandraStore,
  parseCassandraUrl,
} from "../../../../src/featurestore/online/cassandra/index.ts";
import { loadCassandra } from "../../../../src/featurestore/online/cassandra/cassandra-module.ts";
import { generationTable } from "../../../../src/featurestore/online/cassandra/generation-table.ts";

describe("the address of a store in Cassandra", () => {
  it.each<[string, CassandraOptions]>([
    ["cassandra://db", { contactPoints: ["db"] }],
    ["cassandra://a:9042,b:9043,[::1]:9044/ks", { contactPoints: ["a:9042", "b:9043", "[::1]:9044"], keyspace: "ks" }],
    [
      "cassandra://me:p%40ss%3A%2Fw:rd@a/ks?datacenter=dc1&store=s&create=true&replication=3&tls=true",
      {
        contactPoints: ["a"],
        keyspace: "ks",
        credentials: { username: "me", password: "p@ss:/w:rd" },
        localDataCenter: "dc1",
        store: "s",
        createKeyspace: true,
        replication: 3,
        tls: true,
      },
    ],
    ["cassandra://a?replication=dc1:3,dc2:2", { contactPoints: ["a"], replication: { dc1: 3, dc2: 2 } }],
  ])("%s", (url, options) => {
    expect(parseCassandraUrl(url)).toEqual(options);
  });

  it.each([
    "cassandra://",
    "postgres://me:s3cret@a/b",
    "cassandra://me:s3cret@a/b?tls=yes",
    "cassandra://me:s3cret@a/b?create=1",
    "cassandra://me:s3cret@a/b?replication=dc1",
    "cassandra://me:s3cret@a/b?datacentre=dc1",
    "cassandra://me:s3cret%@a/b",
    "cassandra://me:s3cret@a/b#c",
  ])("refuses %s, without its password", (url) => {
    expect(() => parseCassandraUrl(url)).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.not.stringContaining("s3cret") as string }),
    );
  });
});

describe("the options of a store in Cassandra", () => {
  it.each<[string, Partial<CassandraOptions>]>([
    ["contactPoints", { contactPoints: [] }],
    ["contactPoints", { contactPoints: [" "] }],
    ["localDataCenter", { localDataCenter: "" }],
    ["keyspace", { keyspace: 'a"; drop' }],
    ["keyspace", { keyspace: "a".repeat(49) }],
    ["store", { store: "" }],
    ["replication", { replication: 0 }],
    ["replication", { replication: {} }],
    ["replication", { replication: { dc1: 1.5 } }],
    ["limits.readTimeoutMs", { limits: { readTimeoutMs: 0 } }],
    ["limits.keysPerQuery", { limits: { keysPerQuery: Number.NaN } }],
    ["speculative", { speculative: { delayMs: -1, executions: 1 } }],
  ])("are looked at before anybody connects: %s", async (name, options) => {
    await expect(CassandraStore.open({ contactPoints: ["127.0.0.1:1"], ...options })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: expect.stringMatching(new RegExp(`^${name}: `)) as string,
    });
  });

  it("say the CQL by which the store is made", () => {
    const cql = cassandraSchema({ contactPoints: ["a"], createKeyspace: true, replication: { "d'c": 3 } });
    expect(cql[0]).toBe(
      `CREATE KEYSPACE IF NOT EXISTS "tondo" WITH replication = {'class': 'NetworkTopologyStrategy', 'd''c': 3}`,
    );
    expect(cql.map((one) => /^CREATE \w+ (?:IF NOT EXISTS )?(\S+)/.exec(one)?.[1])).toEqual([
      '"tondo"',
      '"tondo"."groups"',
      ...["order", "batches", "keys", "log", "rows"].map((table) => `"tondo"."pushed_${table}"`),
      expect.stringMatching(/^"tondo"\."g1_entity_group_[0-9a-f]{8}"$/),
    ]);
    expect(cassandraSchema({ contactPoints: ["a"] })).toEqual(cql.slice(1));
  });

  it("name the driver where it is not installed", async () => {
    const gone = Object.assign(new Error("no such package"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(loadCassandra(() => Promise.reject(gone))).rejects.toMatchObject({
      code: "DRIVER_MISSING",
      hint: "Run: npm install cassandra-driver@4",
    });
  });
});

describe("the table of a generation", () => {
  it("has a name that can be read, is another one for another store, group or generation, and fits", () => {
    const names = [
      generationTable("tondo", "airport:departures", 12),
      generationTable("tondo", "airport:departures", 13),
      generationTable("other", "airport:departures", 12),
      generationTable("tondo", "airport_departures", 12),
      generationTable("tondo", `${"very".repeat(20)}:${"long".repeat(20)}`, 2_147_483_647),
      generationTable("tondo", "ort:Straße", 1),
    ];
    expect(names[0]).toMatch(/^g12_airport_departures_[0-9a-f]{8}$/);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9_]{0,47}$/);
  });
});
