import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";

/** What a statement gave: rows of one that returns some, else the number of rows it changed. */
export interface SqliteResult {
  readonly rows: unknown[];
  readonly changes: bigint | undefined;
}

/**
 * One connection to a SQLite file. The interface is asynchronous so that it can live on another thread.
 */
export interface SqliteSession {
  /** Whether a transaction is open. */
  readonly inTransaction: boolean;
  run(text: string, parameters: readonly unknown[]): Promise<SqliteResult>;
  /** Closing again does nothing. */
  close(): Promise<void>;
}

interface Prepared {
  readonly statement: StatementSync;
  readonly returnsRows: boolean;
}

const maxPrepared = 200;

/** A session on this thread, by `node:sqlite`. Prepared statements are kept, the oldest dropped above 200. */
export class LocalSqliteSession implements SqliteSession {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, Prepared>();

  constructor(path: string, options: { readonly timeoutMs: number; readonly readOnly: boolean }) {
    this.#database = new DatabaseSync(path, {
      readOnly: options.readOnly,
      timeout: options.timeoutMs,
      enableForeignKeyConstraints: true,
    });
  }

  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  run(text: string, parameters: readonly unknown[]): Promise<SqliteResult> {
    // The executor turns what is thrown here into a rejection.
    return new Promise((resolve) => {
      const { statement, returnsRows } = this.#prepare(text);
      const values = parameters as readonly SQLInputValue[];
      if (returnsRows) resolve({ rows: statement.all(...values), changes: undefined });
      else resolve({ rows: [], changes: BigInt(statement.run(...values).changes) });
    });
  }

  close(): Promise<void> {
    this.#prepared.clear();
    if (this.#database.isOpen) this.#database.close();
    return Promise.resolve();
  }

  #prepare(text: string): Prepared {
    const known = this.#prepared.get(text);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(text);
    const prepared = { statement, returnsRows: statement.columns().length > 0 };
    if (this.#prepared.size >= maxPrepared) {
      const oldest = this.#prepared.keys().next().value;
      if (oldest !== undefined) this.#prepared.delete(oldest);
    }
    this.#prepared.set(text, prepared);
    return prepared;
  }
}
