import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { open, type Tondo } from "../../../src/open.ts";
import { type FreshTopic, freshTopic } from "../../servers/fresh-topic.ts";
import { untilPassed } from "./streamed-orders.ts";

const limits = { maxDelayMs: 20 };

async function profiles({ topic, bootstrap }: FreshTopic): Promise<{ readonly folder: string; readonly tondo: Tondo }> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-snapshot-"));
  await writeFile(
    join(folder, "shop.tondo"),
    `entity shop (shop: string)
snapshot shops { kafka "${topic}" at updated deleted gone
  columns (shop: string, updated: timestamp, city: string, stars: int, gone: bool) }
group shop:profile from shops by shop { city, stars }
`,
  );
  const tondo = await open({ folder, events: { kafka: { brokers: [bootstrap] } } });
  await tondo.apply();
  await tondo.materialize();
  return { folder, tondo };
}

const state = (shop: string, city: string, stars: number, secondsAgo: number): { key: string; value: string } => ({
  key: shop,
  value: JSON.stringify({ shop, city, stars, updated: Date.now() - secondsAgo * 1000 }),
});

async function cityOf(tondo: Tondo, shop: string): Promise<readonly unknown[]> {
  const reader = await tondo.features();
  const { values } = await reader.get(["shop:profile:city"], { shop });
  const { value, status } = values["shop:profile:city"];
  return [value, status];
}

describe("a snapshot by a compacted topic", () => {
  it("has the newest state of each key, none of one that was deleted, and the same behind loads", async () => {
    await using topic = await freshTopic({ partitions: 2, settings: { "cleanup.policy": "compact" } });
    const { folder, tondo } = await profiles(topic);
    try {
      const { producer, topic: name } = topic;
      await producer.send({
        topic: name,
        messages: [
          state("a", "Bonn", 3, 60),
          state("b", "Köln", 4, 60),
          // It came late, and is older.
          state("a", "Essen", 1, 600),
          state("c", "Ulm", 2, 60),
        ],
      });
      await using stream = await tondo.stream({ limits });
      await untilPassed(stream, 4);
      expect(await cityOf(tondo, "a")).toEqual(["Bonn", "present"]);
      await producer.send({ topic: name, messages: [{ key: "b", value: null }, state("a", "Berlin", 5, 1)] });
      await untilPassed(stream, 6);
      const served = async (): Promise<readonly unknown[]> =>
        Promise.all(["a", "b", "c", "d"].map((shop) => cityOf(tondo, shop)));
      const all = [
        ["Berlin", "present"],
        [null, "not_found"],
        ["Ulm", "present"],
        [null, "not_found"],
      ];
      expect(await served()).toEqual(all);
      await tondo.materialize();
      expect(await served()).toEqual(all);
      await producer.send({ topic: name, messages: [state("b", "Trier", 1, 0)] });
      await untilPassed(stream, 7);
      expect(await cityOf(tondo, "b")).toEqual(["Trier", "present"]);
    } finally {
      await tondo.close();
      await rm(folder, { recursive: true });
    }
  });

  it("is read from its start once it was compacted", async () => {
    await using topic = await freshTopic({
      partitions: 1,
      settings: { "cleanup.policy": "compact", "segment.ms": "100", "min.cleanable.dirty.ratio": "0.01" },
    });
    const { producer, topic: name } = topic;
    for (let stars = 0; stars < 20; stars++)
      await producer.send({ topic: name, messages: [state("a", "Bonn", stars, 60 - stars)] });
    await producer.send({ topic: name, messages: [{ key: "b", value: null }] });
    // What is written last is not compacted.
    await sleep(200);
    await producer.send({ topic: name, messages: [state("c", "Ulm", 1, 1)] });
    await sleep(1500);
    const { folder, tondo } = await profiles(topic);
    try {
      await using stream = await tondo.stream({ limits });
      for (let left = 200; (await tondo.streamStatus()).partitions.some(({ lag }) => lag > 0); left--) {
        if (left === 0) throw new Error(JSON.stringify(stream.metrics));
        await sleep(50);
      }
      await sleep(100);
      expect(await cityOf(tondo, "a")).toEqual(["Bonn", "present"]);
      expect(await cityOf(tondo, "c")).toEqual(["Ulm", "present"]);
      const [partition] = stream.metrics.partitions;
      expect(partition?.read).toBeLessThan(22);
      expect(partition?.dead).toBe(0);
    } finally {
      await tondo.close();
      await rm(folder, { recursive: true });
    }
  });
});
