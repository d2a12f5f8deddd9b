import { setTimeout as sleep } from "node:timers/promises";
import { getActiveResourcesInfo } from "node:process";
import { describe, expect, it } from "vitest";
import { KafkaClient } from "../../../src/featurestore/stream/kafka/kafka-client.ts";
import { loadKafka } from "../../../src/featurestore/stream/kafka/kafka-module.ts";
import { freshTopic } from "../../servers/fresh-topic.ts";

describe("a client of Kafka that is closed", () => {
  it("leaves no connection, whatever kafkajs still has under way, and makes none", async () => {
    await using topic = await freshTopic();
    const module = await loadKafka();
    const before = connections();
    const client = new KafkaClient(module, {
      brokers: topic.bootstrap.split(","),
      logLevel: module.logLevel.NOTHING,
      retry: { retries: 1, initialRetryTime: 10 },
    });
    const consumer = client.kafka.consumer({ groupId: `of-${topic.topic}` });
    const admin = client.kafka.admin();
    await Promise.all([consumer.connect(), admin.connect()]);
    await consumer.subscribe({ topics: [topic.topic] });
    const joining = consumer.run({ eachBatch: () => Promise.resolve() });
    expect(connections()).toBeGreaterThan(before);
    client.close();
    await joining.catch(() => undefined);
    await expect(admin.listTopics()).rejects.toThrow(/closed/);
    for (let i = 0; i < 50 && connections() > before; i++) await sleep(20);
    expect(connections()).toBe(before);
  });
});

function connections(): number {
  return getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}
