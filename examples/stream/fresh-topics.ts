import { setTimeout as sleep } from "node:timers/promises";
import type { Admin, ITopicConfig, Kafka } from "kafkajs";
import { lacking } from "./servers.ts";
import { kitchensTopic, ordersTopic } from "./waves.ts";

const topics: readonly ITopicConfig[] = [
  { topic: ordersTopic, numPartitions: 3 },
  { topic: kitchensTopic, numPartitions: 2, configEntries: [{ name: "cleanup.policy", value: "compact" }] },
];

/** Makes the example's topics, without what an earlier run has left in them. @throws TondoError `EVENTS_UNAVAILABLE` */
export async function freshTopics(kafka: Kafka, brokers: readonly string[]): Promise<void> {
  const admin = kafka.admin();
  try {
    await admin.connect();
  } catch (error) {
    throw lacking("EVENTS_UNAVAILABLE", `no Kafka answers at ${brokers.join(", ")}`, error);
  }
  try {
    const own = topics.flatMap(({ topic }) => [topic, `${topic}.dead-letters`]);
    await remove(admin, own);
    // kafkajs waits for leaders of those partitions alone of which the broker has heard.
    await admin.createTopics({ topics: [...topics], waitForLeaders: false });
    for (const { topic } of topics) await untilThere(admin, topic);
  } finally {
    await admin.disconnect();
  }
}

/** Waits until a topic that was made can be written to. */
async function untilThere(admin: Admin, topic: string): Promise<void> {
  for (let left = 100; ; left--) {
    try {
      await admin.fetchTopicOffsets(topic);
      return;
    } catch (error) {
      if (left === 0) throw error;
    }
    await sleep(100);
  }
}

/** Removes topics, and waits until they are gone. */
async function remove(admin: Admin, own: readonly string[]): Promise<void> {
  const there = async (): Promise<string[]> => (await admin.listTopics()).filter((topic) => own.includes(topic));
  const found = await there();
  if (found.length > 0) await admin.deleteTopics({ topics: found });
  for (let left = 100; (await there()).length > 0 && left > 0; left--) await sleep(100);
}
