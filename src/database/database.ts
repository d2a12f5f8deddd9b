import type { Kysely, Transaction } from "kysely";
import { migrate, type MigrationSupport } from "./migrate.ts";
import type { Tables } from "./tables/tables.ts";

/** The databases that the catalog and the registry can live in. */
export type DatabaseDialect = "sqlite" | "postgres";

/** Kysely, inside a transaction or outside of one. */
export type Queries = Kysely<Tables>;

/** An open database with today's schema. Close it when done. */
export interface Database {
  readonly dialect: DatabaseDialect;
  /** For messages: the file, or the server and database without the password. */
  readonly location: string;
  /** Reads, and single statements; whatever belongs together goes through {@link Database.transaction}. */
  readonly queries: Queries;
  /**
   * Runs `work` in one transaction: committed when it returns, rolled back when it throws. On SQLite transactions
   * take turns; use only the handle that `work` is given, or the wait is for itself.
   */
  transaction<T>(work: (transaction: Transaction<Tables>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Migrates and wraps an open Kysely; closes it again where that fails. */
export async function openDatabase(
  dialect: DatabaseDialect,
  location: string,
  kysely: Kysely<Tables>,
  support: MigrationSupport,
): Promise<Database> {
  try {
    await migrate(kysely, support);
  } catch (error) {
    await kysely.destroy();
    throw error;
  }
  return {
    dialect,
    location,
    queries: kysely,
    transaction: (work) => kysely.transaction().execute(work),
    close: () => kysely.destroy(),
  };
}
