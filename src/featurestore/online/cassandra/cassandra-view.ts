import { TondoError } from "../../../core/index.ts";
import type { GroupPointer } from "../group-pointer.ts";
import type { RecordVisitor, StoreView } from "../online-store.ts";
import type { PointerSnapshot } from "./pointer-cache.ts";
import type { ReadQueries, PartitionReads } from "./partition-reads.ts";

/** Pointers as they were read at one moment, and the records of the generations that they name. */
export class CassandraView implements StoreView {
  readonly #pointers: PointerSnapshot["pointers"];
  readonly #until: number;
  readonly #reads: PartitionReads;
  readonly #queries: (group: string, generation: number) => ReadQueries;

  /** @param until until when answers count, by `performance.now`: what the pointers name is there for that long */
  constructor(
    pointers: PointerSnapshot["pointers"],
    until: number,
    reads: PartitionReads,
    queries: (group: string, generation: number) => ReadQueries,
  ) {
    this.#pointers = pointers;
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

  close(): void {
    // Nothing is held: what is read stays for longer than any answer counts.
  }
}
