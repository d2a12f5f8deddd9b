import { randomNumbers } from "../../../test/dsl/random-numbers.ts";
import { Agenda } from "./agenda.ts";
import { type Chance, gap, spread } from "./chance.ts";
import { Delays } from "./delays.ts";

/** What a flush takes, and from when on its events count. */
export interface FlushCosts {
  /** Milliseconds of a flush, however many events it has. */
  readonly fixedMs: number;
  readonly msPerEvent: number;
  /** The standard deviation of a flush's time, as a share of it. */
  readonly deviation: number;
  /** How long the order of the store is busy with a flush: all workers of a store wait for each other there. */
  readonly decisionMs: number;
  /** How long behind a flush its events count. */
  readonly leadMs: number;
}

/** A stream of some workers over partitions. */
export interface StreamRun {
  readonly workers: number;
  /** Events a second of each partition. */
  readonly rates: readonly number[];
  readonly flush: FlushCosts;
  readonly maxDelayMs: number;
  readonly flushEvents: number;
  /** How many events come together: producers send some at once. */
  readonly together: number;
  readonly seconds: number;
  /** What is not counted of the beginning. */
  readonly warmUpSeconds: number;
  readonly seed: number;
  /** When who reads changes: `alive` says which workers there are from then on, and for how long nobody reads. */
  readonly changes?: readonly WorkerChange[];
}

/** A change of the workers. */
export interface WorkerChange {
  readonly atSeconds: number;
  /** Those that work from then on. */
  readonly alive: readonly number[];
  /** How long until partitions are dealt out anew: those of workers that are gone are not read until then. */
  readonly noticedSeconds: number;
  /** How long nobody reads anything while they are. */
  readonly pauseSeconds: number;
}

/** What came of a run. */
export interface StreamOutcome {
  /** From when an event is produced until requests see it, milliseconds. */
  readonly delays: Delays;
  /** Of the events that have not been applied the most that there were at once. */
  readonly mostBehind: number;
  /** Events that were not applied at the end. */
  readonly behindAtEnd: number;
  /** How large a share of the time the busiest worker flushed. */
  readonly busiest: number;
  /** By second: the delay of what was applied last in it, milliseconds. */
  readonly bySecond: readonly number[];
}

/** Some events of one moment. */
interface Cohort {
  readonly at: number;
  readonly partition: number;
  events: number;
}

/** What waits of a partition, in the order in which it came. */
class Waiting {
  #cohorts: Cohort[] = [];
  #from = 0;
  events = 0;

  add(cohort: Cohort): void {
    this.#cohorts.push(cohort);
    this.events += cohort.events;
  }

  get since(): number {
    return this.#cohorts[this.#from]?.at ?? Infinity;
  }

  /** Takes the oldest events, so many at the most. */
  take(most: number): Cohort[] {
    const taken: Cohort[] = [];
    let left = most;
    while (left > 0) {
      const next = this.#cohorts[this.#from];
      if (next === undefined) break;
      const events = Math.min(left, next.events);
      taken.push({ ...next, events });
      next.events -= events;
      left -= events;
      this.events -= events;
      if (next.events === 0) this.#from++;
    }
    if (this.#from > 10_000) {
      this.#cohorts = this.#cohorts.slice(this.#from);
      this.#from = 0;
    }
    return taken;
  }

  /** Has events wait once more that were taken and not applied, before all others. */
  giveBack(cohort: Cohort): void {
    this.#cohorts = [cohort, ...this.#cohorts.slice(this.#from)];
    this.#from = 0;
    this.events += cohort.events;
  }
}

interface Worker {
  isAlive: boolean;
  isFlushing: boolean;
  /** When it flushes next; what was planned for another time is no plan. */
  planned: number;
  busyMs: number;
  /** Of the events that wait, when the first were read. */
  readSince: number;
}

/**
 * Runs a stream by events: producers put events into partitions, each partition is read by one worker, and a worker flushes what it has read as `SourceStream` does: once the oldest has waited for
 * `maxDelayMs`, or so many wait that they are a flush of their own, and one flush at a time. A flush takes what it costs, waits for its turn in the order of the store, and is then applied.
 */
export function runStream(run: StreamRun): StreamOutcome {
  return new Stream(run).outcome();
}

class Stream {
  readonly #run: StreamRun;
  readonly #chance: Chance;
  readonly #agenda: Agenda = new Agenda();
  readonly #partitions: readonly Waiting[];
  readonly #workers: readonly Worker[];
  /** The worker of each partition; -1 where nobody reads it. */
  #owners: readonly number[] = [];
  /** The partitions of each worker. */
  #owned: readonly (readonly Waiting[])[] = [];
  #dealings = 0;
  #orderFree = 0;
  #behind = 0;
  #mostBehind = 0;
  readonly #delays: Delays = new Delays();
  readonly #bySecond: number[];

  constructor(run: StreamRun) {
    this.#run = run;
    this.#chance = randomNumbers(run.seed);
    this.#partitions = run.rates.map(() => new Waiting());
    this.#workers = Array.from({ length: run.workers }, () => ({
      ...{ isAlive: true, isFlushing: false, planned: -1, busyMs: 0, readSince: 0 },
    }));
    this.#deal(run.rates.map((_, p) => p % run.workers));
    this.#bySecond = new Array<number>(Math.ceil(run.seconds)).fill(0);
  }

  outcome(): StreamOutcome {
    const { rates, seconds, warmUpSeconds, changes = [] } = this.#run;
    for (const p of rates.keys()) this.#produceNext(p);
    for (const change of changes) this.#agenda.at(change.atSeconds * 1000, () => this.#change(change));
    this.#agenda.runUntil(seconds * 1000);
    return {
      ...{ delays: this.#delays, mostBehind: this.#mostBehind, behindAtEnd: this.#behind, bySecond: this.#bySecond },
      busiest: Math.max(...this.#workers.map(({ busyMs }) => busyMs)) / ((seconds - warmUpSeconds) * 1000),
    };
  }

  #produceNext(p: number): void {
    const { rates, together } = this.#run;
    const rate = rates[p] ?? 0;
    if (rate <= 0) return;
    this.#agenda.at(this.#agenda.now + gap(this.#chance, (1000 * together) / rate), () => {
      this.#partitions[p]?.add({ at: this.#agenda.now, partition: p, events: together });
      this.#behind += together;
      if (this.#isCounted) this.#mostBehind = Math.max(this.#mostBehind, this.#behind);
      const owner = this.#owners[p] ?? -1;
      if (owner >= 0) this.#plan(owner);
      this.#produceNext(p);
    });
  }

  get #isCounted(): boolean {
    return this.#agenda.now >= this.#run.warmUpSeconds * 1000;
  }

  #deal(owners: readonly number[]): void {
    this.#owners = owners;
    this.#owned = this.#workers.map((_, w) => this.#partitions.filter((_, p) => owners[p] === w));
  }

  /** Sees to it that what a worker has read is applied in time. */
  #plan(w: number): void {
    const worker = this.#workers[w];
    if (worker === undefined || worker.isFlushing) return;
    const { maxDelayMs, flushEvents } = this.#run;
    let [events, since] = [0, Infinity];
    for (const one of this.#owned[w] ?? []) {
      events += one.events;
      since = Math.min(since, one.since);
    }
    if (events === 0) return;
    const at = events >= flushEvents ? this.#agenda.now : Math.max(since, worker.readSince) + maxDelayMs;
    if (at === worker.planned) return;
    worker.planned = at;
    this.#agenda.at(at, () => {
      if (at === worker.planned && !worker.isFlushing) this.#flush(w, worker);
    });
  }

  #flush(w: number, worker: Worker): void {
    const { flush, flushEvents } = this.#run;
    const taken: Cohort[] = [];
    let left = flushEvents;
    for (const one of (this.#owned[w] ?? []).toSorted((a, b) => a.since - b.since)) {
      const own = one.take(left);
      for (const { events } of own) left -= events;
      taken.push(...own);
      if (left <= 0) break;
    }
    const events = flushEvents - left;
    worker.planned = -1;
    if (events === 0) return;
    worker.isFlushing = true;
    const started = this.#agenda.now;
    const took = (flush.fixedMs + flush.msPerEvent * events) * spread(this.#chance, flush.deviation);
    this.#agenda.at(started + took, () => {
      if (!worker.isAlive) {
        // Nothing of it stands: who has the partition next reads it again.
        for (const one of taken.toReversed()) this.#partitions[one.partition]?.giveBack(one);
        worker.isFlushing = false;
        return;
      }
      const decided = Math.max(this.#agenda.now, this.#orderFree) + flush.decisionMs;
      this.#orderFree = decided;
      this.#agenda.at(decided, () => {
        this.#applied(taken);
        worker.isFlushing = false;
        if (this.#isCounted) worker.busyMs += this.#agenda.now - started;
        this.#plan(w);
      });
    });
  }

  #applied(taken: readonly Cohort[]): void {
    const { now } = this.#agenda;
    const readable = now + this.#run.flush.leadMs;
    for (const { at, events } of taken) {
      this.#behind -= events;
      if (!this.#isCounted) continue;
      this.#delays.add(readable - at, events);
      this.#bySecond[Math.floor(now / 1000)] = Math.max(this.#bySecond[Math.floor(now / 1000)] ?? 0, readable - at);
    }
  }

  /** Has other workers read: what those that are gone had stays until it is noticed, then nobody reads while partitions are dealt out. */
  #change({ alive, noticedSeconds, pauseSeconds }: WorkerChange): void {
    for (const [w, worker] of this.#workers.entries()) worker.isAlive = alive.includes(w);
    this.#deal(this.#owners.map((owner) => (alive.includes(owner) ? owner : -1)));
    const dealing = ++this.#dealings;
    const noticed = this.#agenda.now + noticedSeconds * 1000;
    this.#agenda.at(noticed, () => {
      if (dealing === this.#dealings) this.#deal(this.#owners.map(() => -1));
    });
    this.#agenda.at(noticed + pauseSeconds * 1000, () => {
      if (dealing !== this.#dealings) return;
      this.#deal(this.#owners.map((_, p) => alive[p % alive.length] ?? -1));
      for (const w of alive) {
        const worker = this.#workers[w];
        if (worker === undefined) continue;
        worker.readSince = this.#agenda.now;
        this.#plan(w);
      }
    });
  }
}
