import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { getActiveResourcesInfo } from "node:process";
import { describe, expect, it } from "vitest";
import { KafkaClient } from "../../../src/featurestore/stream/kafka/kafka-client.ts";
import { KafkaEventLog } from "../../../src/featurestore/stream/kafka/kafka-event-log.ts";
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

describe("what is no Kafka", () => {
  it("is told by an error, whatever it says", async () => {
    const says = [
      Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"),
      Buffer.alloc(64, 0xff),
      Buffer.from([0, 0, 0, 4, 0, 0, 0, 0]),
    ];
    for (const bytes of says) {
      const server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.on("data", () => socket.write(bytes));
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const log = await KafkaEventLog.open({
        brokers: [`127.0.0.1:${String(port)}`],
        limits: { retries: 1, connectTimeoutMs: 500, requestTimeoutMs: 500 },
      });
      try {
        await expect(log.extents("orders")).rejects.toMatchObject({
          code: expect.stringMatching(/^EVENTS_(UNAVAILABLE|FAILED)$/) as string,
        });
      } finally {
        await log.close();
        server.close();
      }
    }
  });
});

function connections(): number {
  return getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
}
