import { type GroupPointer, isSameLoad } from "./group-pointer.ts";

/** How many records a reader keeps of a store that answers later, and for how long. */
export interface RecordCacheOptions {
  /** How many records at the most; that a key has none counts as one. */
  readonly records: number;
  /** How many bytes of keys and records at the most. */
  readonly bytes: number;
  /** How long after it was asked for a record may be used, milliseconds. */
  readonly staleMs: number;
}

interface CachedRecord {
  readonly load: GroupPointer;
  /** Absent where the key has none. */
  readonly record: Uint8Array | undefined;
  /** When it was asked for, by the monotonic clock. */
  readonly askedAt: number;
}

/** What an entry costs beside its bytes, about. */
const overhead = 96;

/** Records of late, by group and key: of the current load only, and none that is older than stated. What was not used for longest goes first. */
export class RecordCache {
  readonly #options: RecordCacheOptions;
  readonly #now: () => number;
  readonly #entries: Map<string, CachedRecord> = new Map<string, CachedRecord>();
  #bytes = 0;

  /** @param now a monotonic clock, milliseconds */
  constructor(options: RecordCacheOptions, now: () => number = () => performance.now()) {
    this.#options = options;
    this.#now = now;
  }

  /** The bytes of what is kept. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The time that {@link put} wants: of before the store is asked. */
  now(): number {
    return this.#now();
  }

  /** What is known of a key in a load: `{ record: undefined }` where it has none there. */
  get(id: string, load: GroupPointer): { readonly record: Uint8Array | undefined } | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    if (!isSameLoad(entry.load, load) || this.#now() - entry.askedAt > this.#options.staleMs) {
      this.delete(id);
      return undefined;
    }
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    return entry;
  }

  /** Keeps a copy of a record. */
  put(id: string, load: GroupPointer, record: Uint8Array | undefined, askedAt: number): void {
    this.delete(id);
    const bytes = costOf(id, record);
    if (bytes > this.#options.bytes) return;
    this.#entries.set(id, { load, record: record?.slice(), askedAt });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#options.records && this.#bytes <= this.#options.bytes) break;
      this.delete(oldest);
    }
  }

  /** Forgets all. */
  clear(): void {
    this.#entries.clear();
    this.#bytes = 0;
  }

  /** Forgets a key. */
  delete(id: string): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    this.#entries.delete(id);
    this.#bytes -= costOf(id, entry.record);
  }
}

function costOf(id: string, record: Uint8Array | undefined): number {
  return overhead + id.length + (record?.length ?? 0);
}
