import type { ConnectionOptions } from "node:tls";
import type * as Pg from "pg";
import type { Client, ClientConfig } from "pg";
import { TondoError } from "../../core/index.ts";
import { loadPg } from "./pg-module.ts";
import { connectError } from "./postgres-error.ts";

/** A database that sources are read from, in `pg`'s own words. */
export interface SourceDatabaseOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=` and what else `pg` reads there. */
  readonly url: string;
  /** TLS, such as `{ ca }`, whatever the URL says of it; default: what the URL says. */
  readonly ssl?: boolean | ConnectionOptions;
  /** In place of any in the URL. A function is asked at each connection: for a token of a cloud, say. */
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
  // What an address says wins over the driver's options: so nothing else may be said there.
  const given = typeof password === "function" ? await answerOf(password, location) : password;
  if (given !== undefined) {
    url.password = "";
    // Addresses without a host, of a socket, have no other place for it.
    url.searchParams.set("password", given);
  }
  const isDirect = url.searchParams.get("sslnegotiation") === "direct";
  if (ssl !== undefined) for (const name of tlsParameters) url.searchParams.delete(name);
  const config: ClientConfig = {
    connectionString: url.href,
    connectionTimeoutMillis: connectTimeoutMs,
    keepAlive: true,
    application_name: "tondo extract",
    // Values come as texts: who reads them knows what they are.
    types: { getTypeParser: () => (text: unknown) => text },
    ...(ssl === undefined ? {} : { ssl, ...(isDirect && ssl !== false ? { sslnegotiation: "direct" } : {}) }),
  };
  const client = clientOf(pg, config, location);
  // A connection that breaks is reported by the query that uses it; without this one a break between two would end the process.
  client.on("error", () => undefined);
  try {
    await client.connect();
    return { client, location };
  } catch (error) {
    throw connectError(error, location);
  }
}

/** What an address may say of TLS: https://www.postgresql.org/docs/current/libpq-connect.html, and `ssl` and `uselibpqcompat` of `pg`. */
const tlsParameters = ["ssl", "sslmode", "sslcert", "sslkey", "sslrootcert", "sslnegotiation", "uselibpqcompat"];

/** The password that a function gives. */
async function answerOf(ask: () => string | Promise<string>, location: string): Promise<string> {
  let answer: unknown;
  try {
    answer = await ask();
  } catch (error) {
    if (error instanceof TondoError) throw error;
    throw new TondoError(
      "DATABASE_UNAVAILABLE",
      `the password of the database cannot be had: ${error instanceof Error ? error.message : String(error)}`,
      { where: location, hint: "The function that is given as its `password` threw this.", cause: error },
    );
  }
  if (typeof answer === "string") return answer;
  throw new TondoError("INVALID_ARGUMENT", "password: the function answered with something that is no text", {
    where: location,
    hint: "Give a function that returns the password, or a promise of it.",
  });
}

/** A driver's client: it reads the address, and the files of certificates that are named there. */
function clientOf(pg: typeof Pg, config: ClientConfig, location: string): Client {
  try {
    return new pg.Client(config);
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    throw new TondoError("INVALID_ARGUMENT", `url: the driver cannot take it: ${said}`, {
      where: location,
      hint: "Look at what the address says behind its `?`.",
      cause: error,
    });
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
