import { setTimeout as sleep } from "node:timers/promises";
import { type CompiledQuery, type DatabaseConnection, type Driver, type QueryResult, SelectQueryNode } from "kysely";
import { TondoError } from "../../core/index.ts";
import { AsyncMutex } from "../async-mutex.ts";
import { isSqliteBusy, sqliteBusy, sqliteError } from "./sqlite-error.ts";
import type { SqliteResult, SqliteSession } from "./sqlite-session.ts";

/** What a driver works with. */
export interface SqliteDriverConfig {
  /** For messages. */
  readonly path: string;
  /** The one connection that writes; its own busy timeout is 0, the driver waits without blocking the thread. */
  readonly writer: SqliteSession;
  /** Reads outside transactions go here, so that they never see one that is open; the writer for `:memory:`. */
  readonly reader: SqliteSession;
  readonly busyTimeoutMs: number;
}

/**
 * Kysely's driver over two SQLite sessions. Transactions of this process take turns, begin with the write lock
 * (`begin immediate`: a deferred one that reads first and writes later fails where another came between), and wait
 * for other processes for up to `busyTimeoutMs`.
 */
export class SqliteDriver implements Driver {
  readonly #config: SqliteDriverConfig;
  readonly #turn = new AsyncMutex();

  constructor(config: SqliteDriverConfig) {
    this.#config = config;
  }

  init(): Promise<void> {
    return Promise.resolve();
  }

  acquireConnection(): Promise<DatabaseConnection> {
    return Promise.resolve(new SqliteConnection(this.#config, this.#turn));
  }

  beginTransaction(connection: DatabaseConnection): Promise<void> {
    return own(connection).begin();
  }

  commitTransaction(connection: DatabaseConnection): Promise<void> {
    return own(connection).end("commit");
  }

  rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    return own(connection).end("rollback");
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    return own(connection).leave();
  }

  async destroy(): Promise<void> {
    const { writer, reader } = this.#config;
    if (reader !== writer) await reader.close();
    await writer.close();
  }
}

function own(connection: DatabaseConnection): SqliteConnection {
  if (connection instanceof SqliteConnection) return connection;
  throw new TondoError("INTERNAL", "a connection of another driver");
}

class SqliteConnection implements DatabaseConnection {
  readonly #config: SqliteDriverConfig;
  readonly #turn: AsyncMutex;
  #inTransaction = false;

  constructor(config: SqliteDriverConfig, turn: AsyncMutex) {
    this.#config = config;
    this.#turn = turn;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { writer, reader, path } = this.#config;
    try {
      if (this.#inTransaction) return result(await writer.run(query.sql, query.parameters));
      if (reader !== writer && SelectQueryNode.is(query.query)) {
        return result(await reader.run(query.sql, query.parameters));
      }
      const deadline = await this.#enter();
      try {
        return result(await this.#retryWhileBusy(query.sql, query.parameters, deadline));
      } finally {
        this.#turn.release();
      }
    } catch (error) {
      throw sqliteError(error, path);
    }
  }

  // eslint-disable-next-line require-yield
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    await Promise.resolve();
    throw new TondoError("INVALID_ARGUMENT", "rows are not streamed from SQLite", {
      hint: "Read in pages with a limit.",
    });
  }

  async begin(): Promise<void> {
    const deadline = await this.#enter();
    try {
      await this.#retryWhileBusy("begin immediate", [], deadline);
      this.#inTransaction = true;
    } catch (error) {
      this.#turn.release();
      throw sqliteError(error, this.#config.path);
    }
  }

  async end(how: "commit" | "rollback"): Promise<void> {
    const { writer, path } = this.#config;
    try {
      // Some failures (a full disk) make SQLite roll back by itself.
      if (how === "commit" || writer.inTransaction) await writer.run(how, []);
    } catch (error) {
      throw sqliteError(error, path);
    }
    if (!writer.inTransaction) this.#finish();
  }

  /** Called when Kysely is through with the connection: a transaction that could not be ended must not go on. */
  async leave(): Promise<void> {
    if (!this.#inTransaction) return;
    try {
      if (this.#config.writer.inTransaction) await this.#config.writer.run("rollback", []);
    } catch (error) {
      throw sqliteError(error, this.#config.path);
    } finally {
      this.#finish();
    }
  }

  #finish(): void {
    if (!this.#inTransaction) return;
    this.#inTransaction = false;
    this.#turn.release();
  }

  async #enter(): Promise<number> {
    const { busyTimeoutMs, path } = this.#config;
    const deadline = performance.now() + busyTimeoutMs;
    if (!(await this.#turn.acquire(busyTimeoutMs))) throw sqliteBusy(path);
    return deadline;
  }

  /** Polls as SQLite's own busy handler does, but leaves the thread to others between the attempts. */
  async #retryWhileBusy(text: string, parameters: readonly unknown[], deadline: number): Promise<SqliteResult> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#config.writer.run(text, parameters);
      } catch (error) {
        if (!isSqliteBusy(error) || performance.now() >= deadline) throw error;
        await sleep(Math.min(1 + attempt, 20) * (0.5 + Math.random()));
      }
    }
  }
}

function result<R>({ rows, changes }: SqliteResult): QueryResult<R> {
  return changes === undefined ? { rows: rows as R[] } : { rows: rows as R[], numAffectedRows: changes };
}
