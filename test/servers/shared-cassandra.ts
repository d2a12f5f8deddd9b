import { existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import type { CassandraAddress } from "./cassandra-client.ts";
import { secondsToStart } from "./cassandra-process.ts";

/** What the start of the shared server comes to. */
export type SharedReport = CassandraAddress | { readonly error: string };

/**
 * The Cassandra of this test run, for tests that need no more of it than a keyspace of their own. Waits until it answers: it is started as the
 * run begins, which does not wait for it.
 *
 * @throws Error with what kept it from starting
 */
export async function sharedCassandra(): Promise<CassandraAddress> {
  const file = inject("cassandraReport");
  const end = Date.now() + (secondsToStart + 30) * 1000;
  while (!existsSync(file)) {
    if (Date.now() > end) throw new Error("the Cassandra of this test run said nothing about its start");
    await sleep(50);
  }
  const report = JSON.parse(readFileSync(file, "utf8")) as SharedReport;
  if ("error" in report) throw new Error(report.error);
  return report;
}
