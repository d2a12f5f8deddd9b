import { inject } from "vitest";
import type { CassandraAddress } from "./cassandra-client.ts";
import { reportedStart } from "./reported-start.ts";

/**
 * The Cassandra of this test run, for tests that need no more of it than a keyspace of their own.
 *
 * @throws Error with what kept it from starting
 */
export function sharedCassandra(): Promise<CassandraAddress> {
  return reportedStart(inject("cassandraReport"));
}
