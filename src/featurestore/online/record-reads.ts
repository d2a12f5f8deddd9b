import { TondoError } from "../../core/index.ts";
import { type GroupPointer, isSameLoad } from "./group-pointer.ts";
import type { RecordVisitor, StoreView } from "./online-store.ts";
import { RecordCache, type RecordCacheOptions } from "./record-cache.ts";
import { isAway } from "./unavailable.ts";

/** A read that a store answers later. */
export interface ReadUnderWay {
  /** Once each key was visited, or cannot be: rejected then, or at once where it is not for the store being away. */
  readonly answered: Promise<unknown>;
  /** Once the store is done with the view, however that ends; never rejected. Absent where it was not asked, since others' reads are waited for. */
  readonly ended?: Promise<unknown>;
  /** Nobody else is to wait for what was not answered in time. */
  giveUp(): void;
}

/** One record that a store is asked for, and those who wait for it. */
interface Flight {
  readonly id: string;
  readonly load: GroupPointer;
  readonly waiting: { readonly call: WaitingCall; readonly index: number }[];
  hasLanded: boolean;
}

/**
 * Reads records, of stores that answer later each but once: who asks for what is under way already, of the same load, waits for that. Such
 * records may be kept for a while, too. A store that answers at once is simply asked.
 *
 * What changes a record of a load that is current, as an erasure does, must say so: see {@link RecordReads.evict}.
 */
export class RecordReads {
  readonly #cache: RecordCache | undefined;
  readonly #flights: Map<string, Flight> = new Map<string, Flight>();
  #answersLater = false;

  constructor(cache?: RecordCacheOptions) {
    this.#cache = cache === undefined ? undefined : new RecordCache(cache);
  }

  /** Says that the store answers later; else that is learnt from its first answer. */
  expectLater(): void {
    this.#answersLater = true;
  }

  /** Visits the records of some keys of a load; gives nothing where all were at once. */
  read(
    view: StoreView,
    load: GroupPointer,
    keys: readonly Uint8Array[],
    visit: RecordVisitor,
  ): ReadUnderWay | undefined {
    if (this.#answersLater) return this.#shared(view, load, keys, visit);
    let work: void | Promise<void>;
    try {
      work = view.read(load.group, load.generation, keys, visit);
    } catch (error) {
      if (!isAway(error)) throw error;
      work = Promise.reject(error);
    }
    if (!(work instanceof Promise)) return undefined;
    this.#answersLater = true;
    return { answered: work, ended: work.catch(() => undefined), giveUp: () => undefined };
  }

  /** Says that a key's record of a group is another one now: it is forgotten, and what is being read of it is neither kept nor waited for any more. */
  evict(group: string, key: Uint8Array): void {
    const id = idOf(group, key);
    this.#cache?.delete(id);
    this.#flights.delete(id);
  }

  #shared(
    view: StoreView,
    load: GroupPointer,
    keys: readonly Uint8Array[],
    visit: RecordVisitor,
  ): ReadUnderWay | undefined {
    const call = new WaitingCall(visit);
    const [asked, own, all]: [Uint8Array[], Flight[], Flight[]] = [[], [], []];
    for (const [index, key] of keys.entries()) {
      const id = idOf(load.group, key);
      const kept = this.#cache?.get(id, load);
      if (kept !== undefined) {
        call.wait();
        call.land(index, kept.record);
        continue;
      }
      let flight = this.#flights.get(id);
      if (flight === undefined || !isSameLoad(flight.load, load)) {
        flight = { id, load, waiting: [], hasLanded: false };
        this.#flights.set(id, flight);
        asked.push(key);
        own.push(flight);
      }
      flight.waiting.push({ call, index });
      call.wait();
      all.push(flight);
    }
    const ended = asked.length === 0 ? undefined : this.#ask(view, load, asked, own);
    const giveUp = (): void => {
      for (const flight of all) this.#remove(flight);
    };
    call.done();
    if (call.isDone && ended === undefined) return undefined;
    return ended === undefined
      ? { answered: call.answered, giveUp }
      : { answered: Promise.all([call.answered, ended]), ended, giveUp };
  }

  /** Asks the store; what is given is never rejected, and absent where it answered at once. */
  #ask(
    view: StoreView,
    load: GroupPointer,
    keys: readonly Uint8Array[],
    flights: readonly Flight[],
  ): Promise<void> | undefined {
    const askedAt = this.#cache?.now() ?? 0;
    let work: void | Promise<void>;
    try {
      work = view.read(load.group, load.generation, keys, (i, record) => {
        const flight = flights[i];
        if (flight !== undefined) this.#land(flight, record, askedAt);
      });
    } catch (error) {
      this.#end(flights, error);
      return undefined;
    }
    if (work instanceof Promise) {
      return work.then(
        () => {
          this.#end(flights, notVisited(load.group));
        },
        (error: unknown) => {
          this.#end(flights, error);
        },
      );
    }
    this.#end(flights, notVisited(load.group));
    return undefined;
  }

  #land(flight: Flight, record: Uint8Array | undefined, askedAt: number): void {
    if (flight.hasLanded) return;
    flight.hasLanded = true;
    // One that was evicted or given up meanwhile is for those who wait, and for nobody after them.
    if (this.#remove(flight)) this.#cache?.put(flight.id, flight.load, record, askedAt);
    for (const { call, index } of flight.waiting) call.land(index, record);
  }

  /** The store is done: who was not answered never will be. */
  #end(flights: readonly Flight[], error: unknown): void {
    for (const flight of flights) {
      if (flight.hasLanded) continue;
      this.#remove(flight);
      for (const { call } of flight.waiting) call.fail(error);
    }
  }

  #remove(flight: Flight): boolean {
    return this.#flights.get(flight.id) === flight && this.#flights.delete(flight.id);
  }
}

/** A call that waits for records, its own and others'; from its start on until it has said what it waits for. */
class WaitingCall {
  readonly #visit: RecordVisitor;
  readonly #settle: PromiseWithResolvers<undefined> = Promise.withResolvers<undefined>();
  #waits = 1;
  #failure: { readonly error: unknown } | undefined;

  constructor(visit: RecordVisitor) {
    this.#visit = visit;
  }

  get answered(): Promise<undefined> {
    return this.#settle.promise;
  }

  /** Whether all went well and there is nothing left to wait for. */
  get isDone(): boolean {
    return this.#waits === 0 && this.#failure === undefined;
  }

  wait(): void {
    this.#waits++;
  }

  done(): void {
    if (--this.#waits > 0) return;
    if (this.#failure === undefined) this.#settle.resolve(undefined);
    else this.#settle.reject(this.#failure.error);
  }

  /** What one call makes of a record is no matter of the others that wait for it. */
  land(index: number, record: Uint8Array | undefined): void {
    try {
      this.#visit(index, record);
    } catch (error) {
      this.fail(error);
      return;
    }
    this.done();
  }

  /** A record that cannot be had since the store is away says nothing of the others: they are still waited for. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    if (isAway(error)) this.done();
    else this.#settle.reject(error);
  }
}

function idOf(group: string, key: Uint8Array): string {
  return `${group}\0${Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1")}`;
}

function notVisited(group: string): TondoError {
  return new TondoError("INTERNAL", `the online store said nothing of a key of ${group}`);
}
