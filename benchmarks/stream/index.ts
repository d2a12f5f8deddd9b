import { equal } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, type Tondo } from "../../src/index.ts";
import type { RunningKafka } from "../../test/servers/kafka.ts";
import { scaled } from "../harness/scale.ts";
import type { Case, Suite } from "../harness/suite.ts";
import { bareLoop } from "./bare-loop.ts";
import { readableCassandra, streamCassandra } from "./cassandra.ts";
import { definitions, producedEvents, topic } from "./events.ts";
import { readableCase } from "./readable.ts";
import { streamAll } from "./streamed.ts";

/** How many events one call applies. */
const events = scaled(400_000, 20_000);

/** A project that is loaded, and has read nothing. */
async function freshProject({ bootstrap }: RunningKafka): Promise<{ readonly folder: string; readonly tondo: Tondo }> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-stream-bench-"));
  await writeFile(join(folder, "shop.tondo"), definitions);
  const tondo = await open({ folder, events: { kafka: { brokers: [bootstrap] } } });
  await tondo.apply();
  await tondo.materialize();
  return { folder, tondo };
}

const streamLmdb: Case = {
  name: "stream-lmdb",
  against: "a bare kafkajs loop over a Map",
  unit: "us/event",
  async setup() {
    const kafka = await producedEvents(events);
    const folders: string[] = [];
    return {
      pieces: events,
      ours: async () => {
        const { folder, tondo } = await freshProject(kafka);
        folders.push(folder);
        await streamAll(tondo, events);
        await tondo.close();
      },
      baseline: async () => {
        const folder = await mkdtemp(join(tmpdir(), "tondo-bare-"));
        folders.push(folder);
        await bareLoop(kafka, folder, `bare-${randomUUID()}`, events);
      },
      verify: async () => {
        const bare = await mkdtemp(join(tmpdir(), "tondo-bare-"));
        folders.push(bare);
        equal(await bareLoop(kafka, bare, `bare-${randomUUID()}`, events), events);
        const { folder, tondo } = await freshProject(kafka);
        folders.push(folder);
        await streamAll(tondo, events);
        const { partitions } = await tondo.streamStatus();
        equal(
          partitions.reduce((sum, { end }) => sum + end, 0),
          events,
          topic,
        );
        equal(
          partitions.reduce((sum, { lag }) => sum + lag, 0),
          0,
        );
        await tondo.close();
      },
      close: async () => {
        await kafka.stop();
        for (const folder of folders) await rm(folder, { recursive: true });
      },
    };
  },
};

const readableLmdb = readableCase("lmdb", async (kafka) => {
  const { folder, tondo } = await freshProject(kafka);
  return {
    tondo,
    close: async () => {
      await tondo.close();
      await rm(folder, { recursive: true });
    },
  };
});

const suite: Suite = { name: "stream", cases: [streamLmdb, streamCassandra, readableLmdb, readableCassandra] };

export default suite;
