import { type Client, types } from "cassandra-driver";
import { kafkaClient } from "../../test/servers/kafka-client.ts";
import type { RunningKafka } from "../../test/servers/kafka.ts";
import { prepared } from "../online/cassandra-world.ts";
import { topic } from "./events.ts";

/** As a stream does. */
const [flushEvents, flushMs] = [10_000, 500];
/** How many writes are under way at once. */
const atOnce = 256;

interface Order {
  readonly shop: string;
  readonly ordered: string;
  readonly price: number;
}

/**
 * The hand-written floor over Cassandra: a loop of kafkajs that parses the same JSON and writes each row twice at the same intervals, under its key for requests and in the order of moments for training. It
 * does so by single writes, many at once, without anything that orders them, has them stand together or finds what was left behind.
 *
 * @param table of `key`, `k`, `t` and `text`; `LOG` of `part`, `k` and `text`
 */
export async function bareCassandra(
  kafka: RunningKafka,
  client: Client,
  { rows, log }: { readonly rows: string; readonly log: string },
  group: string,
  total: number,
): Promise<number> {
  const consumer = kafkaClient(kafka).consumer({ groupId: group, maxWaitTimeInMs: 100 });
  const insertRow = `INSERT INTO ${rows} (key, k, t, text) VALUES (?, ?, ?, ?)`;
  const insertLog = `INSERT INTO ${log} (part, k, text) VALUES (?, ?, ?)`;
  let waiting: (readonly [query: string, params: readonly unknown[]])[] = [];
  let done = 0;
  let flushes = 0;
  let k = Date.now() * 1000;
  let since = performance.now();
  const flush = async (): Promise<void> => {
    const all = waiting;
    let next = 0;
    const write = async (): Promise<void> => {
      for (let one = all[next++]; one !== undefined; one = all[next++])
        await client.execute(one[0], [...one[1]], prepared);
    };
    await Promise.all(Array.from({ length: atOnce }, write));
    done += all.length / 2;
    flushes++;
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
        const moment = types.Long.fromNumber(++k);
        waiting.push(
          [insertRow, [Buffer.from(shop), moment, types.Long.fromNumber(t), text]],
          [insertLog, [flushes, moment, `from ${origin}\n${text}`]],
        );
        if (waiting.length >= 2 * flushEvents || performance.now() - since > flushMs) {
          await flush();
          await payload.heartbeat();
        }
      }
      if (done + waiting.length / 2 < total) return;
      await flush();
      finished.resolve(undefined);
    },
  });
  await finished.promise;
  await consumer.disconnect();
  return done;
}
