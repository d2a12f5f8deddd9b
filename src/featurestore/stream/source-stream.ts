import { setTimeout as sleep } from "node:timers/promises";
import { type Clock, type Micros, TondoError } from "../../core/index.ts";
import type { PushedRows } from "../online/index.ts";
import type { PushedStore } from "../online/pushed-store.ts";
import { isApplied, passed } from "../online/stream-position.ts";
import type { RowApplication } from "../pushed/index.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { decodeRows, type PlacedEvent, type RefusedEvent, rowsOf } from "./decode-rows.ts";
import { EventBuffer, type WaitingEvents } from "./event-buffer.ts";
import type { EventBatch, EventLog, EventReader, Reading } from "./event-log.ts";
import { PartCounts } from "./part-counts.ts";
import { Fenced, type PassedPart, passPart, positionIn, takeOver, type TakenPart } from "./stream-part.ts";
import { isPassing } from "./is-passing.ts";
import type { StreamLimits } from "./stream-limits.ts";
import type { PartitionMetrics, SourceMetrics } from "./stream-metrics.ts";

/** What a source's stream is made of. */
export interface SourceStreamOptions {
  readonly source: string;
  readonly topic: string;
  /** The group of processes among which the topic's partitions are dealt out. */
  readonly group: string;
  readonly log: EventLog;
  readonly store: PushedStore;
  readonly application: RowApplication;
  readonly limits: StreamLimits;
  readonly clock: Clock;
  /** A name of this process that no other has. */
  readonly worker: string;
  /** Told what fails and is tried again. */
  readonly onFailure: (source: string, error: unknown) => void;
}

/** An event that is about to be applied, with where it stands. */
interface ReadEvent extends PlacedEvent {
  readonly part: TakenPart;
}

/**
 * Applies the events of one topic to the groups over its source. Events wait for others until the oldest has waited for `maxDelayMs`, or so many have come that they are a flush of their own; they are
 * applied together with how far the topic has been read, in one write. So each is applied once, however often it is read, and by whom.
 */
export class SourceStream implements EventReader {
  readonly #options: SourceStreamOptions;
  readonly #buffer: EventBuffer;
  readonly #parts: Map<string, TakenPart> = new Map<string, TakenPart>();
  readonly #counts: Map<string, PartCounts> = new Map<string, PartCounts>();
  readonly #stopping: AbortController = new AbortController();
  readonly #failed: PromiseWithResolvers<never> = Promise.withResolvers<never>();
  #reading: Reading | undefined;
  /** The flush that is under way. */
  #flushing: Promise<void> = Promise.resolve();
  #isFlushing = false;
  #timer: NodeJS.Timeout | undefined;
  #flushes = 0;
  #failures = 0;
  #fenced = 0;
  #late = 0;
  #failing: SourceMetrics["failing"];
  #lastFlush: SourceMetrics["lastFlush"] = { events: 0, bytes: 0, seconds: 0 };

  constructor(options: SourceStreamOptions) {
    this.#options = options;
    this.#buffer = new EventBuffer(options.limits.bufferBytes);
    // Whoever waits for it is told; nobody need.
    this.#failed.promise.catch(() => undefined);
  }

  /** Rejects where the stream cannot go on; never resolves. */
  get failed(): Promise<never> {
    return this.#failed.promise;
  }

  async start(): Promise<void> {
    const { log, topic, group } = this.#options;
    this.#reading = await log.read(topic, group, this);
    this.#reading.failed.catch((error: unknown) => {
      this.#failed.reject(error);
    });
  }

  /** Reads no more, and applies what was read, for so long as that may take. */
  async stop(): Promise<void> {
    const { stopMs } = this.#options.limits;
    const until = performance.now() + stopMs;
    await this.#reading?.stop();
    while (this.#buffer.since !== undefined && performance.now() < until) {
      await Promise.race([this.#flush(), sleep(until - performance.now(), undefined, { ref: false })]);
    }
    this.#giveUp();
    await this.#flushing;
  }

  async take(partition: string): Promise<number> {
    // What was read before of this partition is read again, from where it was applied.
    this.#forget(partition);
    await this.#flushing;
    const part = await this.#untilDone(() => this.#takeOver(partition));
    // Nothing is read any more.
    if (part === undefined) return 0;
    this.#parts.set(partition, part);
    return part.accepted;
  }

  async #takeOver(partition: string): Promise<TakenPart> {
    const { topic, source, store, worker, log } = this.#options;
    const place = { topic, partition };
    const known = positionIn(await store.positions(source), place);
    const first = known === undefined ? ((await log.extents(topic)).get(partition)?.first ?? 0) : known.next;
    const [position] = await store.move(source, [takeOver(place, first, worker)]);
    if (position === undefined) throw new TondoError("INTERNAL", "a position was moved without a word");
    return { partition, epoch: position.epoch, position, accepted: position.next };
  }

  /** Learns of partitions that were taken over, or are to be read from elsewhere, where nothing of them is to be applied that would tell. */
  async lookAround(): Promise<void> {
    const { source, topic, store } = this.#options;
    if (this.#parts.size === 0) return;
    const positions = await store.positions(source);
    for (const { partition, epoch } of this.#parts.values()) {
      const stored = positionIn(positions, { topic, partition });
      if (stored === undefined || stored.epoch <= epoch) continue;
      this.#forget(partition);
      this.#reading?.retake(partition);
    }
  }

  async accept({ partition, events, next, end }: EventBatch): Promise<void> {
    const part = this.#parts.get(partition);
    // It was fenced meanwhile, and is taken anew or never.
    if (part === undefined || next <= part.accepted) return;
    const fresh = events.filter(({ offset }) => offset >= part.accepted);
    part.accepted = next;
    const counts = this.#countsOf(partition);
    counts.read += fresh.length;
    counts.lag = Math.max(0, end - next);
    this.#buffer.add(part, fresh, next);
    this.#schedule();
    await this.#buffer.room(this.#stopping.signal);
  }

  get metrics(): SourceMetrics & { readonly partitions: readonly PartitionMetrics[] } {
    const { source, topic } = this.#options;
    const { events, bytes } = this.#buffer;
    return {
      source,
      flushes: this.#flushes,
      lastFlush: this.#lastFlush,
      failures: this.#failures,
      ...(this.#failing === undefined ? {} : { failing: this.#failing }),
      fenced: this.#fenced,
      late: this.#late,
      buffered: { events, bytes },
      partitions: [...this.#counts].map(([partition, counts]) => ({ source, topic, partition, ...counts.counts })),
    };
  }

  #countsOf(partition: string): PartCounts {
    const known = this.#counts.get(partition) ?? new PartCounts();
    this.#counts.set(partition, known);
    return known;
  }

  #forget(partition: string): void {
    this.#parts.delete(partition);
    this.#buffer.remove(({ part }) => part.partition === partition);
  }

  /** Sees to it that what waits is applied in time. */
  #schedule(): void {
    const { since, bytes } = this.#buffer;
    if (since === undefined || this.#isFlushing || this.#stopping.signal.aborted) return;
    const { maxDelayMs, flushBytes, flushEvents } = this.#options.limits;
    clearTimeout(this.#timer);
    const isFull = bytes >= flushBytes || this.#buffer.events >= flushEvents;
    const wait = isFull ? 0 : Math.max(0, since + maxDelayMs - performance.now());
    this.#timer = setTimeout(() => {
      void this.#flush();
    }, wait);
  }

  /** Applies the oldest of what waits, where nothing is being applied. What fails is tried again. */
  #flush(): Promise<void> {
    if (this.#isFlushing) return this.#flushing;
    this.#isFlushing = true;
    clearTimeout(this.#timer);
    this.#flushing = this.#untilDone(() => this.#apply()).then(() => {
      this.#isFlushing = false;
      this.#schedule();
    });
    return this.#flushing;
  }

  /** Does something, again and again where what fails may go well later; `undefined` where that was given up. */
  async #untilDone<T>(work: () => Promise<T>): Promise<T | undefined> {
    const { limits, clock, source, onFailure } = this.#options;
    const { signal } = this.#stopping;
    for (let pause = 50; !signal.aborted; pause = Math.min(2 * pause, limits.retryMs)) {
      try {
        const done = await work();
        this.#failing = undefined;
        return done;
      } catch (error) {
        if (!isPassing(error)) {
          this.#failed.reject(error);
          this.#giveUp();
          return undefined;
        }
        this.#failures++;
        this.#failing = { code: error.code, message: error.message, since: this.#failing?.since ?? clock() };
        onFailure(source, error);
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }

  #giveUp(): void {
    this.#stopping.abort();
    this.#buffer.wake();
    clearTimeout(this.#timer);
  }

  async #apply(): Promise<void> {
    const { flushEvents, flushBytes } = this.#options.limits;
    const pieces = this.#buffer.oldest(flushEvents, flushBytes);
    if (pieces.length === 0) return;
    const began = performance.now();
    try {
      await this.#applyPieces(pieces);
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      this.#fenced++;
      this.#forget(error.partition);
      // Where it is still this process's it is read from where it stands: another may have had it for a while, or a write of which that was not known may have come to stand.
      this.#reading?.retake(error.partition);
      return;
    }
    this.#flushes++;
    const [events, bytes] = [sum(pieces, (piece) => piece.events.length), sum(pieces, (piece) => piece.bytes)];
    this.#lastFlush = { events, bytes, seconds: (performance.now() - began) / 1000 };
  }

  async #applyPieces(pieces: readonly WaitingEvents[]): Promise<void> {
    const { source, topic, application, limits, clock } = this.#options;
    const read: ReadEvent[] = [];
    const repeated = new Map<TakenPart, number>();
    const until = new Map<TakenPart, number>();
    for (const { part, events, next } of pieces) {
      until.set(part, next);
      for (const event of events) {
        if (!isApplied(part.position, event.offset)) read.push({ part, partition: part.partition, event });
        else repeated.set(part, (repeated.get(part) ?? 0) + 1);
      }
    }
    let passedParts: readonly PassedPart[] = [];
    let watermarks = new Map<TakenPart, Micros>();
    const done = await application.apply(source, async (fed) => {
      const bounds = { maxEventBytes: limits.maxEventBytes, latest: clock() + limits.maxFuture };
      const { rows, refused } = decodeRows(fed, read, bounds);
      // They are kept before they are passed.
      if (refused.length > 0) await this.#bury(refused);
      const rowsBy = Map.groupBy(rows, ({ of: { part } }) => part);
      const refusedBy = Map.groupBy(refused, ({ of: { part } }) => part);
      const offsets = (all: readonly { readonly of: ReadEvent }[] = []): readonly number[] =>
        all.map(({ of: { event } }) => event.offset).sort((one, other) => one - other);
      passedParts = [...until].map(([part, to]) => ({
        ...{ part, to },
        ...{ applied: offsets(rowsBy.get(part)), dead: offsets(refusedBy.get(part)) },
      }));
      watermarks = new Map(
        [...rowsBy].map(([part, own]) => [part, own.reduce((most, { t }) => Math.max(most, t), -Infinity)]),
      );
      return rowsOf(
        topic,
        fed,
        rows,
        passedParts.map((one) => passPart(topic, one, limits.maxHoles)),
      );
    });
    if (done === undefined) throw new TondoError("INTERNAL", "events were applied without a word");
    this.#count(passedParts, done, repeated, watermarks);
    const gone = new Set(pieces);
    this.#buffer.remove((piece) => gone.has(piece));
    for (const { part, to } of passedParts) {
      if (this.#parts.get(part.partition) !== part) continue;
      // It decides nothing, and is said again with what comes next.
      this.#reading?.commit(part.partition, to).catch(() => undefined);
    }
  }

  #count(
    passedParts: readonly PassedPart[],
    { waiting, erased, lateBy }: PushedRows,
    repeated: ReadonlyMap<TakenPart, number>,
    watermarks: ReadonlyMap<TakenPart, Micros>,
  ): void {
    if (lateBy > 0) this.#late++;
    for (const [i, { part, to, applied, dead }] of passedParts.entries()) {
      part.position = passed(part.position, to, dead);
      const counts = this.#countsOf(part.partition);
      counts.applied += applied.length;
      counts.dead += dead.length;
      counts.repeated += repeated.get(part) ?? 0;
      counts.watermark = Math.max(counts.watermark, watermarks.get(part) ?? -Infinity);
      // Of which partition they were is not told.
      if (i === 0) {
        counts.waiting += waiting;
        counts.erased += erased;
      }
    }
  }

  #bury(refused: readonly RefusedEvent<ReadEvent>[]): Promise<void> {
    const { log, topic, source } = this.#options;
    const letters = refused.map(({ of: { partition, event }, error }): DeadLetter => ({
      ...{ source, partition, event, code: error.code },
      reason: error.message,
    }));
    return log.bury(topic, letters);
  }
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
