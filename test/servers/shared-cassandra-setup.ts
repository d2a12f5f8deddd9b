import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { startCassandra } from "./cassandra.ts";
import { cassandraJars } from "./cassandra-jars.ts";
import { findJava17 } from "./java-17.ts";
import type { SharedReport } from "./shared-cassandra.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The file in which the start of this test run's Cassandra is told: `sharedCassandra()` waits for it. */
    cassandraReport: string;
  }
}

/** Vitest's global setup of the tests of Cassandra: the server boots while other tests run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // What lacks is said at once, and what is fetched once is waited for here, where no test's time runs.
  findJava17();
  await cassandraJars();
  const folder = mkdtempSync(join(tmpdir(), "tondo-cassandra-report-"));
  const file = join(folder, "report");
  const tell = (report: SharedReport): void => {
    writeFileSync(`${file}.new`, JSON.stringify(report));
    renameSync(`${file}.new`, file);
  };
  const starting = startCassandra().then(
    (server) => {
      const { contactPoint, localDataCenter } = server;
      tell({ contactPoint, localDataCenter });
      return server;
    },
    (error: unknown) => {
      tell({ error: error instanceof Error ? error.message : String(error) });
      return undefined;
    },
  );
  project.provide("cassandraReport", file);
  return async () => {
    const server = await starting;
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
