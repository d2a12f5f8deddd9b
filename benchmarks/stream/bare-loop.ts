import { open } from "lmdb";
import type { RunningKafka } from "../../test/servers/kafka.ts";
import { eachBareEvent } from "./bare-events.ts";

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

/** Where a row stands in the log. */
function logKey(k: number): Buffer {
  const key = Buffer.alloc(15);
  key.write("orders");
  key.writeBigInt64BE(BigInt(k), 7);
  return key;
}

/**
 * The hand-written floor: a loop of kafkajs that parses the same JSON, keeps the same rows of each key in a Map, and writes the same bytes to LMDB at the same intervals: the record of each key that was touched, each row
 * in the order of their moments, and how far the topic is read. It checks nothing, knows no definitions, and cannot go on where it was left.
 */
export async function bareLoop(kafka: RunningKafka, folder: string, group: string, total: number): Promise<number> {
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
  const done = await eachBareEvent(kafka, group, total, async (events, next) => {
    const touched = new Map<string, Buffer[]>();
    for (const { shop, t, k, text } of events) {
      const own = touched.get(shop);
      const row = rowOf(text, t, k);
      if (own === undefined) touched.set(shop, [row]);
      else own.push(row);
    }
    root.transactionSync(() => {
      for (const [shop, added] of touched) {
        const before = state.get(shop);
        const record = Buffer.concat([before ?? Buffer.alloc(16), ...added]);
        record.writeDoubleLE((before?.readDoubleLE(8) ?? 0) + added.length, 8);
        state.set(shop, record);
        records.putSync(Buffer.from(shop), record);
      }
      for (const { k, text, origin } of events) log.putSync(logKey(k), Buffer.from(`from ${origin}\n${text}`));
      records.putSync(Buffer.from("\0positions"), Buffer.from(JSON.stringify(next)));
    });
    await root.flushed;
  });
  await root.close();
  return done;
}
