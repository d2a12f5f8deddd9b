import { auth, Client, type DseClientOptions } from "cassandra-driver";
import type { KeyedCertificate } from "./cassandra-certificates.ts";

/** The data center of the tests' nodes. */
export const localDataCenter = "datacenter1";

/** Who is let in. */
export interface CassandraAccount {
  readonly username: string;
  readonly password: string;
}

/** Where a Cassandra of the tests is, and how it is told from others. */
export interface CassandraAddress {
  /** Such as `127.0.0.1:27342`. */
  readonly contactPoint: string;
  readonly localDataCenter: string;
  readonly account?: CassandraAccount;
  /** By whom the server's certificate is signed, PEM; TLS is spoken where it is given. */
  readonly ca?: string;
  readonly client?: KeyedCertificate;
}

const patience = 30_000;

/** A client of the driver, as it stands: the caller shuts it down. */
export function cassandraClient(server: CassandraAddress, options: Partial<DseClientOptions> = {}): Client {
  const { contactPoint, account, ca, client } = server;
  return new Client({
    contactPoints: [contactPoint],
    localDataCenter: server.localDataCenter,
    isMetadataSyncEnabled: false,
    socketOptions: { connectTimeout: patience, readTimeout: patience },
    ...(account === undefined
      ? {}
      : { authProvider: new auth.PlainTextAuthProvider(account.username, account.password) }),
    // The driver believes any certificate, unless it is told not to.
    ...(ca === undefined ? {} : { sslOptions: { ca, ...client, rejectUnauthorized: true } }),
    ...options,
  });
}

/** Runs statements one after the other, with a connection of its own. */
export async function cassandraStatements(server: CassandraAddress, ...statements: readonly string[]): Promise<void> {
  const client = cassandraClient(server);
  try {
    for (const statement of statements) await client.execute(statement);
  } finally {
    await client.shutdown();
  }
}
