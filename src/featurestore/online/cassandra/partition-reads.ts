import type { Client, QueryOptions, types } from "cassandra-driver";
import { TondoError } from "../../../core/index.ts";
import type { RecordVisitor } from "../online-store.ts";
import { cassandraError, unavailable } from "./cassandra-error.ts";
import { quoteName } from "./cassandra-schema.ts";
import { keysOnce, textOf } from "./keys-once.ts";
import { RequestGate } from "./request-gate.ts";
import type { Session } from "./session.ts";

/** The queries that read a generation. */
export interface ReadQueries {
  /** The name of its table. */
  readonly table: string;
  /** By one key. */
  readonly one: string;
  /** By several. */
  readonly several: string;
}

/** The queries that read a table. */
export function readQueries(keyspace: string, table: string): ReadQueries {
  const from = `FROM ${quoteName(keyspace)}.${quoteName(table)}`;
  return {
    table,
    one: `SELECT record ${from} WHERE key = ?`,
    several: `SELECT key, record ${from} WHERE key IN ?`,
  };
}

const doing = "reading the online store";

type Done = (result: types.ResultSet) => void;
type Failed = (error: unknown) => void;

/** Reads records: a query a key, sent to a replica of it, or some keys a query; so many under way at once. */
export class PartitionReads {
  readonly #session: Session;
  readonly #client: Client;
  readonly #options: QueryOptions;
  readonly #gate: RequestGate;
  readonly #keysPerQuery: number;
  readonly #where: string;
  readonly #onGone: () => void;

  /** @param onGone called where a generation is not there any more */
  constructor(session: Session, onGone: () => void) {
    this.#onGone = onGone;
    const { limits, where } = session.settled;
    this.#session = session;
    this.#client = session.client;
    this.#options = session.readOptions();
    this.#gate = new RequestGate({
      atOnce: limits.maxInFlight,
      waiting: limits.maxWaiting,
      waitMs: limits.turnTimeoutMs,
    });
    this.#keysPerQuery = limits.keysPerQuery;
    this.#where = where;
  }

  /**
   * Calls `visit` once for each key; a key that is there twice is read once.
   *
   * @param until until when answers count, by `performance.now`: a table that is removed answers, for a moment, that it holds nothing
   */
  read(queries: ReadQueries, keys: readonly Uint8Array[], visit: RecordVisitor, until: number): Promise<void> {
    const [first] = keys;
    if (first === undefined) return Promise.resolve();
    if (keys.length > 1) return this.#readMany(queries, keys, visit, until);
    if (this.#gate.enter()) return this.#readOne(queries, first, visit, until);
    return new Promise((resolve, reject) => {
      const read: Done = ({ rows }) => {
        visit(0, wholeRecord(rows, 0, rows.length));
        resolve();
      };
      this.#wait(queries, queries.one, [Buffer.from(first)], until, read, reject);
    });
  }

  /** The rows that a query of another table gives, in its turn as well. */
  rows(table: string, query: string, params: readonly unknown[], until: number): Promise<readonly types.Row[]> {
    return new Promise((resolve, reject) => {
      const read: Done = ({ rows }) => {
        resolve(rows);
      };
      this.#send({ table, one: query, several: query }, query, [...params], until, read, reject);
    });
  }

  /** One key, whose turn it is: what most reads are, with no more promises than it takes. */
  #readOne(queries: ReadQueries, key: Uint8Array, visit: RecordVisitor, until: number): Promise<void> {
    return this.#client.execute(queries.one, [Buffer.from(key)], this.#options).then(
      ({ rows }) => {
        this.#gate.leave();
        if (performance.now() > until) return this.#failed(tooOld(this.#where), queries);
        visit(0, wholeRecord(rows, 0, rows.length));
        return undefined;
      },
      (error: unknown) => {
        this.#gate.leave();
        return this.#failed(error, queries);
      },
    );
  }

  #readMany(queries: ReadQueries, keys: readonly Uint8Array[], visit: RecordVisitor, until: number): Promise<void> {
    const { unique, places } = keysOnce(keys);
    const visitAll = (key: number, record: Uint8Array | undefined): void => {
      const place = places[key] ?? [];
      if (typeof place === "number") visit(place, record);
      else for (const one of place) visit(one, record);
    };
    return new Promise((resolve, reject) => {
      let left = 0;
      let failure: { readonly error: unknown } | undefined;
      // Nothing is under way any more once the promise is settled.
      const settle = (): void => {
        left--;
        if (left > 0) return;
        if (failure === undefined) resolve();
        else reject(failure.error);
      };
      const failed = (error: unknown): void => {
        failure ??= { error };
        settle();
      };
      const step = this.#keysPerQuery;
      left = Math.ceil(unique.length / step);
      for (let from = 0; from < unique.length; from += step) {
        if (step === 1) {
          const read: Done = ({ rows }) => {
            visitAll(from, wholeRecord(rows, 0, rows.length));
            settle();
          };
          this.#send(queries, queries.one, [unique[from]], until, read, failed);
        } else {
          const some = unique.slice(from, from + step);
          const read: Done = ({ rows }) => {
            visitSome(rows, some, (i, record) => {
              visitAll(from + i, record);
            });
            settle();
          };
          this.#send(queries, queries.several, [some], until, read, failed);
        }
      }
    });
  }

  #failed(error: unknown, queries: ReadQueries): Promise<void> {
    return new Promise((_, reject) => {
      this.#fail(error, queries, reject);
    });
  }

  /** Sends a query now, or when it is its turn. Exactly one of `done` and `failed` comes to its end. */
  #send(queries: ReadQueries, query: string, params: unknown[], until: number, done: Done, failed: Failed): void {
    if (this.#gate.enter()) this.#run(queries, query, params, until, done, failed);
    else this.#wait(queries, query, params, until, done, failed);
  }

  #run(queries: ReadQueries, query: string, params: unknown[], until: number, done: Done, failed: Failed): void {
    this.#client.execute(query, params, this.#options).then(
      (result) => {
        this.#gate.leave();
        if (performance.now() > until) {
          this.#fail(tooOld(this.#where), queries, failed);
          return;
        }
        try {
          done(result);
        } catch (error) {
          failed(error);
        }
      },
      (error: unknown) => {
        this.#gate.leave();
        this.#fail(error, queries, failed);
      },
    );
  }

  #wait(queries: ReadQueries, query: string, params: unknown[], until: number, done: Done, failed: Failed): void {
    const run = (): void => {
      this.#run(queries, query, params, until, done, failed);
    };
    this.#gate.wait(run, (why) => {
      const said = why === "timeout" ? "its turn did not come in time" : "too many reads wait already";
      failed(unavailable(doing, said, why, this.#where));
    });
  }

  #fail(error: unknown, { table }: ReadQueries, failed: Failed): void {
    const failure = cassandraError(error, doing, this.#where);
    if (failure.code === "GENERATION_GONE") {
      this.#onGone();
      failed(failure);
    } else if (failure.details["reason"] === "unprepared") {
      this.#session.hasTable(table, doing).then(
        (isThere) => {
          if (!isThere) this.#onGone();
          failed(isThere ? failure : removed(this.#where, error));
        },
        () => {
          failed(failure);
        },
      );
    } else failed(failure);
  }
}

function removed(where: string, cause: unknown): TondoError {
  return new TondoError("GENERATION_GONE", `${doing}: what was asked for was removed`, {
    where,
    hint: "It was loaded anew twice meanwhile: read again.",
    cause,
  });
}

function tooOld(where: string): TondoError {
  return new TondoError("GENERATION_GONE", `${doing}: the answer came later than what was asked for is kept`, {
    where,
    hint: "Read again; it should take far less than `holdMs`.",
  });
}

/** Hands out the records of rows that come with their keys, one key's after another's. */
function visitSome(rows: readonly types.Row[], keys: readonly Buffer[], visit: RecordVisitor): void {
  const found = new Map<string, { readonly from: number; to: number }>();
  for (const [i, row] of rows.entries()) {
    const key = textOf(row["key"] as Buffer);
    const known = found.get(key);
    if (known === undefined) found.set(key, { from: i, to: i + 1 });
    else known.to = i + 1;
  }
  for (const [i, key] of keys.entries()) {
    const { from, to } = found.get(textOf(key)) ?? { from: 0, to: 0 };
    visit(i, wholeRecord(rows, from, to));
  }
}

/**
 * The record of a key's rows. They are read as a whole, so that one who knows no further parts leaves none out: those are rows of their own, and
 * have no `record`.
 */
export function wholeRecord(rows: readonly types.Row[], from: number, to: number): Uint8Array | undefined {
  if (from === to) return undefined;
  const record = rows[from]?.["record"] as Buffer | null | undefined;
  if (to - from === 1 && record) return record;
  throw new TondoError("STORE_CORRUPT", "a record of the online store has parts that this program does not know", {
    hint: "Use the release of Tondo that wrote them, or materialize the group again.",
  });
}
