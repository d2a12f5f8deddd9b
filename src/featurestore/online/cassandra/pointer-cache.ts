import type { GroupPointer } from "../group-pointer.ts";

/** Pointers that were read at once. */
export interface PointerSnapshot {
  readonly pointers: ReadonlyMap<string, GroupPointer | undefined>;
  /** By group the overlays that rows were ever pushed to; a group that none were pushed to has none. */
  readonly overlays: ReadonlyMap<string, ReadonlySet<string>>;
  /** When the read of them began, by a clock that only goes forward, milliseconds. */
  readonly readAt: number;
}

/** Reads the pointers of some groups, all as of one moment. */
export type ReadPointers = (groups: readonly string[]) => Promise<Omit<PointerSnapshot, "readAt">>;

/**
 * Pointers that count for a bounded time. Those who need them at once share one read; once half of the time is over they are read anew while what is
 * known still counts, so that under load nobody waits for them.
 */
export class PointerCache {
  readonly #read: ReadPointers;
  readonly #ageMs: number;
  readonly #now: () => number;
  readonly #groups: Set<string> = new Set<string>();
  #snapshot: PointerSnapshot | undefined;
  #reading: Promise<PointerSnapshot> | undefined;
  #epoch = 0;

  constructor(read: ReadPointers, ageMs: number, now: () => number = () => performance.now()) {
    this.#read = read;
    this.#ageMs = ageMs;
    this.#now = now;
  }

  /** What is known of all these groups, if it counts. */
  current(groups: readonly string[]): PointerSnapshot | undefined {
    const snapshot = this.#snapshot;
    if (snapshot === undefined) return undefined;
    const age = this.#now() - snapshot.readAt;
    if (age > this.#ageMs || !covers(snapshot, groups)) return undefined;
    if (age > this.#ageMs / 2 && this.#reading === undefined) {
      // Whoever has to wait for pointers is told of a failure.
      this.#start().catch(() => undefined);
    }
    return snapshot;
  }

  /** Reads pointers, or waits for a read of them that is under way. */
  async refresh(groups: readonly string[]): Promise<PointerSnapshot> {
    for (const group of groups) this.#groups.add(group);
    for (;;) {
      const epoch = this.#epoch;
      const snapshot = await (this.#reading ?? this.#start());
      if (epoch === this.#epoch && covers(snapshot, groups)) return snapshot;
    }
  }

  /** Forgets what is known, also what is being read: something has changed since. */
  forget(): void {
    this.#epoch++;
    this.#snapshot = undefined;
    this.#reading = undefined;
  }

  #start(): Promise<PointerSnapshot> {
    const epoch = this.#epoch;
    const readAt = this.#now();
    const reading = this.#read([...this.#groups]).then(
      ({ pointers, overlays }) => {
        const snapshot = { pointers, overlays, readAt };
        if (epoch === this.#epoch) {
          this.#snapshot = snapshot;
          this.#reading = undefined;
        }
        return snapshot;
      },
      (error: unknown) => {
        if (epoch === this.#epoch) this.#reading = undefined;
        throw error;
      },
    );
    this.#reading = reading;
    return reading;
  }
}

function covers({ pointers }: PointerSnapshot, groups: readonly string[]): boolean {
  for (const group of groups) if (!pointers.has(group)) return false;
  return true;
}
