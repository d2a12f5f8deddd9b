import type { ConnectionOptions } from "node:tls";
import type { Client, ClientConfig } from "pg";
import { TondoError } from "../../core/index.ts";
import { loadPg } from "./pg-module.ts";
import { connectError } from "./postgres-error.ts";

/** A database that sources are read from, in `pg`'s own words. */
export interface SourceDatabaseOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=` and what else `pg` reads there. */
  readonly url: string;
  /** TLS, such as `{ ca }`; default: what the URL says. */
  readonly ssl?: boolean | ConnectionOptions;
  /** In place of one in the URL. A function is asked at each connection: for a token of a cloud, say. */
  readonly password?: string | (() => string | Promise<string>);
  /** How long to wait for a connection before `DATABASE_UNAVAILABLE`; 10,000 by default. */
  readonly connectTimeoutMs?: number;
}

/** An open connection. */
export interface SourceConnection {
  readonly client: Client;
  /** Host, port and database, for errors. */
  readonly location: string;
}

/**
 * Connects to a database that sources are read from.
 *
 * @throws TondoError `DRIVER_MISSING`, `DATABASE_UNAVAILABLE`, `INVALID_ARGUMENT`
 */
export async function connectSource(options: SourceDatabaseOptions): Promise<SourceConnection> {
  const { ssl, password, connectTimeoutMs = 10_000 } = options;
  const url = parsePostgresUrl(options.url);
  const location = `${url.hostname}${url.port === "" ? "" : `:${url.port}`}${url.pathname}`;
  const pg = await loadPg();
  const config: ClientConfig = {
    connectionString: url.href,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: "tondo extract",
    // Values come as texts: who reads them knows what they are.
    types: { getTypeParser: () => (text: unknown) => text },
    ...(ssl === undefined ? {} : { ssl }),
    ...(password === undefined ? {} : { password }),
  };
  const client = new pg.Client(config);
  // A connection that breaks is reported by the query that uses it; without this one a break between two would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return { client, location };
  } catch (error) {
    throw connectError(error, location);
  }
}

/** The parts of a PostgreSQL database's address. @throws TondoError `INVALID_ARGUMENT` */
export function parsePostgresUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && (url.protocol === "postgres:" || url.protocol === "postgresql:")) return url;
  throw new TondoError("INVALID_ARGUMENT", "url: not the address of a PostgreSQL database", {
    hint: "Give postgres://user:password@host:port/database.",
  });
}
