import { existsSync } from "node:fs";
import { join } from "node:path";
import type { OnlineStore } from "./featurestore/index.ts";
import { type CassandraOptions, CassandraStore } from "./cassandra.ts";
import { forgetFailure } from "./forget-failure.ts";
import { compactLmdb, type CompactedStore, LmdbStore } from "./lmdb.ts";

/** The online store of a home: opened when it is needed, once. */
export class OpenedStore {
  readonly #folder: string;
  readonly #cassandra: CassandraOptions | undefined;
  #store: Promise<OnlineStore> | undefined;

  constructor(home: string, cassandra: CassandraOptions | undefined) {
    this.#folder = join(home, "online");
    this.#cassandra = cassandra;
  }

  get(): Promise<OnlineStore> {
    this.#store ??= this.#open();
    return forgetFailure(this.#store, () => {
      this.#store = undefined;
    });
  }

  /** The same, where anything was ever loaded: LMDB is not made for it. */
  async loaded(): Promise<OnlineStore | undefined> {
    const isThere = this.#cassandra !== undefined || this.#store !== undefined;
    return isThere || existsSync(join(this.#folder, "data.mdb")) ? this.get() : undefined;
  }

  /** Closes it; who asks for it next has it opened anew. */
  async close(): Promise<void> {
    const store = this.#store;
    this.#store = undefined;
    // One that could not be opened was reported to who asked for it.
    await (await store?.catch(() => undefined))?.close();
  }

  /** Closes it, and writes the file of LMDB anew: see `compactLmdb`. */
  async compact(): Promise<CompactedStore> {
    await this.close();
    return compactLmdb(this.#folder);
  }

  async #open(): Promise<OnlineStore> {
    if (this.#cassandra !== undefined) return CassandraStore.open(this.#cassandra);
    return LmdbStore.open({ folder: this.#folder });
  }
}
