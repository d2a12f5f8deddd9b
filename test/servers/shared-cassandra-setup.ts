import type { TestProject } from "vitest/node";
import { startCassandra } from "./cassandra.ts";
import { cassandraJars } from "./cassandra-jars.ts";
import { findJava17 } from "./java-17.ts";
import { shareStart } from "./share-start.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the start of this test run's Cassandra is told once it is known: `sharedCassandra()` asks there. */
    cassandraReport: string;
  }
}

/** Vitest's global setup of the tests of Cassandra: the server boots while other tests run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // What lacks is said at once, and what is fetched once is waited for here, where no test's time runs.
  findJava17();
  await cassandraJars();
  const start = await shareStart("Cassandra", startCassandra, ({ contactPoint, localDataCenter }) => ({
    contactPoint,
    localDataCenter,
  }));
  project.provide("cassandraReport", start.url);
  return start.stop;
}
