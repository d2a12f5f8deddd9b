import { fileURLToPath } from "node:url";
import { TondoError } from "../core/index.ts";
import type { Database } from "./database.ts";
import { connectPostgres, type PostgresOptions } from "./postgres/connect-postgres.ts";
import { connectSqlite, type SqliteOptions } from "./sqlite/connect-sqlite.ts";

/** Where the database is, and the options of its kind. */
export type ConnectOptions = { readonly url: string } & Omit<SqliteOptions, "path"> & Omit<PostgresOptions, "url">;

/**
 * Opens the database that a URL names and brings it to today's schema: `postgres://...`, `file:///a/b.db`,
 * `sqlite:a/b.db` (relative to the working folder) or `sqlite::memory:`.
 *
 * @throws TondoError `INVALID_ARGUMENT` for another URL; else see {@link connectSqlite} and {@link connectPostgres}
 * @example `const database = await connect({ url: "sqlite:.tondo/tondo.db" });`
 */
export async function connect(options: ConnectOptions): Promise<Database> {
  const { url, ...rest } = options;
  if (/^postgres(ql)?:/.test(url)) return connectPostgres({ url, ...rest });
  if (url.startsWith("file:")) return connectSqlite({ path: fileURLToPath(url), ...rest });
  if (url.startsWith("sqlite:")) return connectSqlite({ path: url.slice("sqlite:".length), ...rest });
  throw new TondoError("INVALID_ARGUMENT", "url: not the address of a database", {
    hint: "Give postgres://user:password@host/database or sqlite:path/to/file.db.",
  });
}
