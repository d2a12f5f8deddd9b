import { kafkaClient } from "../../test/servers/kafka-client.ts";
import type { RunningKafka } from "../../test/servers/kafka.ts";
import { topic } from "./events.ts";

/** How many events are written at once, and how long they wait for that: as a stream does. */
const [flushEvents, flushMs] = [10_000, 500];

interface Order {
  readonly shop: string;
  readonly ordered: string;
  readonly price: number;
}

/** An event of the topic. */
export interface BareEvent {
  readonly shop: string;
  /** When it happened, microseconds. */
  readonly t: number;
  /** From when on it counts: more than of all before it. */
  readonly k: number;
  /** Its columns as JSON. */
  readonly text: string;
  /** Where it was read. */
  readonly origin: string;
}

/** What is done with the events of a flush: `next` says of each partition up to where whole batches were read. */
export type WriteEvents = (events: readonly BareEvent[], next: Readonly<Record<number, number>>) => Promise<void>;

/** The hand-written floor's loop of kafkajs: parses each event of the topic, and has some written at once. Gives how many were. */
export async function eachBareEvent(
  kafka: RunningKafka,
  group: string,
  total: number,
  write: WriteEvents,
): Promise<number> {
  const consumer = kafkaClient(kafka).consumer({ groupId: group, maxWaitTimeInMs: 100 });
  const next: Record<number, number> = {};
  let waiting: BareEvent[] = [];
  let done = 0;
  let k = Date.now() * 1000;
  let since = performance.now();
  const flush = async (): Promise<void> => {
    await write(waiting, next);
    done += waiting.length;
    waiting = [];
    since = performance.now();
  };
  const finished = Promise.withResolvers<undefined>();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: 1,
    eachBatch: async (payload) => {
      const { batch } = payload;
      for (const { value, offset, timestamp } of batch.messages) {
        const { shop, ordered, price } = JSON.parse(String(value)) as Order;
        const t = Date.parse(ordered) * 1000;
        const text = JSON.stringify({ shop, ordered: t, price });
        const origin = JSON.stringify([topic, String(batch.partition), Number(offset), Number(timestamp) * 1000]);
        waiting.push({ shop, t, k: ++k, text, origin });
        if (waiting.length < flushEvents && performance.now() - since <= flushMs) continue;
        await flush();
        await payload.heartbeat();
      }
      next[batch.partition] = Number(batch.lastOffset()) + 1;
      if (done + waiting.length < total) return;
      await flush();
      finished.resolve(undefined);
    },
  });
  await finished.promise;
  await consumer.disconnect();
  return done;
}
