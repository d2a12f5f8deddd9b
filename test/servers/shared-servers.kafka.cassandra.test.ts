import { expect, it } from "vitest";
import { cassandraClient } from "./cassandra-client.ts";
import { freshKeyspace } from "./fresh-keyspace.ts";
import { freshTopic } from "./fresh-topic.ts";
import { readTopic } from "./read-topic.ts";

it("has both servers: what one gave the other takes", async () => {
  const [topic, keyspace] = await Promise.all([freshTopic(), freshKeyspace()]);
  const client = cassandraClient(keyspace);
  try {
    await topic.producer.send({ topic: topic.topic, messages: [{ key: "a", value: "1" }] });
    const table = `${keyspace.keyspace}.t`;
    await client.execute(`create table ${table} (k text primary key, v text)`);
    for (const { key, value } of await readTopic(topic))
      await client.execute(`insert into ${table} (k, v) values (?, ?)`, [String(key), String(value)], {
        prepare: true,
      });
    const { rows } = await client.execute(`select k, v from ${table}`);
    expect(rows.map((row) => [row.get("k") as unknown, row.get("v") as unknown])).toEqual([["a", "1"]]);
  } finally {
    await client.shutdown();
    await topic.drop();
    await keyspace.drop();
  }
});
