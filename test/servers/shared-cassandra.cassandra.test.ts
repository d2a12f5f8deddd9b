import { expect, it } from "vitest";
import { startCassandra } from "./cassandra.ts";
import { cassandraClient } from "./cassandra-client.ts";
import { cassandraVersion } from "./cassandra-jars.ts";
import { freshKeyspace } from "./fresh-keyspace.ts";
import { killStarter } from "./kill-starter.ts";

it("is a real one, where each test has a keyspace of its own and takes it away", async () => {
  const keyspaces = await Promise.all([freshKeyspace(), freshKeyspace(), freshKeyspace("named")]);
  const [one, other, named] = keyspaces;
  const client = cassandraClient(one);
  try {
    const release = await client.execute("select release_version from system.local");
    expect(release.first().get("release_version")).toBe(cassandraVersion);
    for (const [{ keyspace }, value] of [[one, 1] as const, [other, 2] as const]) {
      await client.execute(`create table ${keyspace}.t (k text primary key, v bigint)`);
      await client.execute(`insert into ${keyspace}.t (k, v) values (?, ?)`, ["a", value], { prepare: true });
    }
    const { rows } = await client.execute(`select k, v from ${one.keyspace}.t where k = ?`, ["a"], { prepare: true });
    expect(rows.map((row) => [row.get("k") as unknown, String(row.get("v"))])).toEqual([["a", "1"]]);
    await expect(client.execute(`create table ${named.keyspace}.t (k text primary key)`)).rejects.toThrow("exist");
    for (const keyspace of keyspaces) await keyspace.drop();
    await expect(client.execute(`select * from ${one.keyspace}.t`)).rejects.toThrow("does not exist");
  } finally {
    await client.shutdown();
  }
});

it("a start that fails says what the server said, and leaves nothing behind", async () => {
  const failed = startCassandra({ heapMiB: 1 });
  await expect(failed).rejects.toThrow(/^Cassandra ended before it answered: [^]*Too small/);
});

it("ends with the process that started it, also when that one is killed while it boots", async () => {
  const killed = await killStarter("cassandra.ts", "startCassandra");
  expect(killed).toEqual({ before: [true, true], after: [false, false], left: [] });
});
