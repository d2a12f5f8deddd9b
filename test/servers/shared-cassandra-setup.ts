import { once } from "node:events";
import { createServer } from "node:http";
import type { TestProject } from "vitest/node";
import { startCassandra } from "./cassandra.ts";
import { cassandraJars } from "./cassandra-jars.ts";
import { freePort } from "./free-port.ts";
import { findJava17 } from "./java-17.ts";
import type { SharedReport } from "./shared-cassandra.ts";

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
  const starting = startCassandra();
  const report: Promise<SharedReport> = starting.then(
    ({ contactPoint, localDataCenter }) => ({ contactPoint, localDataCenter }),
    (error: unknown) => ({ error: error instanceof Error ? error.message : String(error) }),
  );
  const reporter = createServer((_, response) => void report.then((known) => response.end(JSON.stringify(known))));
  const port = await freePort();
  reporter.listen(port, "127.0.0.1");
  await once(reporter, "listening");
  project.provide("cassandraReport", `http://127.0.0.1:${String(port)}`);
  return async () => {
    reporter.close();
    reporter.closeAllConnections();
    // One that did not start has told the tests why, and left nothing to stop.
    if ("error" in (await report)) return;
    await (await starting).stop();
  };
}
