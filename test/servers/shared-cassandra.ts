import { inject } from "vitest";
import type { CassandraAddress } from "./cassandra-client.ts";

/** What the start of the shared server comes to. */
export type SharedReport = CassandraAddress | { readonly error: string };

/**
 * The Cassandra of this test run, for tests that need no more of it than a keyspace of their own. Waits until it answers: it is started as the
 * run begins, which does not wait for it.
 *
 * @throws Error with what kept it from starting
 */
export async function sharedCassandra(): Promise<CassandraAddress> {
  const answer = await fetch(inject("cassandraReport"));
  const report = (await answer.json()) as SharedReport;
  if ("error" in report) throw new Error(report.error);
  return report;
}
