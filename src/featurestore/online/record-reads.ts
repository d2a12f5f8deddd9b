import { TondoError } from "../../core/index.ts";
import { type Flight, Flights } from "./flights.ts";
import { type GroupPointer, isSameLoad } from "./group-pointer.ts";
import type { RecordVisitor, StoreView } from "./online-store.ts";
import { RecordCache, type RecordCacheOptions } from "./record-cache.ts";
import { ReadUnderWay } from "./read-under-way.ts";
import { isAway } from "./unavailable.ts";

/**
 * Reads records, of stores that answer later each but once: who asks for what is under way already, of the same load, waits for that. Such
 * records may be kept for a while, too. A store that answers at once is simply asked.
 *
 * What changes a record of a load that is current, as an erasure does, must say so: see {@link RecordReads.evict}.
 */
export class RecordReads {
  readonly #cache: RecordCache | undefined;
  readonly #flights: Flights = new Flights();
  #answersLater = false;

  constructor(cache?: RecordCacheOptions) {
    this.#cache = cache === undefined ? undefined : new RecordCache(cache);
  }

  /** Says that the store answers later; else that is learnt from its first answer. */
  expectLater(): void {
    this.#answersLater = true;
  }

  /**
   * Visits the records of some keys of a load; gives nothing where all were at once.
   *
   * @param beside what is under way in the view beside them, and waited for, too
   */
  read(
    view: StoreView,
    load: GroupPointer,
    keys: readonly Uint8Array[],
    visit: RecordVisitor,
    beside?: Promise<void>,
  ): ReadUnderWay | undefined {
    if (beside !== undefined) this.#answersLater = true;
    if (this.#answersLater) return this.#shared(view, load, keys, visit, beside);
    let work: void | Promise<void>;
    try {
      work = view.read(load.group, load.generation, keys, visit);
    } catch (error) {
      if (!isAway(error)) throw error;
      work = Promise.reject(error);
    }
    if (!(work instanceof Promise)) return undefined;
    this.#answersLater = true;
    const read = new ReadUnderWay(visit);
    follow(read, work);
    return read;
  }

  /** Nobody else is to wait for what a read was not answered in time. */
  giveUp(read: ReadUnderWay): void {
    for (const flight of read.flights) this.#flights.remove(flight);
  }

  /** Says that a key's record of a group is another one now: it is forgotten, and what is being read of it is neither kept nor waited for any more. */
  evict(group: string, key: Uint8Array): void {
    this.#cache?.delete(idOf(group, key));
    this.#flights.delete(group, key);
  }

  /** The same of all records. */
  forget(): void {
    this.#cache?.clear();
    this.#flights.clear();
  }

  #shared(
    view: StoreView,
    load: GroupPointer,
    keys: readonly Uint8Array[],
    visit: RecordVisitor,
    beside: Promise<void> | undefined,
  ): ReadUnderWay | undefined {
    const read = new ReadUnderWay(visit);
    if (beside !== undefined) waitBeside(read, beside);
    // Most calls ask for one key a group: lists begin with what they hold.
    let asked: Uint8Array[] | undefined;
    let own: Flight[] | undefined;
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index];
      if (key === undefined) continue;
      read.wait();
      const kept = this.#cache?.get(idOf(load.group, key), load);
      if (kept !== undefined) {
        read.land(index, kept.record);
        continue;
      }
      let flight = this.#flights.get(load.group, key);
      if (flight === undefined || !isSameLoad(flight.load, load)) {
        flight = { load, key, waiting: [{ read, index }], hasLanded: false };
        this.#flights.set(flight);
        if (asked === undefined || own === undefined) [asked, own] = [[key], [flight]];
        else {
          asked.push(key);
          own.push(flight);
        }
      } else flight.waiting.push({ read, index });
      read.waitFor(flight);
    }
    if (asked !== undefined && own !== undefined) this.#ask(view, load, asked, own, read);
    read.done();
    return read.isAnswered && read.failure === undefined ? undefined : read;
  }

  #ask(
    view: StoreView,
    load: GroupPointer,
    keys: readonly Uint8Array[],
    flights: readonly Flight[],
    read: ReadUnderWay,
  ): void {
    const askedAt = this.#cache?.now() ?? 0;
    let work: void | Promise<void>;
    try {
      work = view.read(load.group, load.generation, keys, (i, record) => {
        const flight = flights[i];
        if (flight !== undefined) this.#land(flight, record, askedAt);
      });
    } catch (error) {
      this.#end(flights, { error });
      return;
    }
    if (!(work instanceof Promise)) {
      this.#end(flights);
      return;
    }
    read.open();
    void work.then(
      () => {
        this.#end(flights);
        read.end();
      },
      (error: unknown) => {
        this.#end(flights, { error });
        read.end();
      },
    );
  }

  #land(flight: Flight, record: Uint8Array | undefined, askedAt: number): void {
    if (flight.hasLanded) return;
    flight.hasLanded = true;
    // One that was evicted or given up meanwhile is for those who wait, and for nobody after them.
    if (this.#flights.remove(flight)) {
      this.#cache?.put(idOf(flight.load.group, flight.key), flight.load, record, askedAt);
    }
    for (const { read, index } of flight.waiting) read.land(index, record);
  }

  /** The store is done: who was not answered never will be. */
  #end(flights: readonly Flight[], failure?: { readonly error: unknown }): void {
    for (const flight of flights) {
      if (flight.hasLanded) continue;
      this.#flights.remove(flight);
      const error = failure === undefined ? notVisited(flight.load.group) : failure.error;
      for (const { read } of flight.waiting) read.fail(error);
    }
  }
}

function waitBeside(read: ReadUnderWay, beside: Promise<void>): void {
  read.wait();
  follow(read, beside);
}

/** Ends a read once some work has ended, or failed. */
function follow(read: ReadUnderWay, work: Promise<void>): void {
  read.open();
  void work.then(
    () => {
      read.end();
      read.done();
    },
    (error: unknown) => {
      read.end();
      read.fail(error);
    },
  );
}

function idOf(group: string, key: Uint8Array): string {
  return `${group}\0${Buffer.from(key.buffer, key.byteOffset, key.length).toString("latin1")}`;
}

function notVisited(group: string): TondoError {
  return new TondoError("INTERNAL", `the online store said nothing of a key of ${group}`);
}
