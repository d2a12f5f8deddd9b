import { equal } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open } from "../../src/index.ts";
import type { RunningCassandra } from "../../test/servers/cassandra.ts";
import type { RunningKafka } from "../../test/servers/kafka.ts";
import { scaled } from "../harness/scale.ts";
import type { Case, Contest } from "../harness/suite.ts";
import { rawClient, startServer } from "../online/cassandra-world.ts";
import { bareCassandra } from "./bare-cassandra.ts";
import { definitions, producedEvents } from "./events.ts";
import { readableCase, type StreamedProject } from "./readable.ts";
import { streamAll } from "./streamed.ts";

const events = scaled(50_000, 2000);

/** A project over a store of its own in a server, loaded, that has read nothing. */
async function freshStore({ bootstrap }: RunningKafka, server: RunningCassandra): Promise<StreamedProject> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-stream-bench-"));
  await writeFile(join(folder, "shop.tondo"), definitions);
  const { contactPoint, localDataCenter } = server;
  const tondo = await open({
    folder,
    cassandra: { contactPoints: [contactPoint], localDataCenter, createKeyspace: true, store: randomUUID() },
    events: { kafka: { brokers: [bootstrap] } },
  });
  await tondo.apply();
  await tondo.materialize();
  const close = async (): Promise<void> => {
    await tondo.close();
    await rm(folder, { recursive: true });
  };
  return { tondo, close };
}

export const streamCassandra: Case = {
  name: "stream-cassandra",
  against: "a bare kafkajs loop of single writes",
  unit: "us/event",
  rounds: 5,
  warmUps: 1,
  async setup(): Promise<Contest> {
    const [kafka, server] = await Promise.all([producedEvents(events), startServer()]);
    const client = await rawClient(server);
    const ours = async (): Promise<void> => {
      const { tondo, close } = await freshStore(kafka, server);
      await streamAll(tondo, events);
      await close();
    };
    const bare = async (): Promise<number> => {
      const [rows, log] = ["rows", "log"].map((what) => `tondo.bare_${what}_${randomUUID().replaceAll("-", "")}`);
      await client.execute(
        `CREATE TABLE ${String(rows)} (key blob, k bigint, t bigint, text text, PRIMARY KEY (key, k))`,
      );
      await client.execute(`CREATE TABLE ${String(log)} (part int, k bigint, text text, PRIMARY KEY (part, k))`);
      const into = { rows: String(rows), log: String(log) };
      return bareCassandra(kafka, client, into, `bare-${randomUUID()}`, events);
    };
    return {
      pieces: events,
      ours,
      baseline: bare,
      verify: async () => {
        const { tondo, close } = await freshStore(kafka, server);
        await streamAll(tondo, events);
        const { partitions } = await tondo.streamStatus();
        equal(
          partitions.reduce((sum, { lag }) => sum + lag, 0),
          0,
        );
        await close();
        equal(await bare(), events);
      },
      close: async () => {
        await client.shutdown();
        await Promise.all([kafka.stop(), server.stop()]);
      },
    };
  },
};

export const readableCassandra: Case = readableCase("cassandra", async (kafka) => {
  const server = await startServer();
  const { tondo, close } = await freshStore(kafka, server);
  return {
    tondo,
    close: async () => {
      await close();
      await server.stop();
    },
  };
});
