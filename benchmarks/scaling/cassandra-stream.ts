import { equal } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { scaled } from "../harness/scale.ts";
import type { Case } from "../harness/suite.ts";
import { startServer } from "../online/cassandra-world.ts";
import { ProcessorTime } from "./processor-time.ts";
import { produce, shopProject } from "./shop.ts";

/** How many events one call applies. */
const events = scaled(40_000, 10_000);

/** A process that streams into a Cassandra of one node, by flushes of so many events, against as long as an event may take where a million come in a second. */
export function streamCassandra(flushEvents: number): Case {
  return {
    name: `stream-cassandra-${String(flushEvents)}`,
    against: "a microsecond an event: a million a second in one store",
    unit: "us/event",
    rounds: 5,
    warmUps: 2,
    async setup() {
      const server = await startServer();
      const tondo = await shopProject(server);
      const stream = await tondo.stream({ limits: { flushEvents, maxDelayMs: 100 } });
      const used = new ProcessorTime(server.pid);
      const applied = (): number => stream.metrics.partitions.reduce((sum, one) => sum + one.applied, 0);
      const work = async (): Promise<void> => {
        const until = applied() + events;
        await produce(tondo, events);
        while (applied() < until) await Promise.race([sleep(5), stream.failed]);
      };
      return {
        pieces: events,
        ours: () => used.during(events, work),
        baseline: { nanoseconds: events * 1000 },
        verify: async () => {
          const before = applied();
          await work();
          equal(applied(), before + events);
        },
        also: () => used.used,
        close: async () => {
          await stream.stop();
          await tondo.close();
          await server.stop();
        },
      };
    },
  };
}
