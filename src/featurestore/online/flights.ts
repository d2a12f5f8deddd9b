import { randomInt } from "node:crypto";
import type { GroupPointer } from "./group-pointer.ts";

/** What waits for a record. */
export interface RecordWaiter {
  /** It is here, or there is none. */
  land(index: number, record: Uint8Array | undefined): void;
  /** It cannot be had. */
  fail(error: unknown): void;
}

/** One record that a store is asked for, and the reads that wait for it. */
export interface Flight {
  readonly load: GroupPointer;
  readonly key: Uint8Array;
  readonly waiting: { readonly read: RecordWaiter; readonly index: number }[];
  hasLanded: boolean;
}

interface Entry {
  readonly flight: Flight;
  readonly hash: number;
  next: Entry | undefined;
}

const prime = 0x01000193;
/** Of this process alone, so that nobody can choose keys that share a place. */
const seed = randomInt(2 ** 32);

/**
 * What is under way, by group and key. No `Map`: one whose entries come and go is copied again and again, each table leads to the next, and one that grew old keeps all behind it
 * from V8's quick collections, which took three times as long.
 */
export class Flights {
  #places: (Entry | undefined)[] = new Array<Entry | undefined>(64).fill(undefined);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get(group: string, key: Uint8Array): Flight | undefined {
    const hash = hashOf(key);
    for (let entry = this.#places[hash & (this.#places.length - 1)]; entry !== undefined; entry = entry.next) {
      if (entry.hash === hash && entry.flight.load.group === group && isSame(entry.flight.key, key)) {
        return entry.flight;
      }
    }
    return undefined;
  }

  /** In the place of the one that is there under its group and key. */
  set(flight: Flight): void {
    this.delete(flight.load.group, flight.key);
    if (this.#size >= this.#places.length) this.#grow();
    this.#size++;
    this.#add({ flight, hash: hashOf(flight.key), next: undefined });
  }

  /** Takes one out; says whether it was still there. */
  remove(flight: Flight): boolean {
    const { load, key } = flight;
    return this.get(load.group, key) === flight && this.delete(load.group, key);
  }

  /** Takes out what is there under a group and key; says whether anything was. */
  delete(group: string, key: Uint8Array): boolean {
    const hash = hashOf(key);
    const place = hash & (this.#places.length - 1);
    let before: Entry | undefined;
    for (let entry = this.#places[place]; entry !== undefined; before = entry, entry = entry.next) {
      if (entry.hash !== hash || entry.flight.load.group !== group || !isSame(entry.flight.key, key)) continue;
      if (before === undefined) this.#places[place] = entry.next;
      else before.next = entry.next;
      // What is taken out keeps nothing.
      entry.next = undefined;
      this.#size--;
      return true;
    }
    return false;
  }

  clear(): void {
    this.#places.fill(undefined);
    this.#size = 0;
  }

  #add(entry: Entry): void {
    const place = entry.hash & (this.#places.length - 1);
    entry.next = this.#places[place];
    this.#places[place] = entry;
  }

  #grow(): void {
    const former = this.#places;
    this.#places = new Array<Entry | undefined>(former.length * 2).fill(undefined);
    for (const first of former) {
      for (let entry = first; entry !== undefined;) {
        const { next } = entry;
        this.#add(entry);
        entry = next;
      }
    }
  }
}

/** FNV-1a: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hashOf(key: Uint8Array): number {
  let hash = seed;
  for (const byte of key) hash = Math.imul(hash ^ byte, prime);
  return (hash ^ (hash >>> 15)) >>> 0;
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}
