import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { freshTopic } from "../../servers/fresh-topic.ts";
import { startKafka } from "../../servers/kafka.ts";
import { counts, countsIn, each, produce, shops, topicAlone, untilEmpty } from "./shops-topic.ts";
import { type StreamWorker, startWorker } from "./stream-worker-process.ts";

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
        for (let kill = 0; kill < 6; kill++) {
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
        for (const worker of workers) expect(await worker?.end("SIGTERM"), worker?.said()).toBe(0);
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
      // Events wait for others: one that is stopped while it writes would keep LMDB from all who write, until it goes on.
      const first = await startWorker(shop.folder, topic.bootstrap, 1000, 10_000);
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
        // Who produces may have sent some of them twice by now.
        expect(await counts(shop.tondo)).toEqual(await countsIn(topic));
        const codes = [await first.end("SIGTERM"), await second.end("SIGTERM")];
        expect(codes, `${first.said()}\n${second.said()}`).toEqual([0, 0]);
      } finally {
        first.process.kill("SIGKILL");
        second?.process.kill("SIGKILL");
      }
    },
  );
});
