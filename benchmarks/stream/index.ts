import { equal } from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { open, type Tondo } from "../../src/index.ts";
import type { RunningKafka } from "../../test/servers/kafka.ts";
import type { Case, Suite } from "../harness/suite.ts";
import { bareLoop } from "./bare-loop.ts";
import { definitions, events, producedEvents, topic } from "./events.ts";

/** A project that is loaded, and has read nothing. */
async function freshProject({ bootstrap }: RunningKafka): Promise<{ readonly folder: string; readonly tondo: Tondo }> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-stream-bench-"));
  await writeFile(join(folder, "shop.tondo"), definitions);
  const tondo = await open({ folder, events: { kafka: { brokers: [bootstrap] } } });
  await tondo.apply();
  await tondo.materialize();
  return { folder, tondo };
}

/** Applies all events of the topic. */
async function streamAll(tondo: Tondo): Promise<void> {
  const stream = await tondo.stream();
  const applied = (): number => stream.metrics.partitions.reduce((sum, one) => sum + one.applied, 0);
  while (applied() < events) await Promise.race([sleep(5), stream.failed]);
  await stream.stop();
}

const streamLmdb: Case = {
  name: "stream-lmdb",
  against: "a bare kafkajs loop over a Map",
  unit: "us/event",
  async setup() {
    const kafka = await producedEvents();
    const folders: string[] = [];
    return {
      pieces: events,
      ours: async () => {
        const { folder, tondo } = await freshProject(kafka);
        folders.push(folder);
        await streamAll(tondo);
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
        await streamAll(tondo);
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

const suite: Suite = { name: "stream", cases: [streamLmdb] };

export default suite;
