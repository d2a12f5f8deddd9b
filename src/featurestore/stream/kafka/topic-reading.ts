import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer, EachBatchPayload } from "kafkajs";
import { TondoError } from "../../../core/index.ts";
import type { EventReader, Extent, Reading } from "../event-log.ts";
import type { LogEvent } from "../log-event.ts";
import type { KafkaLimits } from "./kafka-options.ts";

/** What a topic is read by. */
export interface TopicReadingOptions {
  readonly topic: string;
  /** Makes another client of the group, which does not begin again by itself. */
  readonly member: () => GroupMember;
  readonly reader: EventReader;
  readonly extents: () => Promise<ReadonlyMap<string, Extent>>;
  readonly limits: KafkaLimits;
  readonly asError: (error: unknown) => TondoError;
}

/** A client that is one of a group. */
export interface GroupMember {
  readonly consumer: Consumer;
  /** Ends all its connections. */
  close(): void;
}

/**
 * Reads a topic as a member of a consumer group. From where a partition is read is asked of the reader, each time that partitions are dealt out; the offsets that are
 * committed are there for people alone. Once it has begun, a client that gives up is followed by another: kafkajs begins again by itself after some failures alone.
 */
export class TopicReading implements Reading {
  readonly #options: TopicReadingOptions;
  readonly #failed: PromiseWithResolvers<never> = Promise.withResolvers<never>();
  /** The partitions that were taken; another map each time that they are dealt out. */
  #taken: Map<number, ReadPart> = new Map<number, ReadPart>();
  /** What this process is called in the group. */
  #member: string = "";
  #assigned: ReadonlySet<number> = new Set<number>();
  #client: GroupMember;
  readonly #stopping: AbortController = new AbortController();
  /** The client that follows one that gave up. */
  #rejoining: Promise<void> = Promise.resolve();
  #pause: number = firstPauseMs;

  private constructor(options: TopicReadingOptions) {
    this.#options = options;
    this.#client = options.member();
    this.#failed.promise.catch(() => undefined);
  }

  static async start(options: TopicReadingOptions): Promise<TopicReading> {
    const reading = new TopicReading(options);
    try {
      await reading.#join(reading.#client);
    } catch (error) {
      throw options.asError(error);
    }
    return reading;
  }

  async #join(client: GroupMember): Promise<void> {
    const { topic, limits } = this.#options;
    const { consumer } = client;
    consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
      this.#pause = firstPauseMs;
      this.#joined(payload.memberId, payload.memberAssignment[topic] ?? []);
    });
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      client.close();
      this.#rejoining = this.#rejoin(payload.error);
    });
    // Of what is no event, and of what was compacted away, nothing else is heard.
    consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) => {
      if (payload.batchSize === 0) this.#passed(payload.partition, Number(payload.lastOffset) + 1);
    });
    try {
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: true,
        partitionsConsumedConcurrently: limits.partitionsAtOnce,
        eachBatch: (payload) => this.#batch(payload),
      });
    } catch (error) {
      await leave(client);
      throw error;
    }
  }

  /** Goes on with another client, however long that takes. */
  async #rejoin(reason: unknown): Promise<void> {
    const { reader, asError, member } = this.#options;
    // What it had may be another's by now.
    this.#assigned = new Set();
    this.#taken = new Map();
    let why = reason;
    while (!this.#isStopping) {
      reader.report(asError(why));
      const isOver = await sleep(this.#pause, false, { signal: this.#stopping.signal }).catch(() => true);
      if (isOver) return;
      this.#pause = Math.min(mostPauseMs, 2 * this.#pause);
      this.#client = member();
      try {
        await this.#join(this.#client);
        return;
      } catch (error) {
        why = error;
      }
    }
  }

  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  async commit(partition: string, next: number): Promise<void> {
    const { topic } = this.#options;
    if (!this.#assigned.has(Number(partition))) return;
    await this.#client.consumer.commitOffsets([{ topic, partition: Number(partition), offset: String(next) }]);
  }

  retake(partition: string): void {
    this.#taken.delete(Number(partition));
    void this.#takeAsMember(Number(partition));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await leave(this.#client);
    await this.#rejoining;
    // One that was about to follow.
    await leave(this.#client);
  }

  /** All partitions are taken at once, so that what happens to their positions is seen also where no event comes. */
  #joined(member: string, partitions: readonly number[]): void {
    const taken = new Map<number, ReadPart>();
    this.#taken = taken;
    this.#member = member;
    this.#assigned = new Set(partitions);
    for (const partition of partitions) void this.#take(partition, taken);
  }

  async #take(partition: number, taken: Map<number, ReadPart>): Promise<void> {
    const { reader, topic } = this.#options;
    const isCurrent = (): boolean => !this.#isStopping && taken === this.#taken && this.#assigned.has(partition);
    if (!isCurrent()) return;
    try {
      const next = await reader.take(String(partition));
      // Partitions were dealt out anew meanwhile.
      if (!isCurrent() || next === undefined) return;
      taken.set(partition, { next, hasBegun: false, seeks: 0 });
      this.#client.consumer.seek({ topic, partition, offset: String(next) });
    } catch (error) {
      // Where the client begins anew, partitions are dealt out anew.
      if (isOfClient(error)) reader.report(this.#options.asError(error));
      else this.#fail(error);
    }
  }

  /** Takes a partition where this process is still one of the group, and not one that others think dead: it learns of that when it says next that it is alive. */
  async #takeAsMember(partition: number): Promise<void> {
    const { reader, asError } = this.#options;
    const taken = this.#taken;
    // Where partitions are dealt out, they are all taken behind that.
    while (!this.#isStopping && taken === this.#taken) {
      try {
        const { state, members } = await this.#client.consumer.describeGroup();
        if (state === "Stable" && members.some(({ memberId }) => memberId === this.#member))
          await this.#take(partition, taken);
        return;
      } catch (error) {
        reader.report(asError(error));
      }
      await sleep(pauseMs);
    }
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #fail(error: unknown): void {
    if (this.#isStopping) return;
    this.#stopping.abort();
    this.#failed.reject(error);
  }

  async #batch(payload: EachBatchPayload): Promise<void> {
    const { reader } = this.#options;
    const { batch } = payload;
    const { partition } = batch;
    const heartbeat = (): Promise<void> => payload.heartbeat();
    if (this.#isStopping || payload.isStale()) return;
    try {
      const part = this.#taken.get(partition);
      // Once it is taken it is read from there.
      if (part === undefined) return;
      if (!(await this.#isWhereItShouldBe(partition, part, fetchedFrom(batch)))) return;
      // It may have been taken anew meanwhile.
      if (this.#taken.get(partition) !== part || payload.isStale()) return;
      const from = part.next;
      const next = Number(batch.lastOffset()) + 1;
      part.next = next;
      part.hasBegun = true;
      const events = batch.messages.map(({ offset, key, value, timestamp }): LogEvent => ({
        ...{ offset: Number(offset), key, value },
        arrivedAt: momentOf(timestamp),
      }));
      const accepted = reader.accept({
        partition: String(partition),
        from,
        events,
        next,
        end: Number(batch.highWatermark),
      });
      await this.#beating(accepted, heartbeat);
    } catch (error) {
      // The client's own, that partitions are dealt out anew above all, it deals with itself.
      if (isOfClient(error)) throw error;
      if (error instanceof TondoError && isOfClient(error.cause)) throw error.cause;
      this.#fail(error);
    }
  }

  /** Passes what is no event. */
  #passed(partition: number, next: number): void {
    const part = this.#taken.get(partition);
    if (part === undefined || !part.hasBegun || next <= part.next || this.#isStopping) return;
    const from = part.next;
    part.next = next;
    void this.#options.reader.accept({ partition: String(partition), from, events: [], next, end: next });
  }

  /** Whether a batch begins where the partition is to be read next; where not, and nothing is lost, it is sought for. */
  async #isWhereItShouldBe(partition: number, part: ReadPart, from: number): Promise<boolean> {
    if (from === part.next) return true;
    const { topic, extents } = this.#options;
    const extent = (await extents()).get(String(partition));
    // What is known of the topic is older than the partition.
    if (extent === undefined) return false;
    const { first, end } = extent;
    const isAnew = part.hasBegun && from < part.next;
    if (part.next < first || part.next > end || isAnew) throw gone(topic, partition, part.next, { first, end });
    // What is between was compacted away, or is no event.
    if (from > part.next && (part.hasBegun || part.seeks >= mostSeeks)) return true;
    part.seeks++;
    this.#client.consumer.seek({ topic, partition, offset: String(part.next) });
    return false;
  }

  /** Waits for something, and goes on to say that this process is alive. */
  async #beating<T>(work: Promise<T>, heartbeat: () => Promise<void>): Promise<T> {
    const pause = Math.max(100, Math.floor(this.#options.limits.sessionTimeoutMs / 10));
    const settled = work.then(
      () => true,
      () => true,
    );
    for (;;) {
      const timer = new AbortController();
      const waited = sleep(pause, false, { signal: timer.signal }).catch(() => false);
      const isDone = await Promise.race([settled, waited]);
      timer.abort();
      if (isDone) return work;
      await heartbeat();
    }
  }
}

/** How often an offset is sought for that a partition is to be read from. */
const mostSeeks = 3;

/** How long is waited until it is looked again whether this process is still one of its group, milliseconds. */
const pauseMs = 500;

/** How long is waited until another client follows one that gave up, at first and at the most, milliseconds. */
const firstPauseMs = 100;
const mostPauseMs = 5000;

/** A partition that is read. */
interface ReadPart {
  next: number;
  /** Whether anything was read of it since it was taken. */
  hasBegun: boolean;
  seeks: number;
}

/** The offset that a batch was asked for from, which the client's types do not say. */
function fetchedFrom(batch: EachBatchPayload["batch"]): number {
  const from = "fetchedOffset" in batch ? batch.fetchedOffset : undefined;
  if (typeof from === "string") return Number(from);
  throw new TondoError("INTERNAL", "this release of kafkajs does not say from which offset it read");
}

/** When an event came, as far as a producer's clock makes sense. */
function momentOf(timestamp: string): number {
  const micros = Number(timestamp) * 1000;
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, micros));
}

async function leave(member: GroupMember): Promise<void> {
  await member.consumer.disconnect().catch(() => undefined);
  member.close();
}

function isOfClient(error: unknown): boolean {
  return error instanceof Error && error.name.startsWith("KafkaJS");
}

function gone(topic: string, partition: number, next: number, { first, end }: Extent): TondoError {
  const what =
    next < first
      ? `events from offset ${String(next)} on were to be read, and those before ${String(first)} were removed`
      : `events from offset ${String(next)} on were to be read, and it has others up to ${String(end)}: the topic was made anew`;
  return new TondoError("EVENTS_GONE", `partition ${String(partition)} of ${topic}: ${what}`, {
    hint: "Keep events of the topic for longer than a stream may stand still. To go on without them run `tondo stream reset SOURCE --to earliest`, of a topic that was made anew with --new-topic.",
    details: { topic, partition, next, first, end },
  });
}
