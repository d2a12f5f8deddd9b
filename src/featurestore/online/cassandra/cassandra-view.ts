import { type Micros, TondoError } from "../../../core/index.ts";
import type { GroupPointer } from "../group-pointer.ts";
import type { PushedVisitor, RecordVisitor, StoreView } from "../online-store.ts";
import type { PointerSnapshot } from "./pointer-cache.ts";
import type { ReadQueries, PartitionReads } from "./partition-reads.ts";

/** Reads what is pushed to a group under some keys; answers count until a moment by `performance.now`. */
export type ReadOverlay = (
  group: string,
  overlay: string,
  keys: readonly Uint8Array[],
  upTo: Micros,
  until: number,
  visit: PushedVisitor,
) => Promise<void>;

/** Pointers as they were read at one moment, and the records of the generations that they name. */
export class CassandraView implements StoreView {
  readonly #pointers: PointerSnapshot["pointers"];
  readonly #overlays: PointerSnapshot["overlays"];
  readonly #until: number;
  readonly #reads: PartitionReads;
  readonly #queries: (group: string, generation: number) => ReadQueries;
  readonly #pushed: ReadOverlay;

  /** @param until until when answers count, by `performance.now`: what the pointers name is there for that long */
  constructor(
    { pointers, overlays }: PointerSnapshot,
    until: number,
    reads: PartitionReads,
    queries: (group: string, generation: number) => ReadQueries,
    pushed: ReadOverlay,
  ) {
    this.#pointers = pointers;
    this.#overlays = overlays;
    this.#pushed = pushed;
    this.#until = until;
    this.#reads = reads;
    this.#queries = queries;
  }

  pointer(group: string): GroupPointer | undefined {
    return this.#pointers.get(group);
  }

  read(group: string, generation: number, keys: readonly Uint8Array[], visit: RecordVisitor): Promise<void> {
    const pointer = this.#pointers.get(group);
    // One before them may have been removed long ago, and a table that is being removed answers that it holds nothing.
    if (pointer?.generation !== generation && pointer?.previous !== generation) {
      throw new TondoError("INVALID_ARGUMENT", `generation ${String(generation)} of ${group} is not in this view`);
    }
    return this.#reads.read(this.#queries(group, generation), keys, visit, this.#until);
  }

  readPushed(
    group: string,
    overlay: string,
    keys: readonly Uint8Array[],
    upTo: Micros,
    visit: PushedVisitor,
  ): Promise<void> | undefined {
    if (this.#overlays.get(group)?.has(overlay) !== true) return undefined;
    return this.#pushed(group, overlay, keys, upTo, this.#until, visit);
  }

  close(): void {
    // Nothing is held: what is read stays for longer than any answer counts.
  }
}
