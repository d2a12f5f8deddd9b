import type { Database, Transaction } from "lmdb";
import { TondoError } from "../../../core/index.ts";
import type { GroupPointer } from "../group-pointer.ts";
import type { RecordVisitor, StoreView } from "../online-store.ts";
import type { Bytes } from "./lmdb-layout.ts";

/** A database as its driver is, not as its types say: the fast read takes a transaction, too. */
export interface ReadableDatabase {
  getBinaryFast(key: Bytes, options: { readonly transaction: Transaction }): Buffer | undefined;
}

/** Reads in a given transaction; what it gives is valid until the next read. */
export function readFast(
  database: Database<Bytes, Bytes>,
  key: Bytes,
  options: { readonly transaction: Transaction },
): Bytes | undefined {
  const readable: ReadableDatabase = database;
  const bytes = readable.getBinaryFast(key, options);
  // The driver's buffer is longer than the record, and only says that it is not.
  return bytes === undefined ? undefined : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** One read transaction: what was current when it began, and those records. */
export class LmdbView implements StoreView {
  readonly #options: { readonly transaction: Transaction };
  readonly #pointers: ReadonlyMap<string, GroupPointer | undefined>;
  readonly #slot: (group: string, generation: number) => Database<Bytes, Bytes> | undefined;

  constructor(
    transaction: Transaction,
    pointers: ReadonlyMap<string, GroupPointer | undefined>,
    slot: (group: string, generation: number) => Database<Bytes, Bytes> | undefined,
  ) {
    this.#options = { transaction };
    this.#pointers = pointers;
    this.#slot = slot;
  }

  pointer(group: string): GroupPointer | undefined {
    return this.#pointers.get(group);
  }

  read(group: string, generation: number, keys: readonly Bytes[], visit: RecordVisitor): void {
    const slot = this.#slot(group, generation);
    if (slot === undefined) {
      throw new TondoError("INVALID_ARGUMENT", `generation ${String(generation)} of ${group} is not in this view`);
    }
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key !== undefined) visit(i, readFast(slot, key, this.#options));
    }
  }

  close(): void {
    this.#options.transaction.done();
  }
}
