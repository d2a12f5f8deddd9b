import { open } from "lmdb";
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

/** A row of a key as the store has it: when it happened, from when on it counts, and its columns as JSON. */
function rowOf(text: string, t: number, k: number): Buffer {
  const bytes = Buffer.byteLength(text);
  const row = Buffer.allocUnsafe(24 + ((bytes + 7) & ~7)).fill(0, 24 + bytes);
  row.writeDoubleLE(t, 0);
  row.writeDoubleLE(k, 8);
  row.writeDoubleLE(bytes, 16);
  row.write(text, 24);
  return row;
}

/**
 * The hand-written floor: a loop of kafkajs that parses the same JSON, keeps the same rows of each key in a Map, and writes the same bytes to LMDB at the same intervals: the record of each key that was touched, each row
 * in the order of their moments, and how far the topic is read. It checks nothing, knows no definitions, and cannot go on where it was left.
 */
export async function bareLoop(kafka: RunningKafka, folder: string, group: string, total: number): Promise<number> {
  const consumer = kafkaClient(kafka).consumer({ groupId: group, maxWaitTimeInMs: 100 });
  const root = open({
    path: folder,
    keyEncoding: "binary",
    encoding: "binary",
    noMemInit: true,
    overlappingSync: true,
  });
  const records = root.openDB<Buffer, Buffer>({ name: "records", keyEncoding: "binary", encoding: "binary" });
  const log = root.openDB<Buffer, Buffer>({ name: "log", keyEncoding: "binary", encoding: "binary" });
  const state = new Map<string, Buffer>();
  let touched = new Map<string, Buffer[]>();
  let rows: (readonly [Buffer, Buffer])[] = [];
  let done = 0;
  let k = Date.now() * 1000;
  let since = performance.now();
  const next: Record<number, number> = {};
  const flush = async (): Promise<void> => {
    root.transactionSync(() => {
      for (const [shop, added] of touched) {
        const before = state.get(shop);
        const record = Buffer.concat([before ?? Buffer.alloc(16), ...added]);
        record.writeDoubleLE((before?.readDoubleLE(8) ?? 0) + added.length, 8);
        state.set(shop, record);
        records.putSync(Buffer.from(shop), record);
      }
      for (const [key, row] of rows) log.putSync(key, row);
      records.putSync(Buffer.from("\0positions"), Buffer.from(JSON.stringify(next)));
    });
    await root.flushed;
    done += rows.length;
    touched = new Map();
    rows = [];
    since = performance.now();
  };
  const finished = Promise.withResolvers<undefined>();
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    partitionsConsumedConcurrently: 1,
    eachBatch: async ({ batch }) => {
      for (const { value, offset, timestamp } of batch.messages) {
        const { shop, ordered, price } = JSON.parse(String(value)) as Order;
        const t = Date.parse(ordered) * 1000;
        const text = JSON.stringify({ shop, ordered: t, price });
        const own = touched.get(shop);
        const row = rowOf(text, t, ++k);
        if (own === undefined) touched.set(shop, [row]);
        else own.push(row);
        const key = Buffer.alloc(15);
        key.write("orders");
        key.writeBigInt64BE(BigInt(k), 7);
        const origin = JSON.stringify([topic, String(batch.partition), Number(offset), Number(timestamp) * 1000]);
        rows.push([key, Buffer.from(`from ${origin}\n${text}`)]);
        if (rows.length >= flushEvents || performance.now() - since > flushMs) await flush();
      }
      next[batch.partition] = Number(batch.lastOffset()) + 1;
      if (done + rows.length < total) return;
      await flush();
      finished.resolve(undefined);
    },
  });
  await finished.promise;
  await consumer.disconnect();
  await root.close();
  return done;
}
