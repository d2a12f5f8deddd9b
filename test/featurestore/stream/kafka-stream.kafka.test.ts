import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { RunningStream } from "../../../src/featurestore/index.ts";
import type { Tondo } from "../../../src/open.ts";
import { type FreshTopic, freshTopic } from "../../servers/fresh-topic.ts";
import { startKafka } from "../../servers/kafka.ts";
import { readTopic } from "../../servers/read-topic.ts";
import { type StreamWorker, startWorker } from "./stream-worker-process.ts";
import { order, sales, secondsAgo, streamedOrders, type StreamedOrders, untilPassed } from "./streamed-orders.ts";

const shops = ["north", "south", "east", "west", "down"];

/** A project over a topic alone, whose events have no `id`: one that was applied twice would count twice. */
function topicAlone(topic: FreshTopic): Promise<StreamedOrders> {
  return streamedOrders({
    ...{ id: "", topic: topic.topic },
    events: { kafka: { brokers: [topic.bootstrap], limits: { sessionTimeoutMs: 2000, maxWaitMs: 20 } } },
  });
}

/** Produces orders of 1 to all shops by turns, with keys unlike the groups'. Gives how many each shop has. */
async function produce({ producer, topic }: FreshTopic, from: number, to: number): Promise<void> {
  const messages = Array.from({ length: to - from }, (_, i) => {
    const n = from + i;
    return { key: `k${String(n % 7)}`, value: order(String(n), shops[n % shops.length] ?? "", secondsAgo(30), 1) };
  });
  await producer.send({ topic, messages });
}

/** Waits until all of a topic is read, and what is applied counts. */
async function untilEmpty(tondo: Tondo): Promise<void> {
  for (let left = 600; ; left--) {
    const { partitions } = await tondo.streamStatus();
    if (partitions.every(({ lag }) => lag === 0)) break;
    if (left === 0) throw new Error(`it is not read: ${JSON.stringify(partitions)}`);
    await sleep(50);
  }
  await sleep(100);
}

async function counts(tondo: Tondo): Promise<readonly unknown[]> {
  return Promise.all(shops.map(async (shop) => (await sales(tondo, shop, "n"))[0]));
}

const each = (n: number): readonly number[] => shops.map(() => n);

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
    await admin.createTopics({ topics: [{ topic: topic.topic, numPartitions: 1 }], waitForLeaders: true });
    await admin.disconnect();
    await produce(topic, 0, 5);
    const again = await shop.tondo.stream({ limits: { maxDelayMs: 20 } });
    await expect(again.failed).rejects.toMatchObject({ code: "EVENTS_GONE", details: { next: 10, end: 5 } });
    await again.stop();
    await shop.tondo.resetStream({ source: "orders", to: "earliest", isNewTopic: true });
    await using anew: RunningStream = await shop.tondo.stream({ limits: { maxDelayMs: 20 } });
    await untilPassed(anew, 5);
    expect(await counts(shop.tondo)).toEqual(each(3));
  });
});

describe("workers of a stream from Kafka", () => {
  it(
    "that are killed at any moment lose nothing and apply nothing twice, with loads between",
    { timeout: 120_000 },
    async () => {
      await using topic = await freshTopic();
      await using shop = await topicAlone(topic);
      const workers: (StreamWorker | undefined)[] = [];
      try {
        for (const i of [0, 1]) workers[i] = await startWorker(shop.folder, topic.bootstrap);
        let produced = 0;
        for (let kill = 0; kill < 10; kill++) {
          const until = produced + 400;
          for (; produced < until; produced += 50) {
            await produce(topic, produced, produced + 50);
            await sleep(Math.random() * 20);
          }
          await workers[kill % 2]?.end("SIGKILL");
          if (kill % 4 === 1) await shop.tondo.materialize();
          workers[kill % 2] = await startWorker(shop.folder, topic.bootstrap);
        }
        await untilEmpty(shop.tondo);
        expect(await counts(shop.tondo)).toEqual(each(produced / shops.length));
        for (const worker of workers) expect(await worker?.end("SIGTERM")).toBe(0);
        await shop.tondo.materialize();
        expect(await counts(shop.tondo)).toEqual(each(produced / shops.length));
      } finally {
        for (const worker of workers) worker?.process.kill("SIGKILL");
      }
    },
  );

  it(
    "that were thought dead and go on change nothing, and neither does a Kafka that was away",
    { timeout: 120_000 },
    async () => {
      await using kafka = await startKafka();
      await using topic = await freshTopic({ server: kafka });
      await using shop = await topicAlone(topic);
      const first = await startWorker(shop.folder, topic.bootstrap, 200);
      let second: StreamWorker | undefined;
      try {
        await produce(topic, 0, 100);
        await untilEmpty(shop.tondo);
        await produce(topic, 100, 200);
        // It has read them, perhaps, and not applied them.
        first.process.kill("SIGSTOP");
        second = await startWorker(shop.folder, topic.bootstrap);
        await untilEmpty(shop.tondo);
        await produce(topic, 200, 300);
        first.process.kill("SIGCONT");
        await produce(topic, 300, 400);
        await untilEmpty(shop.tondo);
        expect(await counts(shop.tondo)).toEqual(each(80));
        await kafka.kill();
        await sleep(500);
        await kafka.start();
        await produce(topic, 400, 500);
        await untilEmpty(shop.tondo);
        expect(await counts(shop.tondo)).toEqual(each(100));
        expect([await first.end("SIGTERM"), await second.end("SIGTERM")]).toEqual([0, 0]);
      } finally {
        first.process.kill("SIGKILL");
        second?.process.kill("SIGKILL");
      }
    },
  );
});
