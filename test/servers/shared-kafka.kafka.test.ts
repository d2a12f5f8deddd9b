import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { freshTopic } from "./fresh-topic.ts";
import { startKafka } from "./kafka.ts";
import { killStarter } from "./kill-starter.ts";
import { readTopic } from "./read-topic.ts";

it("is a real one, where each test has topics of its own and takes them away", async () => {
  const topics = await Promise.all([freshTopic(), freshTopic({ partitions: 1 })]);
  for (const [at, { producer, topic }] of topics.entries()) {
    const messages = ["a", "b", "a", "c"].map((key, place) => ({ key, value: `${String(at)}${String(place)}` }));
    await producer.send({ topic, messages });
  }
  const read = await Promise.all(topics.map(readTopic));
  const keys = (at: number): readonly unknown[] =>
    read[at]?.map(({ key, value }) => [String(key), String(value)]) ?? [];
  expect([...keys(0)].sort()).toEqual([
    ...[["a", "00"], ["a", "02"], ["b", "01"], ["c", "03"]], // prettier-ignore
  ]);
  expect(keys(1)).toEqual([["a", "10"], ["b", "11"], ["a", "12"], ["c", "13"]]); // prettier-ignore
  for (const topic of topics) await topic.drop();
  const admin = topics[0].kafka.admin();
  await admin.connect();
  const names = await admin.listTopics();
  await admin.disconnect();
  expect(names).not.toContain(topics[0].topic);
});

it("makes no topic that nobody made", async () => {
  await using fresh = await freshTopic();
  const hasty = fresh.kafka.producer({ retry: { retries: 1 } });
  await hasty.connect();
  const sent = hasty.send({ topic: `${fresh.topic}-misspelt`, messages: [{ value: "" }] });
  await expect(sent).rejects.toThrow("does not host this topic-partition");
  await hasty.disconnect();
});

it("takes messages of any time, and keeps them", async () => {
  await using fresh = await freshTopic({ partitions: 1 });
  const times = ["0", "1357034400000", "4102444800000"];
  await fresh.producer.send({
    topic: fresh.topic,
    messages: times.map((timestamp) => ({ value: "", timestamp })),
  });
  // Retention looks five times a second.
  await sleep(1000);
  expect((await readTopic(fresh)).map(({ timestamp }) => timestamp)).toEqual(times);
});

it("compacts a topic that asks for it within seconds", async () => {
  const settings = { "cleanup.policy": "compact", "segment.ms": "100", "min.cleanable.dirty.ratio": "0.01" };
  await using fresh = await freshTopic({ partitions: 1, settings });
  const { topic, producer } = fresh;
  for (const value of ["1", "2", "3"]) {
    await producer.send({ topic, messages: [{ key: "a", value }] });
    // What was written into one segment is compacted once another is begun, which the next message does.
    await sleep(150);
  }
  await producer.send({ topic, messages: [{ key: "b", value: "4" }] });
  const values = async (): Promise<string> => (await readTopic(fresh)).map(({ value }) => String(value)).join("");
  await expect.poll(values, { timeout: 20_000, interval: 200 }).toBe("34");
});

it("a start that fails says what the server said, and leaves nothing behind", async () => {
  await expect(startKafka({ heapMiB: 1 })).rejects.toThrow(/^Kafka ended before it answered: [^]*Too small/);
});

it("ends with the process that started it, also when that one is killed while it boots", async () => {
  const killed = await killStarter("kafka.ts", "startKafka");
  expect(killed).toEqual({ before: [true, true], after: [false, false], left: [] });
});
