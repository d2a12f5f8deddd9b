import { equal } from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Partitioners, type Producer } from "kafkajs";
import type { RunningStream, Tondo } from "../../src/index.ts";
import { type RunningKafka, startKafka } from "../../test/servers/kafka.ts";
import { kafkaClient } from "../../test/servers/kafka-client.ts";
import { scaled } from "../harness/scale.ts";
import { OwnTime } from "../harness/sample.ts";
import type { Case, Contest } from "../harness/suite.ts";
import { createTopic, topic } from "./events.ts";

/** A project over the topic, and what ends with it. */
export interface StreamedProject {
  readonly tondo: Tondo;
  readonly close: () => Promise<void>;
}

/** How many events one call waits for, and how many are produced a second. */
const events = scaled(500, 20);
const perSecond = 50;
/** How often it is looked whether an event counts, milliseconds. */
const lookMs = 5;

/** The stream's own default, and what it may take beyond that. */
const [maxDelayMs, beyondMs] = [500, 300];

/** How long it takes from producing an event until a request has it: the 99th of a hundred, of events that come all the time, one a key. */
export function readableCase(store: string, openProject: (kafka: RunningKafka) => Promise<StreamedProject>): Case {
  return {
    name: `readable-${store}`,
    against: "p99 of maxDelay (500 ms) and 300 ms",
    unit: "ms",
    warmUps: 0,
    async setup(): Promise<Contest> {
      const kafka = await startKafka({ fastBoot: false });
      await createTopic(kafka);
      const producer = kafkaClient(kafka).producer({ createPartitioner: Partitioners.DefaultPartitioner });
      await producer.connect();
      const project = await openProject(kafka);
      const { tondo } = project;
      const stream = await tondo.stream();
      const all: number[] = [];
      let round = 0;
      const measured = async (): Promise<OwnTime> => {
        const times = await timesOf(tondo, stream, producer, String(round++));
        all.push(...times);
        return new OwnTime(share(times, 0.99) * 1e6);
      };
      return {
        pieces: 1,
        ours: measured,
        baseline: { nanoseconds: (maxDelayMs + beyondMs) * 1e6 },
        verify: async () => {
          equal((await timesOf(tondo, stream, producer, "before")).length, events);
        },
        also: () => ({ p50_ms: share(all, 0.5), p999_ms: share(all, 0.999), most_ms: Math.max(...all) }),
        close: async () => {
          await stream.stop();
          await project.close();
          await producer.disconnect();
          await kafka.stop();
        },
      };
    },
  };
}

/**
 * Produces events, and gives how long each took until it was read, milliseconds.
 * @throws what the stream fails with: nothing would be read any more
 */
async function timesOf(
  tondo: Tondo,
  stream: RunningStream,
  producer: Producer,
  round: string,
): Promise<readonly number[]> {
  const features = await tondo.features();
  const isReadable = async (shop: string): Promise<boolean> =>
    (await features.get(["shop:sales:count_1h"], { shop })).values["shop:sales:count_1h"].value === 1;
  const began = performance.now();
  return Promise.all(
    Array.from({ length: events }, async (_, i) => {
      await sleep(Math.max(0, began + (i * 1000) / perSecond - performance.now()));
      const shop = `r${round}-${String(i)}`;
      const produced = performance.now();
      const value = JSON.stringify({ shop, ordered: new Date().toISOString(), price: 1 });
      await producer.send({ topic, messages: [{ key: shop, value }] });
      while (!(await isReadable(shop))) await Promise.race([sleep(lookMs), stream.failed]);
      return performance.now() - produced;
    }),
  );
}

/** The time within which a share of all lie. */
function share(times: readonly number[], part: number): number {
  return [...times].sort((one, other) => one - other)[Math.ceil(times.length * part) - 1] ?? NaN;
}
