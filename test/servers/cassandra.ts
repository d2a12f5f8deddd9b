import { createAccount } from "./cassandra-account.ts";
import type { KeyedCertificate } from "./cassandra-certificates.ts";
import { type CassandraAccount, type CassandraAddress, localDataCenter } from "./cassandra-client.ts";
import { cassandraJars } from "./cassandra-jars.ts";
import type { CassandraParts, KnownCassandra } from "./cassandra-process.ts";
import { findJava17 } from "./java-17.ts";
import { type Kept, KeptServer } from "./kept-server.ts";

/** What a test asks of a Cassandra of its own. */
export interface CassandraOptions {
  /** Whether only an account with a password is let in; without, everybody is. */
  readonly auth?: boolean;
  /** Whether it speaks TLS and nothing else: `mutual` asks clients for a certificate too. Default `none`. */
  readonly tls?: "none" | "server" | "mutual";
  /**
   * Whether every write is on disk when it is acknowledged, so that {@link Kept.kill} loses none. Without, it loses those of the
   * last tenth of a second, and writes are faster. Default false.
   */
  readonly durable?: boolean;
  /** Whether it boots in two thirds of the time and runs at a lower peak speed, as suits tests and no benchmarks. Default true. */
  readonly fastBoot?: boolean;
  /** The heap, and once more as much of buffers. Default 512. */
  readonly heapMiB?: number;
}

/** A throwaway Cassandra on loopback: one node. */
export interface RunningCassandra extends CassandraAddress, Kept {
  /** The account that may do all with every keyspace, where it needs one. */
  readonly account?: CassandraAccount;
  /** By whom the server's certificate is signed, PEM, where it speaks TLS; the system does not know it. */
  readonly ca?: string;
  /** What a client shows where TLS is `mutual`. */
  readonly client?: KeyedCertificate;
}

/**
 * Starts a Cassandra with no data, in a temporary folder; it ends with the process that started it, also when that one is killed. Takes ten
 * seconds on two free cores; waits for three minutes.
 *
 * @throws Error that says what to install, or with the end of the server's log
 */
export async function startCassandra(options: CassandraOptions = {}): Promise<RunningCassandra> {
  const { auth = false, tls = "none", durable = false, fastBoot = true, heapMiB = 512 } = options;
  const settings = { auth, tls, durable, fastBoot, heapMiB };
  const keeper = new KeptServer<KnownCassandra>("Cassandra", "cassandra-keeper.ts", {
    java: findJava17(),
    jars: await cassandraJars(),
    settings,
  } satisfies CassandraParts);
  try {
    const { port, ca, client } = await keeper.known();
    const server = {
      contactPoint: `127.0.0.1:${String(port)}`,
      localDataCenter,
      ...(ca === undefined ? {} : { ca }),
      ...(client === undefined || tls !== "mutual" ? {} : { client }),
    };
    return keeper.with({ ...server, ...(auth ? { account: await createAccount(server) } : {}) });
  } catch (error) {
    await keeper.end();
    throw error;
  }
}
