import { Kysely, sql } from "kysely";
import type { CustomTypesConfig, types as Types } from "pg";
import { TondoError } from "../../core/index.ts";
import { type Database, openDatabase } from "../database.ts";
import type { MigrationSupport } from "../migrate.ts";
import type { Tables } from "../tables/tables.ts";
import { loadPg } from "./pg-module.ts";
import { CheckedPostgresDialect } from "./postgres-driver.ts";
import { parsePostgresUrl } from "./source-database.ts";

/** How to open a PostgreSQL database. */
export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** At most that many connections; 10 by default. */
  readonly poolSize?: number;
  /** How long to wait for a connection before `DATABASE_UNAVAILABLE`; 10,000 by default. */
  readonly connectTimeoutMs?: number;
  /** How long to wait for other writers before `DATABASE_BUSY`; 10,000 by default. */
  readonly lockTimeoutMs?: number;
  /** The schema that holds the tables, made where it is missing; `"tondo"` by default. */
  readonly schema?: string;
}

/**
 * Opens a PostgreSQL database through `pg`, an optional peer that is loaded here.
 *
 * @throws TondoError `DRIVER_MISSING`, `DATABASE_UNAVAILABLE`, `DATABASE_NEWER`, `DATABASE_FAILED`, `INVALID_ARGUMENT`
 * @example `const database = await connectPostgres({ url: "postgres://tondo@db.internal/ml" });`
 */
export async function connectPostgres(options: PostgresOptions): Promise<Database> {
  const { poolSize = 10, connectTimeoutMs = 10_000, lockTimeoutMs = 10_000, schema = "tondo" } = options;
  const url = parsePostgresUrl(options.url);
  if (!/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new TondoError("INVALID_ARGUMENT", `schema: ${JSON.stringify(schema)} is not a plain name`, {
      hint: "Use small letters, digits and underscores, at most 63.",
    });
  }
  const pg = await loadPg();
  const settings = `-c search_path=${schema} -c lock_timeout=${String(Math.ceil(lockTimeoutMs))}`;
  const given = url.searchParams.get("options");
  url.searchParams.delete("options");
  const pool = new pg.Pool({
    connectionString: url.href,
    max: poolSize,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: "tondo",
    options: given === null ? settings : `${given} ${settings}`,
    types: { getTypeParser: typeParser(pg.types) },
  });
  // A connection that breaks is reported by the query that uses it or dropped by the pool; without these two a break
  // between queries would end the process.
  pool.on("error", ignoreBrokenIdleConnection);
  pool.on("connect", (client) => client.on("error", ignoreBrokenIdleConnection));
  const location = `${url.hostname}${url.port === "" ? "" : `:${url.port}`}${url.pathname}`;
  const dialect = new CheckedPostgresDialect({ pool }, location);
  return openDatabase("postgres", location, new Kysely<Tables>({ dialect }), migrationSupport(schema));
}

type Parser = (text: string) => unknown;

/** The driver's own reading of each type, but for 64-bit integers. */
function typeParser(types: typeof Types): CustomTypesConfig["getTypeParser"] {
  return (oid, format) => (oid === types.builtins.INT8 ? safeInteger : (types.getTypeParser(oid, format) as Parser));
}

/** PostgreSQL's 64-bit integers as numbers; ours are all below 2^53. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new TondoError("DATABASE_FAILED", `an integer of the database is too large to be one of ours: ${text}`, {
    hint: "Something else wrote into Tondo's tables.",
  });
}

function ignoreBrokenIdleConnection(): void {
  // See where it is used.
}

// Any number that no other program locks: "tondo" in ASCII.
const lockKey = 0x746f6e646f;

function migrationSupport(schema: string): MigrationSupport {
  return {
    async hasMigrationsTable(database) {
      const query = sql<{ name: string | null }>`select to_regclass(${`${schema}.tondo_migrations`})::text as name`;
      const { rows } = await query.execute(database);
      return typeof rows[0]?.name === "string";
    },
    async lock(transaction) {
      await sql`set local lock_timeout = '60s'`.execute(transaction);
      await sql`select pg_advisory_xact_lock(${lockKey})`.execute(transaction);
      await sql`create schema if not exists ${sql.id(schema)}`.execute(transaction);
    },
  };
}
