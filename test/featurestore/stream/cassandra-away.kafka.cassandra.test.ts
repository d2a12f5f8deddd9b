import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { startCassandra } from "../../servers/cassandra.ts";
import { freshTopic } from "../../servers/fresh-topic.ts";
import { counts, each, produce, untilEmpty } from "./shops-topic.ts";
import { streamedOrders, untilPassed } from "./streamed-orders.ts";

describe("a stream from Kafka into a Cassandra", () => {
  it("that is killed under its writes waits for it, and each event counts once", { timeout: 300_000 }, async () => {
    await using server = await startCassandra({ durable: true });
    await using topic = await freshTopic();
    const { contactPoint, localDataCenter } = server;
    await using shop = await streamedOrders({
      ...{ id: "", topic: topic.topic },
      events: { kafka: { brokers: [topic.bootstrap], limits: { sessionTimeoutMs: 5000, maxWaitMs: 20 } } },
      cassandra: {
        ...{ contactPoints: [contactPoint], localDataCenter, createKeyspace: true },
        limits: { pointerAgeMs: 100, readTimeoutMs: 2000, writeTimeoutMs: 2000, reconnectMs: 200 },
      },
    });
    const failures: string[] = [];
    await using stream = await shop.tondo.stream({
      limits: { maxDelayMs: 20, flushEvents: 20, retryMs: 500 },
      onFailure: (_, error) => failures.push((error as { readonly code: string }).code),
    });
    await produce(topic, 0, 200);
    await untilEmpty(shop.tondo);
    let produced = 200;
    for (; produced < 700; produced += 50) {
      await produce(topic, produced, produced + 50);
      if (produced === 400) await server.kill();
    }
    await sleep(1000);
    await server.start();
    await untilPassed(stream, produced, 120);
    await untilEmpty(shop.tondo);
    await sleep(500);
    expect(failures).toContain("STORE_UNAVAILABLE");
    expect(await counts(shop.tondo)).toEqual(each(produced / 5));
    await shop.tondo.materialize();
    expect(await counts(shop.tondo)).toEqual(each(produced / 5));
  });
});
