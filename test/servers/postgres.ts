import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { TestProject } from "vitest/node";
import type { KeeperReport } from "./postgres-keeper.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Of the PostgreSQL that runs for this test run: `inject("postgresUrl")`. */
    postgresUrl: string;
  }
}

/** A throwaway PostgreSQL on loopback. */
export interface RunningPostgres {
  readonly url: string;
  /** As the server's program says it, such as `postgres (PostgreSQL) 17.2`. */
  readonly version: string;
  /** Of the server process. */
  readonly pid: number;
  /** Of the process that ends the server when this one is gone. */
  readonly keeperPid: number;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/**
 * Starts a PostgreSQL with an empty cluster in a temporary folder.
 *
 * @throws Error that says what to install, or what the server said
 */
export async function startPostgres(): Promise<RunningPostgres> {
  const keeper = spawn(process.execPath, [join(import.meta.dirname, "postgres-keeper.ts")], {
    detached: true,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(keeper, "exit");
  let first: string | undefined;
  for await (const line of createInterface({ input: keeper.stdout })) {
    first = line;
    break;
  }
  if (first === undefined) throw new Error("the process that starts PostgreSQL ended without a word");
  const report = JSON.parse(first) as KeeperReport;
  if ("error" in report) {
    await ended;
    throw new Error(report.error);
  }
  return {
    ...report,
    keeperPid: keeper.pid ?? 0,
    stop: async () => {
      keeper.stdin.end();
      await ended;
    },
  };
}

/** Vitest's global setup of the integration tests. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  process.stderr.write(`integration tests use ${server.version}\n`);
  project.provide("postgresUrl", server.url);
  return () => server.stop();
}
