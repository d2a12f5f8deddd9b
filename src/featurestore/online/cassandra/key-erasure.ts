import type { Client, QueryOptions, types } from "cassandra-driver";
import { cassandraError } from "./cassandra-error.ts";
import { quoteName } from "./cassandra-schema.ts";
import type { Session } from "./session.ts";

/** Looks for the records of keys in the tables of generations, and removes them. Tables that are gone hold none. */
export class KeyErasure {
  readonly #session: Session;
  readonly #client: Client;
  /** So many replicas answer that one of them has seen what was written or removed, in whichever data centre. */
  readonly #reads: QueryOptions;
  readonly #writes: QueryOptions;

  constructor(session: Session) {
    this.#session = session;
    this.#client = session.client;
    this.#reads = session.proofOptions();
    this.#writes = session.writeOptions();
  }

  /** How many rows some keys have in a table: all of their parts. */
  async count(table: string, keys: readonly Uint8Array[], doing: string): Promise<number> {
    const query = `SELECT part FROM ${this.#nameOf(table)} WHERE key = ?`;
    let rows = 0;
    for (const key of keys) rows += (await this.#execute(table, query, key, this.#reads, doing))?.rows.length ?? 0;
    return rows;
  }

  /** Removes all rows of some keys, on as many replicas as writes of loads reach. */
  async erase(table: string, keys: readonly Uint8Array[], doing: string): Promise<void> {
    const query = `DELETE FROM ${this.#nameOf(table)} WHERE key = ?`;
    for (const key of keys) await this.#execute(table, query, key, this.#writes, doing);
  }

  #nameOf(table: string): string {
    return `${quoteName(this.#session.settled.keyspace)}.${quoteName(table)}`;
  }

  /** What a query gives; `undefined` where its table is not there. */
  async #execute(
    table: string,
    query: string,
    key: Uint8Array,
    options: QueryOptions,
    doing: string,
  ): Promise<types.ResultSet | undefined> {
    try {
      const params = [Buffer.from(key.buffer, key.byteOffset, key.byteLength)];
      return await this.#client.execute(query, params, options);
    } catch (error) {
      const failure = cassandraError(error, doing, this.#session.settled.where);
      if (failure.code === "GENERATION_GONE") return undefined;
      // Of a statement that was prepared before its table went nodes only say that they do not know it.
      if (failure.details["reason"] === "unprepared" && !(await this.#session.hasTable(table, doing))) return undefined;
      throw failure;
    }
  }
}
