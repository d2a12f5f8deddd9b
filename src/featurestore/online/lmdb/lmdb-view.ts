import type { Database, Transaction } from "lmdb";
import { type Micros, TondoError } from "../../../core/index.ts";
import type { GroupPointer } from "../group-pointer.ts";
import type { PushedVisitor, RecordVisitor, StoreView } from "../online-store.ts";
import type { Bytes } from "./lmdb-layout.ts";

/** A database as its driver is, not as its types say: the fast read takes a transaction, too. */
export interface ReadableDatabase {
  getBinaryFast(key: Bytes, options: { readonly transaction: Transaction }): Buffer | undefined;
}

/** Views on the beginning of the driver's memory, by their length in words: making one takes longer than to copy a short record. */
const views: (Bytes | undefined)[] = [];
const mostViews = 512;

/** Reads in a given transaction; what it gives is valid until the next read. */
export function readFast(
  database: Database<Bytes, Bytes>,
  key: Bytes,
  options: { readonly transaction: Transaction },
): Bytes | undefined {
  const readable: ReadableDatabase = database;
  const bytes = readable.getBinaryFast(key, options);
  if (bytes === undefined) return undefined;
  // The driver's buffer is longer than the record, and only says that it is not.
  const { buffer, byteOffset, length } = bytes;
  if (length % 8 !== 0 || length >= mostViews * 8) return new Uint8Array(buffer, byteOffset, length);
  const known = views[length / 8];
  // Where a record did not fit the driver takes other memory.
  if (known?.buffer === buffer && known.byteOffset === byteOffset) return known;
  return (views[length / 8] = new Uint8Array(buffer, byteOffset, length));
}

/** A group as it is in the transactions that a store knows: its pointer, and the database of the generation that is current. */
export interface KnownGroup {
  readonly pointer: GroupPointer | undefined;
  readonly slot: Database<Bytes, Bytes> | undefined;
  /** What was pushed to it, by what pointers call it; empty where nothing ever was. */
  readonly pushed: ReadonlyMap<string, Database<Bytes, Bytes>>;
}

/** Gives the database of a generation that is not current. */
export type FindSlot = (group: string, generation: number) => Database<Bytes, Bytes> | undefined;

/** One read transaction: what was current when it began, and those records. It ends once all who share it have closed it. */
export class LmdbView implements StoreView {
  readonly #options: { readonly transaction: Transaction };
  readonly #groups: ReadonlyMap<string, KnownGroup>;
  readonly #other: FindSlot;
  #uses = 1;

  constructor(transaction: Transaction, groups: ReadonlyMap<string, KnownGroup>, other: FindSlot) {
    this.#options = { transaction };
    this.#groups = groups;
    this.#other = other;
  }

  /** For one more, who closes it as well. */
  share(): this {
    this.#uses++;
    return this;
  }

  pointer(group: string): GroupPointer | undefined {
    return this.#groups.get(group)?.pointer;
  }

  read(group: string, generation: number, keys: readonly Bytes[], visit: RecordVisitor): void {
    const known = this.#groups.get(group);
    const slot = known?.pointer?.generation === generation ? known.slot : this.#other(group, generation);
    if (slot === undefined) {
      throw new TondoError("INVALID_ARGUMENT", `generation ${String(generation)} of ${group} is not in this view`);
    }
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key !== undefined) visit(i, readFast(slot, key, this.#options));
    }
  }

  readPushed(group: string, overlay: string, keys: readonly Bytes[], _upTo: Micros, visit: PushedVisitor): void {
    const database = this.#groups.get(group)?.pushed.get(overlay);
    if (database === undefined) return;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const record = key === undefined ? undefined : readFast(database, key, this.#options);
      if (record !== undefined) visit(i, record);
    }
  }

  close(): void {
    this.#uses--;
    if (this.#uses === 0) this.#options.transaction.done();
  }
}
