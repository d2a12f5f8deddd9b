import { equal } from "node:assert/strict";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Tondo } from "../../src/index.ts";
import { OwnTime } from "../harness/sample.ts";
import type { Case } from "../harness/suite.ts";
import { topic } from "../stream/events.ts";
import { eventsPerSecond, files, leadMs, predictedDelays, warmUpSeconds } from "./half-load.ts";
import type { Appended, SteadyWork } from "./produce-steadily.ts";
import { shopProject } from "./shop.ts";
import { Delays } from "./simulation/delays.ts";

const seconds = 20;

/** What a run's events waited from when they were appended until requests see them. */
async function measuredDelays(tondo: Tondo): Promise<Delays> {
  const stream = await tondo.stream();
  const folder = join(tondo.folder, "events", topic);
  const workerData: SteadyWork = { folder, files, eventsPerSecond, seconds };
  const thread = new Worker(join(import.meta.dirname, "produce-steadily.ts"), { workerData });
  const producer = { isDone: false };
  thread.once("exit", () => {
    producer.isDone = true;
  });
  const waiting: Appended[] = [];
  const done = new Map<string, number>();
  const delays = new Delays();
  let since: number | undefined;
  thread.on("message", (appended: Appended) => {
    since ??= appended.at;
    waiting.push(appended);
  });
  while (!producer.isDone || waiting.length > 0) {
    await Promise.race([sleep(2), stream.failed]);
    const now = Date.now();
    const applied = new Map(stream.metrics.partitions.map((one) => [one.partition, one.applied]));
    for (const one of waiting.splice(0)) {
      if ((applied.get(one.file) ?? 0) < one.events) {
        waiting.push(one);
        continue;
      }
      const events = one.events - (done.get(one.file) ?? 0);
      done.set(one.file, one.events);
      if (one.at - (since ?? 0) >= warmUpSeconds * 1000) delays.add(now - one.at + leadMs, events);
    }
  }
  await stream.stop();
  return delays;
}

/** How long events of a stream at half load wait until requests see them, against what the simulation says. */
export const delayAtHalfLoad: Case = {
  name: "delay-lmdb",
  against: "what the simulation says of the same stream, 99 of 100 events",
  unit: "ms",
  rounds: 5,
  warmUps: 0,
  setup() {
    const medians: number[] = [];
    const predicted = predictedDelays();
    return {
      pieces: 1,
      ours: async () => {
        const tondo = await shopProject();
        const delays = await measuredDelays(tondo);
        await tondo.close();
        medians.push(delays.at(0.5));
        return new OwnTime(delays.at(0.99) * 1e6);
      },
      baseline: { nanoseconds: predicted.at(0.99) * 1e6 },
      verify: () => equal(predicted.at(0.5) < predicted.at(0.99), true),
      also: () => ({
        events_per_second: eventsPerSecond,
        half_ms: medians.toSorted((one, other) => one - other)[medians.length >> 1] ?? NaN,
        half_ms_predicted: predicted.at(0.5),
      }),
    };
  },
};
