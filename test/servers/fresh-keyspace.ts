import { randomUUID } from "node:crypto";
import { type CassandraAddress, cassandraStatements } from "./cassandra-client.ts";
import { sharedCassandra } from "./shared-cassandra.ts";

/** A keyspace of one test's own, and the server that has it. */
export interface FreshKeyspace extends CassandraAddress {
  /** Lower case: it needs no quotes. */
  readonly keyspace: string;
  /** Drops it with all its tables, where it is there. */
  drop(): Promise<void>;
}

/**
 * A keyspace on the Cassandra of this test run, so that tests that run at once do not meet. It is empty, or only named where the test itself
 * makes it.
 */
export async function freshKeyspace(how: "made" | "named" = "made"): Promise<FreshKeyspace> {
  const server = await sharedCassandra();
  const keyspace = `test_${randomUUID().replaceAll("-", "")}`;
  const replication = "{ 'class': 'SimpleStrategy', 'replication_factor': 1 }";
  if (how === "made")
    await cassandraStatements(server, `create keyspace ${keyspace} with replication = ${replication}`);
  return { ...server, keyspace, drop: () => cassandraStatements(server, `drop keyspace if exists ${keyspace}`) };
}
