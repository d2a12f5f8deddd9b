import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Admin, KafkaConfig, Message, Producer } from "kafkajs";
import { type Micros, TondoError } from "../../../core/index.ts";
import type { DeadLetter } from "../dead-letter.ts";
import type { BuriedLetter, EventLog, EventReader, Extent, Reading } from "../event-log.ts";
import { deadLetterMessage, deadLetterTopic } from "./dead-letter-topic.ts";
import { readUpTo } from "./dead-letter-reading.ts";
import { KafkaClient } from "./kafka-client.ts";
import { kafkaError } from "./kafka-error.ts";
import { loadKafka } from "./kafka-module.ts";
import { defaultKafkaLimits, type KafkaLimits, type KafkaOptions } from "./kafka-options.ts";
import { type GroupMember, TopicReading } from "./topic-reading.ts";

/** Topics of Apache Kafka. */
export class KafkaEventLog implements EventLog {
  readonly kind: string = "kafka";
  /** Makes a client: one for all that is asked and sent, and another for each time that a group is joined. */
  readonly #client: () => KafkaClient;
  readonly #common: KafkaClient;
  readonly #members: Set<KafkaClient> = new Set<KafkaClient>();
  readonly #brokers: readonly string[];
  readonly #limits: KafkaLimits;
  /** Topics of dead letters that are there. */
  readonly #made: Set<string> = new Set<string>();
  #admin: Promise<Admin> | undefined;
  #producer: Promise<Producer> | undefined;

  private constructor(client: () => KafkaClient, brokers: readonly string[], limits: KafkaLimits) {
    this.#client = client;
    this.#common = client();
    this.#brokers = brokers;
    this.#limits = limits;
  }

  /**
   * Makes a client, which reaches Kafka when it is first used.
   *
   * @throws TondoError `DRIVER_MISSING` where kafkajs is not installed, `INVALID_ARGUMENT`
   */
  static async open(options: KafkaOptions): Promise<KafkaEventLog> {
    const { brokers, clientId = "tondo", ssl, sasl } = options;
    if (brokers.length === 0 || brokers.some((broker) => !/^[^\s:]+:\d+$|^\[[^\]\s]+\]:\d+$/.test(broker)))
      throw new TondoError("INVALID_ARGUMENT", "Kafka's brokers are given as host:port", {
        hint: 'Give brokers: ["127.0.0.1:9092"].',
      });
    const limits = { ...defaultKafkaLimits, ...options.limits };
    const module = await loadKafka();
    const config: Omit<KafkaConfig, "socketFactory"> = {
      brokers: [...brokers],
      clientId,
      ...(ssl === undefined ? {} : { ssl }),
      ...(sasl === undefined ? {} : { sasl }),
      connectionTimeout: limits.connectTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      retry: retry(limits),
      // What matters comes as an error, or is reported to who reads.
      logLevel: module.logLevel.NOTHING,
    };
    return new KafkaEventLog(() => new KafkaClient(module, config), brokers, limits);
  }

  async read(topic: string, group: string, reader: EventReader): Promise<Reading> {
    const limits = this.#limits;
    const extents = (): Promise<ReadonlyMap<string, Extent>> => this.extents(topic);
    // A topic that is not there would be waited for without a word.
    await extents();
    const asError = (error: unknown): TondoError => kafkaError(error, `reading ${topic}`, this.#brokers);
    return TopicReading.start({ topic, member: () => this.#member(group), reader, extents, limits, asError });
  }

  #member(group: string): GroupMember {
    const limits = this.#limits;
    const client = this.#client();
    this.#members.add(client);
    const consumer = client.kafka.consumer({
      groupId: group,
      allowAutoTopicCreation: false,
      sessionTimeout: limits.sessionTimeoutMs,
      rebalanceTimeout: limits.rebalanceTimeoutMs,
      heartbeatInterval: Math.max(100, Math.floor(limits.sessionTimeoutMs / 10)),
      maxBytesPerPartition: limits.bytesPerPartition,
      maxWaitTimeInMs: limits.maxWaitMs,
      retry: { ...retry(limits), restartOnFailure: () => Promise.resolve(false) },
    });
    const close = (): void => {
      client.close();
      this.#members.delete(client);
    };
    return { consumer, close };
  }

  extents(topic: string): Promise<ReadonlyMap<string, Extent>> {
    return this.#asking(`looking at ${topic}`, async (admin) => {
      const all = await admin.fetchTopicOffsets(topic);
      return new Map(
        // A broker gives them in any order.
        all
          .sort((one, other) => one.partition - other.partition)
          .map(({ partition, low, high }) => [String(partition), { first: Number(low), end: Number(high) }]),
      );
    });
  }

  offsetsAt(topic: string, moment: Micros): Promise<ReadonlyMap<string, number>> {
    return this.#asking(`looking at ${topic}`, async (admin) => {
      const all = await admin.fetchTopicOffsetsByTimestamp(topic, Math.ceil(moment / 1000));
      return new Map(all.map(({ partition, offset }) => [String(partition), Number(offset)]));
    });
  }

  async bury(topic: string, letters: readonly DeadLetter[]): Promise<void> {
    const doing = `keeping dead letters of ${topic}`;
    const target = deadLetterTopic(topic);
    try {
      const producer = await this.#producing();
      await this.#makeTopic(target);
      const send = (...messages: readonly Message[]): Promise<unknown> =>
        producer.send({ topic: target, acks: -1, messages: [...messages] });
      try {
        await send(...letters.map((letter) => deadLetterMessage(topic, letter)));
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        for (const letter of letters) {
          try {
            await send(deadLetterMessage(topic, letter));
          } catch (one) {
            if (!isTooLarge(one)) throw one;
            await send(deadLetterMessage(topic, letter, "without value"));
          }
        }
      }
    } catch (error) {
      throw kafkaError(error, doing, this.#brokers);
    }
  }

  async *letters(topic: string): AsyncGenerator<readonly BuriedLetter[]> {
    const target = deadLetterTopic(topic);
    const doing = `reading dead letters of ${topic}`;
    const asError = (error: unknown): TondoError => kafkaError(error, doing, this.#brokers);
    if (!(await this.#asking(doing, (admin) => admin.listTopics())).includes(target)) return;
    const ends = await this.extents(target);
    const group = `tondo-letters-${randomUUID()}`;
    const { maxWaitMs, retries } = this.#limits;
    const consumer = this.#common.kafka.consumer({ groupId: group, maxWaitTimeInMs: maxWaitMs, retry: { retries } });
    try {
      yield* readUpTo(consumer, target, ends, asError);
    } finally {
      await consumer.disconnect().catch(() => undefined);
      // It has no members any more; one that stays is forgotten by Kafka in time.
      await this.#asking(doing, (admin) => admin.deleteGroups([group])).catch(() => undefined);
    }
  }

  async close(): Promise<void> {
    const [admin, producer] = [this.#admin, this.#producer];
    this.#admin = undefined;
    this.#producer = undefined;
    for (const one of [admin, producer]) await (await one?.catch(() => undefined))?.disconnect().catch(() => undefined);
    for (const client of [this.#common, ...this.#members]) client.close();
  }

  async #makeTopic(topic: string): Promise<void> {
    if (this.#made.has(topic)) return;
    // They are kept until they are applied, and none replaces another.
    const configEntries = [
      { name: "cleanup.policy", value: "delete" },
      { name: "retention.ms", value: "-1" },
    ];
    const doing = `making ${topic}`;
    await this.#asking(doing, async (admin) => {
      const there = await admin.listTopics();
      if (!there.includes(topic))
        await admin.createTopics({
          topics: [{ topic, numPartitions: 1, replicationFactor: -1, configEntries }],
          waitForLeaders: false,
        });
    });
    // Brokers hear of it one by one.
    await this.#asking(doing, (admin) => admin.fetchTopicOffsets(topic), "also where it is not there");
    this.#made.add(topic);
  }

  /** Asks, and asks again what may go well at once: where brokers begin or end, kafkajs says so of some questions without asking again. */
  async #asking<T>(doing: string, ask: (admin: Admin) => Promise<T>, again?: "also where it is not there"): Promise<T> {
    const { initialRetryTime, maxRetryTime } = retry(this.#limits);
    let pause = initialRetryTime;
    for (let left = this.#limits.retries; ; left--) {
      const connecting = (this.#admin ??= connected(this.#common.kafka.admin()));
      try {
        return await ask(await connecting);
      } catch (error) {
        // It is connected anew by whoever asks next; another may have seen to that.
        if (this.#admin === connecting) this.#admin = undefined;
        void connecting.then((admin) => admin.disconnect()).catch(() => undefined);
        if (left === 0 || !isRetriable(error, again !== undefined)) throw kafkaError(error, doing, this.#brokers);
      }
      await sleep(pause);
      pause = Math.min(maxRetryTime, 2 * pause);
    }
  }

  #producing(): Promise<Producer> {
    // Not idempotent: a letter may be there twice, and kafkajs may take another one for what it sent before, whose answer was lost.
    if (this.#producer !== undefined) return this.#producer;
    const connecting = connected(this.#common.kafka.producer({ allowAutoTopicCreation: false }));
    this.#producer = connecting;
    connecting.catch(() => {
      if (this.#producer === connecting) this.#producer = undefined;
    });
    return connecting;
  }
}

async function connected<T extends { connect(): Promise<void> }>(client: T): Promise<T> {
  await client.connect();
  return client;
}

/** How often, and when, the client asks again. */
function retry({ retries }: KafkaLimits) {
  return { retries, initialRetryTime: 100, maxRetryTime: 5000 };
}

/** Whether another broker, or this one a little later, may answer. That a topic is not there is said at once, but for one that was just made. */
function isRetriable(error: unknown, isNew: boolean): boolean {
  const { retriable, type } = error as { readonly retriable?: unknown; readonly type?: unknown };
  return retriable === true && (isNew || type !== "UNKNOWN_TOPIC_OR_PARTITION");
}

function isTooLarge(error: unknown): boolean {
  return (error as { readonly type?: unknown }).type === "MESSAGE_TOO_LARGE";
}
