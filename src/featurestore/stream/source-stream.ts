import { setTimeout as sleep } from "node:timers/promises";
import { type Clock, type Micros, TondoError, waitUntil } from "../../core/index.ts";
import type { PushedRows } from "../online/index.ts";
import type { PushedStore } from "../online/pushed-store.ts";
import { isApplied, passed, type StreamPosition } from "../online/stream-position.ts";
import type { RowApplication } from "../pushed/index.ts";
import type { DeadLetter } from "./dead-letter.ts";
import { decodeRows, type PlacedEvent, type RefusedEvent, rowsOf } from "./decode-rows.ts";
import { EventBuffer, type WaitingEvents } from "./event-buffer.ts";
import type { EventBatch, EventLog, EventReader, Reading } from "./event-log.ts";
import type { EventFormat } from "./event-format.ts";
import { PartCounts } from "./part-counts.ts";
import { Fenced, type PassedPart, passPart, positionIn, takeOver, type TakenPart } from "./stream-part.ts";
import { resetBy } from "./reset-stream.ts";
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
  /** How the topic's events are written. */
  readonly format: EventFormat;
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
  /** Nothing more is read. */
  readonly #ending: AbortController = new AbortController();
  /** Nothing more is applied. */
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
  /** Partitions that another took from this process. */
  readonly #contested: Set<string> = new Set<string>();
  /** How many events are applied at once: fewer where a limit was exceeded. */
  #most: number;
  #late = 0;
  /** From when on all counts that was applied. */
  #appliedAt: Micros = -Infinity;
  #failing: SourceMetrics["failing"];
  #lastFlush: SourceMetrics["lastFlush"] = { events: 0, bytes: 0, seconds: 0 };

  constructor(options: SourceStreamOptions) {
    this.#options = options;
    this.#buffer = new EventBuffer(options.limits.bufferBytes);
    this.#most = options.limits.flushEvents;
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
      this.#fail(error);
    });
  }

  /** Reads no more, and applies what was read, for so long as that may take. */
  async stop(): Promise<void> {
    const { stopMs } = this.#options.limits;
    const until = performance.now() + stopMs;
    // Whoever waits for room, or for the store, would keep what reads from ending.
    this.#ending.abort();
    this.#buffer.wake();
    const over = sleep(stopMs, undefined, { ref: false });
    await Promise.race([this.#reading?.stop(), over]);
    const { signal } = this.#stopping;
    while (!signal.aborted && this.#buffer.since !== undefined && performance.now() < until)
      await Promise.race([this.#flush(), over]);
    this.#giveUp();
    await this.#flushing;
    // Whoever reads next sees what was applied.
    await waitUntil(this.#appliedAt, this.#options.clock);
  }

  async take(partition: string): Promise<number | undefined> {
    // What was read before of this partition is read again, from where it was applied.
    this.#forget(partition);
    await this.#flushing;
    const part = await this.#untilDone(() => this.#takeOver(partition), this.#ending.signal);
    if (part === undefined || this.#ending.signal.aborted) return undefined;
    this.#parts.set(partition, part);
    // What failed before, as long as nothing is applied, is over.
    this.#failing = undefined;
    return part.accepted;
  }

  async #takeOver(partition: string): Promise<TakenPart> {
    const { topic, source, store, worker, log } = this.#options;
    const place = { topic, partition };
    const known = positionIn(await store.positions(source), place);
    const first = (await log.extents(topic)).get(partition)?.first ?? known?.next ?? 0;
    const [position] = await store.move(source, [takeOver(place, first, worker)]);
    if (position === undefined) throw new TondoError("INTERNAL", "a position was moved without a word");
    const isContested = this.#contested.delete(partition);
    return {
      ...{ partition, epoch: position.epoch, position, accepted: position.next, isContested },
      buried: new Set<number>(),
    };
  }

  /** Learns of partitions that are to be read from elsewhere, where nothing of them is to be applied that would tell. */
  async lookAround(): Promise<void> {
    const { source, topic, store } = this.#options;
    if (this.#parts.size === 0) return;
    const positions = await store.positions(source);
    for (const { partition, epoch } of this.#parts.values()) {
      const stored = positionIn(positions, { topic, partition });
      // Where another worker has it by now, that is seen once something of it is to be applied.
      if (stored === undefined || stored.epoch <= epoch || !isReset(stored)) continue;
      this.#forget(partition);
      this.#reading?.retake(partition);
    }
  }

  async accept({ partition, from, events, next, end }: EventBatch): Promise<void> {
    const part = this.#parts.get(partition);
    // It was fenced meanwhile, and is taken anew or never; or it was taken anew, and is read from before this.
    if (part === undefined || next <= part.accepted || from > part.accepted) return;
    if (this.#ending.signal.aborted) return;
    const fresh = events.filter(({ offset }) => offset >= part.accepted);
    part.accepted = next;
    const counts = this.#countsOf(partition);
    counts.read += fresh.length;
    counts.lag = Math.max(0, end - next);
    this.#buffer.add(part, fresh, next);
    this.#schedule();
    await this.#buffer.room(this.#ending.signal);
  }

  report(error: unknown): void {
    this.#failures++;
    this.#tell(error);
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
      ...(this.#appliedAt === -Infinity ? {} : { appliedAt: this.#appliedAt }),
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
    const isFull = bytes >= flushBytes || this.#buffer.events >= flushEvents || this.#buffer.isContested;
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
    this.#flushing = this.#untilDone(() => this.#apply(), this.#stopping.signal).then(() => {
      this.#isFlushing = false;
      this.#schedule();
    });
    return this.#flushing;
  }

  /** Does something, again and again where what fails may go well later; `undefined` where that was given up. */
  async #untilDone<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    const { limits, clock } = this.#options;
    for (let pause = 50; !signal.aborted; pause = Math.min(2 * pause, limits.retryMs)) {
      try {
        return await work();
      } catch (error) {
        if (!isPassing(error)) {
          this.#fail(error);
          return undefined;
        }
        this.#failures++;
        this.#failing = { code: error.code, message: error.message, since: this.#failing?.since ?? clock() };
        // A smaller one may be taken.
        if (error.code === "LIMIT_EXCEEDED") this.#most = Math.max(1, Math.floor(this.#most / 2));
        this.#tell(error);
      }
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
    return undefined;
  }

  #tell(error: unknown): void {
    const { source, onFailure } = this.#options;
    try {
      onFailure(source, error);
    } catch {
      // Whoever is told has failed, and the stream has not.
    }
  }

  /** Ends the stream: others have what it read once it has left the group. */
  #fail(error: unknown): void {
    this.#failed.reject(error);
    this.#giveUp();
    void this.#reading?.stop().catch(() => undefined);
  }

  #giveUp(): void {
    this.#ending.abort();
    this.#stopping.abort();
    this.#buffer.wake();
    clearTimeout(this.#timer);
  }

  async #apply(): Promise<void> {
    const { flushEvents, flushBytes } = this.#options.limits;
    const pieces = this.#buffer.oldest(this.#most, flushBytes);
    if (pieces.length === 0) return;
    const began = performance.now();
    try {
      await this.#applyPieces(pieces);
    } catch (error) {
      if (!(error instanceof Fenced)) throw error;
      this.#fenced++;
      this.#forget(error.partition);
      this.#contested.add(error.partition);
      // Where it is still this process's it is read from where it stands: another may have had it for a while, or a write of which that was not known may have come to stand.
      this.#reading?.retake(error.partition);
      return;
    }
    this.#flushes++;
    this.#failing = undefined;
    this.#most = Math.min(flushEvents, 2 * this.#most);
    const [events, bytes] = [sum(pieces, (piece) => piece.events.length), sum(pieces, (piece) => piece.bytes)];
    this.#lastFlush = { events, bytes, seconds: (performance.now() - began) / 1000 };
  }

  async #applyPieces(pieces: readonly WaitingEvents[]): Promise<void> {
    const { source, topic, application, limits, clock, format } = this.#options;
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
      const how = { format, maxEventBytes: limits.maxEventBytes, latest: clock() + limits.maxFuture };
      const { rows, refused } = decodeRows(fed, read, how);
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
    { waiting, erased, lateBy, appliedAt }: PushedRows,
    repeated: ReadonlyMap<TakenPart, number>,
    watermarks: ReadonlyMap<TakenPart, Micros>,
  ): void {
    if (lateBy > 0) this.#late++;
    this.#appliedAt = Math.max(this.#appliedAt, appliedAt);
    for (const [i, { part, to, applied, dead }] of passedParts.entries()) {
      part.position = passed(part.position, to, dead);
      for (const offset of dead) part.buried.delete(offset);
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

  /** Keeps letters of those of which none is kept yet: what is tried again has others kept before. */
  async #bury(refused: readonly RefusedEvent<ReadEvent>[]): Promise<void> {
    const { log, topic, source } = this.#options;
    const fresh = refused.filter(({ of: { part, event } }) => !part.buried.has(event.offset));
    if (fresh.length === 0) return;
    const letters = fresh.map(({ of: { partition, event }, error }): DeadLetter => ({
      ...{ source, partition, event, code: error.code },
      reason: error.message,
    }));
    await log.bury(topic, letters);
    for (const { of } of fresh) of.part.buried.add(of.event.offset);
  }
}

/** Whether somebody wants a partition to be read from elsewhere: no worker has it then. */
function isReset({ by }: StreamPosition): boolean {
  return by.startsWith(resetBy(""));
}

function sum<T>(all: readonly T[], of: (one: T) => number): number {
  return all.reduce((total, one) => total + of(one), 0);
}
