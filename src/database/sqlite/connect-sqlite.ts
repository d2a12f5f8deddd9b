import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Kysely, sql } from "kysely";
import { TondoError } from "../../core/index.ts";
import { type Database, openDatabase } from "../database.ts";
import type { MigrationSupport } from "../migrate.ts";
import type { Tables } from "../tables/tables.ts";
import { NodeSqliteDialect } from "./sqlite-dialect.ts";
import { isSqliteBusy, sqliteError } from "./sqlite-error.ts";
import { LocalSqliteSession, type SqliteSession } from "./sqlite-session.ts";

/** How to open a SQLite database. */
export interface SqliteOptions {
  /** The file, made with its folder where it is missing; `":memory:"` for one that lives as long as the process. */
  readonly path: string;
  /** How long to wait for other writers before `DATABASE_BUSY`; 10,000 by default. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens a SQLite file with Node's own driver: write-ahead log, every commit synced to the disk, foreign keys on.
 * Any number of processes may share it.
 *
 * @throws TondoError `DATABASE_NEWER`, `DATABASE_BUSY`, `DATABASE_UNAVAILABLE`, `DATABASE_FAILED`
 * @example `const database = await connectSqlite({ path: ".tondo/tondo.db" });`
 */
export async function connectSqlite(options: SqliteOptions): Promise<Database> {
  const { busyTimeoutMs = 10_000 } = options;
  const memory = options.path === ":memory:";
  const path = memory ? options.path : resolve(options.path);
  if (!memory) await makeFolder(dirname(path));
  const sessions: SqliteSession[] = [];
  try {
    const writer = new LocalSqliteSession(path, { timeoutMs: 0, readOnly: false });
    sessions.push(writer);
    // Turning the log on needs the file for itself for a moment, and SQLite's own wait does not cover that.
    await retryWhileBusy(() => writer.run("pragma journal_mode = wal", []), busyTimeoutMs);
    await writer.run("pragma synchronous = full", []);
    const reader = memory ? writer : new LocalSqliteSession(path, { timeoutMs: busyTimeoutMs, readOnly: true });
    sessions.push(reader);
    const dialect = new NodeSqliteDialect({ path, writer, reader, busyTimeoutMs });
    return await openDatabase("sqlite", path, new Kysely<Tables>({ dialect }), support);
  } catch (error) {
    for (const session of new Set(sessions)) await session.close();
    throw sqliteError(error, path);
  }
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new TondoError("DATABASE_UNAVAILABLE", `the folder of the database cannot be made: ${folder}`, {
      where: folder,
      hint: "Check that the path is right and that this account may write there.",
      cause: error,
    });
  }
}

async function retryWhileBusy(work: () => Promise<unknown>, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (!isSqliteBusy(error) || performance.now() >= deadline) throw error;
      await sleep(5 + Math.random() * 20);
    }
  }
}

const support: MigrationSupport = {
  async hasMigrationsTable(database) {
    const { rows } = await sql`select 1 from sqlite_master where name = 'tondo_migrations'`.execute(database);
    return rows.length > 0;
  },
  // The transaction began with the write lock.
  lock: () => Promise.resolve(),
};
