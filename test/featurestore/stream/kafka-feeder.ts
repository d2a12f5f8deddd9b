import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { Partitioners, type Producer } from "kafkajs";
import { formatMicros, type GivenValue, parseTypeName } from "../../../src/core/index.ts";
import type { ProjectPlan, SourcePlan } from "../../../src/dsl/index.ts";
import { type RunningStream, startStream, resetStream } from "../../../src/featurestore/index.ts";
import { isLateText, originOf } from "../../../src/featurestore/online/pushed-values.ts";
import type { OnlineStore } from "../../../src/featurestore/online/index.ts";
import type { Push, Pushed } from "../../../src/featurestore/online/pushed-store.ts";
import { KafkaEventLog } from "../../../src/kafka.ts";
import { kafkaClient } from "../../servers/kafka-client.ts";
import { makeTopics } from "../../servers/make-topics.ts";
import { sharedKafka } from "../../servers/shared-kafka.ts";
import type { FedOutcome, OpenFeeder } from "../pushed/feeder.ts";

const partitions = 4;

/** A message, and where it came to stand. */
interface Produced {
  readonly source: string;
  readonly value: string;
  readonly place: string;
}

/**
 * Produces rows to topics of Kafka, shuffled over partitions whatever their keys, some of them again where that changes nothing, and has two workers apply them, which end and begin again between,
 * and go back to the start of topics.
 *
 * @param random numbers from 0 up to 1
 */
export function kafkaFeeder(random: () => number): OpenFeeder {
  return async ({ project: given, inForce = () => given, sources, store, clock, limits: ownLimits }) => {
    const server = await sharedKafka();
    const kafka = kafkaClient(server);
    const topics = new Map(sources.map((source) => [source, `history-${randomUUID()}`]));
    const place = <P extends { readonly sources: readonly SourcePlan[] }>(plan: P): P => ({
      ...plan,
      sources: plan.sources.map((source) => {
        const topic = topics.get(source.name);
        if (topic === undefined) return source;
        const others = source.transports.filter(({ format }) => format !== "kafka");
        return { ...source, transports: [...others, { format: "kafka" as const, topic }] };
      }),
    });
    const project = place(given);
    const admin = kafka.admin();
    await admin.connect();
    await makeTopics(
      admin,
      [...topics.values()].map((topic) => ({ topic, numPartitions: partitions })),
    );
    const producer: Producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const { applied, settled } = appliedBy(store);
    const workers = new Map<number, RunningStream>();
    const logs: KafkaEventLog[] = [];
    const failures: unknown[] = [];
    const start = async (): Promise<RunningStream> => {
      const log = await KafkaEventLog.open({
        brokers: [server.bootstrap],
        limits: { sessionTimeoutMs: 3000, rebalanceTimeoutMs: 3000, maxWaitMs: 20 },
      });
      logs.push(log);
      return startStream({
        ...{ store, log, clock, sources, inForce: () => Promise.resolve(place(inForce())) },
        erased: () => Promise.resolve(() => undefined),
        limits: { maxDelayMs: Math.floor(random() * 20), maxFuture: Infinity, flushEvents: 3, ...ownLimits },
        onFailure: (_, error) => failures.push(error),
      });
    };
    const sent: Produced[] = [];
    const restart = async (): Promise<void> => {
      const i = random() < 0.5 ? 0 : 1;
      const before = workers.get(i);
      // One may be gone for a while, and the other has all of them then.
      if (before !== undefined && random() < 0.7) {
        await before.stop();
        workers.delete(i);
      } else if (before === undefined) workers.set(i, await start());
      if (workers.size === 0) workers.set(i, await start());
    };
    return {
      place,
      feed: async (rows) => {
        if (sources.length === 0 || rows.length === 0) return rows.map(() => undefined);
        await restart();
        const own = rows.map(({ source, values }) => ({ source, value: messageOf(project, source, values) }));
        // What came before comes again: of events with an `id` that is a repeat.
        const again = sent.filter(({ source }) => hasId(project, source) && random() < 0.1);
        const order = [...own.keys(), ...again].sort(() => random() - 0.5);
        const places: string[] = [];
        for (const one of order) {
          const message = typeof one === "number" ? own[one] : one;
          if (message === undefined) continue;
          const topic = topics.get(message.source) ?? "";
          const partition = Math.floor(random() * partitions);
          const [made] = await producer.send({ topic, messages: [{ value: message.value, partition }] });
          const place = placeOf(topic, partition, Number(made?.baseOffset ?? -1));
          if (typeof one === "number") {
            places[one] = place;
            sent.push({ ...message, place });
          }
        }
        for (const [source, topic] of topics) await untilRead(store, kafka.admin.bind(kafka), source, topic, failures);
        // What stands is seen before whoever pushed it is told.
        await settled();
        if (random() < 0.2) {
          const log = await KafkaEventLog.open({ brokers: [server.bootstrap] });
          logs.push(log);
          for (const source of sources)
            await resetStream({ ...{ project, store, log, source, to: "earliest" as const }, actor: "history" });
        }
        return places.map((place): FedOutcome | undefined => applied.get(place));
      },
      close: async () => {
        await Promise.all([...workers.values()].map((worker) => worker.stop()));
        await Promise.all(logs.map((log) => log.close()));
        await producer.disconnect();
        await admin.deleteTopics({ topics: [...topics.values()] });
        await admin.disconnect();
      },
    };
  };
}

/** Records from when on each event counts, as the store is told. */
function appliedBy({ pushed }: OnlineStore): {
  readonly applied: ReadonlyMap<string, FedOutcome>;
  readonly settled: () => Promise<unknown>;
} {
  const applied = new Map<string, FedOutcome>();
  const underWay = new Set<Promise<unknown>>();
  if (pushed === undefined) throw new Error("it takes no events");
  const push = pushed.push.bind(pushed);
  pushed.push = (asked) => {
    const pushing = pushAndTell(asked).finally(() => underWay.delete(pushing));
    underWay.add(pushing);
    return pushing;
  };
  const pushAndTell = async (asked: Push): Promise<Pushed> => {
    const done = await push(asked);
    for (const [i, text] of (asked.logged ?? []).entries()) {
      const origin = originOf(text);
      if (origin === undefined) throw new Error("an event says not whence it came");
      const place = placeOf(origin.topic, Number(origin.partition), origin.offset);
      if (applied.has(place)) throw new Error(`${place} was applied twice`);
      applied.set(place, { k: done.first + i, waits: isLateText(text) });
    }
    return done;
  };
  return { applied, settled: () => Promise.allSettled([...underWay]) };
}

function placeOf(topic: string, partition: number, offset: number): string {
  return `${topic} ${String(partition)} ${String(offset)}`;
}

function hasId(project: ProjectPlan, source: string): boolean {
  return project.sources.find(({ name }) => name === source)?.id !== undefined;
}

/** A row as the JSON that a producer writes. */
function messageOf({ sources }: ProjectPlan, source: string, values: Readonly<Record<string, GivenValue>>): string {
  const columns = sources.find(({ name }) => name === source)?.columns ?? {};
  const members = Object.entries(values).map(([name, value]) => {
    const { kind } = parseTypeName(columns[name] ?? "string");
    if (typeof value !== "number" || (kind !== "timestamp" && kind !== "date")) return [name, value];
    return [name, kind === "timestamp" ? formatMicros(value) : formatMicros(value * 86_400_000_000).slice(0, 10)];
  });
  return JSON.stringify(Object.fromEntries(members), (_, value: unknown) =>
    typeof value === "bigint" ? String(value) : value,
  );
}

/** Waits until all that a topic has is passed. */
async function untilRead(
  { pushed }: OnlineStore,
  client: () => ReturnType<ReturnType<typeof kafkaClient>["admin"]>,
  source: string,
  topic: string,
  failures: readonly unknown[],
): Promise<void> {
  const admin = client();
  await admin.connect();
  const ends = (await admin.fetchTopicOffsets(topic)).filter(({ high }) => high !== "0");
  await admin.disconnect();
  for (let left = 1500; ; left--) {
    const positions = (await pushed?.positions(source)) ?? [];
    const lacking = ends.filter(({ partition, high }) => {
      const position = positions.find((one) => one.topic === topic && one.partition === String(partition))?.position;
      return position === undefined || position.next < Number(high);
    });
    if (lacking.length === 0) return;
    if (left === 0)
      throw new Error(
        `${topic} is not read: ${JSON.stringify({ lacking, positions, failures: failures.map(String) })}`,
      );
    await sleep(10);
  }
}
