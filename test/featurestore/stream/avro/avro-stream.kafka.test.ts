import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import avsc from "avsc";
import { expect, it } from "vitest";
import { freshTopic } from "../../../servers/fresh-topic.ts";
import { sales, secondsAgo, streamedOrders, untilPassed } from "../streamed-orders.ts";
import { schemaFile } from "./avro-events.ts";

const moment = { type: "long", logicalType: "timestamp-millis" };
const first = {
  type: "record",
  name: "Order",
  fields: [
    { name: "shop", type: "string" },
    { name: "note", type: ["null", "bytes"] },
    { name: "ordered", type: moment },
    { name: "order_id", type: "string" },
    { name: "price", type: "int" },
  ],
};
const second = {
  ...first,
  fields: [
    ...first.fields.filter(({ name }) => name !== "note" && name !== "price"),
    { name: "price", type: ["null", "double"] },
  ],
};

/** An order as the serializers of Confluent write it. */
function framed(id: number, schema: object, order: object): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(id, 1);
  return Buffer.concat([head, avsc.Type.forSchema(schema as avsc.Schema).toBuffer(order)]);
}

it("events of Avro are applied from Kafka, each by its schema, and what is none is a dead letter until its schema is given", async () => {
  await using topic = await freshTopic({ partitions: 1 });
  await using old = await schemaFile(first);
  await using now = await schemaFile(second);
  const options = (schemas: Readonly<Record<number, string>>): Parameters<typeof streamedOrders>[0] => ({
    ...{ id: "", topic: topic.topic },
    events: {
      kafka: { brokers: [topic.bootstrap], limits: { maxWaitMs: 20 } },
      avro: { [topic.topic]: { framing: "confluent", schemas } },
    },
  });
  const order = {
    shop: "north",
    note: Buffer.from([0, 255]),
    ordered: secondsAgo(60).getTime(),
    order_id: "a",
    price: 10,
  };
  const { note: _, ...newer } = order;
  await topic.producer.send({
    topic: topic.topic,
    messages: [
      { value: framed(7, first, order) },
      { value: framed(12, second, { ...newer, price: 2.5 }) },
      { value: framed(12, second, { ...newer, price: null }) },
      { value: JSON.stringify(newer) },
      { value: framed(7, first, order).subarray(0, -1) },
      { value: null },
    ],
  });
  const schemas: Record<number, string> = { 7: old.path };
  await using shop = await streamedOrders(options(schemas));
  await using stream = await shop.tondo.stream({ limits: { maxDelayMs: 20 } });
  await untilPassed(stream, 6);
  expect(await sales(shop.tondo, "north")).toEqual([1, 10]);
  expect(stream.metrics.partitions).toMatchObject([{ applied: 1, dead: 5, lag: 0 }]);
  // The project opened again takes the schemas as they are said by then.
  schemas[12] = now.path;
  await using other = await shop.again();
  const [replayed] = await other.replayDeadLetters();
  expect(replayed).toMatchObject({ letters: 5, applied: 2 });
  expect(replayed?.dead.map(({ reason }) => reason).sort()).toEqual([
    "the event does not begin with a 0 and the id of a schema",
    "the event ends before its schema does",
    "the event has no value",
  ]);
  expect(await sales(other, "north")).toEqual([3, 12.5]);
});

it("a stream of Avro waits where definitions applied since read what its schema never has, and goes on once they are mended", async () => {
  await using topic = await freshTopic({ partitions: 1 });
  await using file = await schemaFile(first);
  const events = {
    kafka: { brokers: [topic.bootstrap], limits: { maxWaitMs: 20 } },
    avro: { [topic.topic]: file.path },
  };
  await using shop = await streamedOrders({ id: "", topic: topic.topic, events });
  const value = avsc.Type.forSchema(first as avsc.Schema).toBuffer({
    ...{ shop: "north", note: Buffer.of(1), ordered: secondsAgo(60).getTime(), order_id: "a", price: 10 },
  });
  await using stream = await shop.tondo.stream({ limits: { maxDelayMs: 20, retryMs: 100 } });
  const path = join(shop.folder, "shop.tondo");
  const before = await readFile(path, "utf8");
  const wrong = before
    .replace("price: float", "price: float, note: string")
    .replace("n = ", "m = count() over 1h where note is missing  n = ");
  await writeFile(path, wrong);
  await shop.tondo.apply({ replace: true });
  await shop.tondo.materialize();
  for (let left = 100; stream.metrics.sources[0]?.failing === undefined; left--) {
    if (left === 0) throw new Error(JSON.stringify(stream.metrics));
    await topic.producer.send({ topic: topic.topic, messages: [{ value }] });
    await sleep(100);
  }
  expect(stream.metrics.sources[0].failing).toMatchObject({
    code: "SOURCE_CHANGED",
    message: expect.stringContaining('no value of the field "note"') as string,
  });
  await writeFile(path, before);
  await shop.tondo.apply({ replace: true });
  await shop.tondo.materialize();
  for (let left = 100; (await shop.tondo.streamStatus()).partitions.some(({ lag }) => lag > 0); left--) {
    if (left === 0) throw new Error(JSON.stringify(stream.metrics));
    await sleep(100);
  }
  await sleep(100);
  expect(stream.metrics).toMatchObject({ partitions: [{ dead: 0 }] });
  expect(stream.metrics.sources[0].failing).toBeUndefined();
  expect(Number((await sales(shop.tondo, "north"))[0])).toBe(stream.metrics.partitions[0]?.applied);
});
