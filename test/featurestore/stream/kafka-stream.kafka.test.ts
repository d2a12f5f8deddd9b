import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { RunningStream } from "../../../src/featurestore/index.ts";
import { makeTopics } from "../../servers/make-topics.ts";
import { freshTopic } from "../../servers/fresh-topic.ts";
import { startKafka } from "../../servers/kafka.ts";
import { readTopic } from "../../servers/read-topic.ts";
import { counts, each, produce, topicAlone, untilEmpty } from "./shops-topic.ts";
import { order, sales, secondsAgo, untilPassed } from "./streamed-orders.ts";

describe("a stream from Kafka", () => {
  it("shares partitions among workers, says how far they are, and gives what it has to others when it ends", async () => {
    await using topic = await freshTopic();
    await using shop = await topicAlone(topic);
    await produce(topic, 0, 100);
    const one = await shop.tondo.stream({ limits: { maxDelayMs: 20 } });
    const other = await shop.tondo.stream({ limits: { maxDelayMs: 20 } });
    await untilEmpty(shop.tondo);
    expect(await counts(shop.tondo)).toEqual(each(20));
    for (let left = 200; ; left--) {
      await produce(topic, 0, 20);
      const read = [one, other].map((stream) =>
        stream.metrics.partitions.reduce((sum, { applied }) => sum + applied, 0),
      );
      if (Math.min(...read) > 0) break;
      if (left === 0) throw new Error(`one has all of them: ${JSON.stringify(read)}`);
      await sleep(50);
    }
    await untilEmpty(shop.tondo);
    const workers = new Set((await shop.tondo.streamStatus()).partitions.map(({ worker }) => worker));
    expect(workers.size).toBe(2);
    await one.stop();
    const before = Number((await counts(shop.tondo))[0]);
    await produce(topic, 0, 100);
    await untilEmpty(shop.tondo);
    expect(await counts(shop.tondo)).toEqual(each(before + 20));
    await shop.tondo.materialize();
    expect(await counts(shop.tondo)).toEqual(each(before + 20));
  });

  it("keeps what is too large, or no event, as dead letters in a topic, and applies them once they are wanted", async () => {
    await using kafka = await startKafka({ maxMessageBytes: 12 << 20 });
    await using topic = await freshTopic({ server: kafka });
    await using shop = await topicAlone(topic);
    const large = JSON.stringify({
      ...(JSON.parse(order("large", "north", secondsAgo(30), 1)) as object),
      note: "x".repeat(10 << 20),
    });
    await topic.producer.send({
      topic: topic.topic,
      messages: [
        { value: large, partition: 0 },
        { value: "{", partition: 0 },
        { value: null, partition: 1 },
        { value: order("small", "north", secondsAgo(30), 1), partition: 0 },
      ],
    });
    await using stream = await shop.tondo.stream({ limits: { maxDelayMs: 20 } });
    await untilPassed(stream, 4);
    expect(await sales(shop.tondo, "north")).toEqual([1, 1]);
    const letters = await readTopic({ kafka: topic.kafka, topic: `${topic.topic}.dead-letters` });
    expect(letters.map(({ headers }) => String(headers?.["tondo-reason"])).sort()).toEqual([
      "the event has no value",
      "the event is no JSON",
      expect.stringContaining("more than 1048576") as string,
    ]);
    expect(await shop.tondo.replayDeadLetters({ limits: { maxEventBytes: 11 << 20 } })).toMatchObject([
      { letters: 3, applied: 1 },
    ]);
    expect(await sales(shop.tondo, "north")).toEqual([2, 2]);
  });

  it("reads all topics of a source, each by a group of its own", async () => {
    await using one = await freshTopic({ partitions: 2 });
    await using other = await freshTopic({ partitions: 2 });
    await using shop = await topicAlone(one);
    await writeFile(
      join(shop.folder, "shop.tondo"),
      `entity shop (shop: string)
events orders { kafka "${one.topic}" kafka "${other.topic}" at ordered id order_id
  columns (shop: string, ordered: timestamp, order_id: string, price: float) }
group shop:sales from orders by shop { n = count() over 1h }
`,
    );
    await shop.tondo.apply({ replace: true });
    await shop.tondo.materialize();
    await produce(one, 0, 20);
    await produce(other, 20, 40);
    await using stream = await shop.tondo.stream({ limits: { maxDelayMs: 20 } });
    await untilPassed(stream, 40);
    expect(await counts(shop.tondo)).toEqual(each(8));
  });

  it("is done with a partition that ends with what is no event", async () => {
    await using topic = await freshTopic({ partitions: 1 });
    await using shop = await topicAlone(topic);
    const producer = topic.kafka.producer({ transactionalId: topic.topic, maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    for (const ends of ["commit", "abort"] as const) {
      const transaction = await producer.transaction();
      const value = order(ends, "north", secondsAgo(30), 1);
      await transaction.send({ topic: topic.topic, messages: [{ value }] });
      await transaction[ends]();
    }
    await producer.disconnect();
    await using stream = await shop.tondo.stream({ limits: { maxDelayMs: 20 } });
    await untilPassed(stream, 1);
    await untilEmpty(shop.tondo);
    expect(await sales(shop.tondo, "north")).toEqual([1, 1]);
  });

  it("ends with an error where a topic was made anew, and goes on once it is told", async () => {
    await using topic = await freshTopic({ partitions: 1 });
    await using shop = await topicAlone(topic);
    await produce(topic, 0, 10);
    const stream = await shop.tondo.stream({ limits: { maxDelayMs: 20 } });
    await untilPassed(stream, 10);
    await stream.stop();
    const admin = topic.kafka.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic.topic] });
    await sleep(200);
    await makeTopics(admin, [{ topic: topic.topic, numPartitions: 1 }]);
    await admin.disconnect();
    await produce(topic, 0, 5);
    const again = await shop.tondo.stream({ limits: { maxDelayMs: 20 } });
    await expect(again.failed).rejects.toMatchObject({ code: "EVENTS_GONE", details: { next: 10, end: 5 } });
    await again.stop();
    await expect(shop.tondo.resetStream({ source: "orders", to: "earliest" })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    await shop.tondo.resetStream({ source: "orders", to: "earliest", isNewTopic: true });
    await using anew: RunningStream = await shop.tondo.stream({ limits: { maxDelayMs: 20 } });
    await untilPassed(anew, 5);
    expect(await counts(shop.tondo)).toEqual(each(3));
  });
});
