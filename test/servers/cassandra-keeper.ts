// A process of its own between the tests and a Cassandra of theirs: it starts the node in a temporary folder, says in one line of JSON where
// it listens, does what each line of its input says and answers by a line, and kills the node and removes the folder when its input closes.
// That happens at the orderly end and just as well when the process that runs the tests is killed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { KeyedCertificate } from "./cassandra-certificates.ts";
import { CassandraProcess } from "./cassandra-process.ts";
import type { NodeSettings } from "./cassandra-settings.ts";

/** What the keeper is told as it is started. */
export interface KeeperTask {
  readonly java: string;
  readonly jars: string;
  readonly settings: NodeSettings;
}

/** What it is told later, a line each. */
export type KeeperCommand = "start" | "kill" | "freeze" | "thaw";

/** What it says to each, and once as the node first answers. */
export type KeeperAnswer =
  | {
      readonly port: number;
      /** Of the node's process. */
      readonly pid: number;
      readonly ca?: string;
      readonly client?: KeyedCertificate;
    }
  | { readonly error: string };

const closed = new AbortController();

async function obey(node: CassandraProcess, command: KeeperCommand): Promise<void> {
  switch (command) {
    case "start":
      return node.start(closed.signal);
    case "kill":
      return node.kill();
    case "freeze":
      return node.signal("SIGSTOP");
    case "thaw":
      return node.signal("SIGCONT");
  }
}

async function answered(node: CassandraProcess, work: Promise<void>): Promise<boolean> {
  let answer: KeeperAnswer;
  try {
    await work;
    const { ca, client } = node.certificates ?? {};
    const known = ca === undefined || client === undefined ? {} : { ca, client };
    answer = { port: node.ports?.client ?? 0, pid: node.pid, ...known };
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  return !("error" in answer);
}

async function main({ java, jars, settings }: KeeperTask): Promise<void> {
  const input = createInterface({ input: process.stdin });
  input.once("close", () => closed.abort(new Error("nobody waits for Cassandra any more")));
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => input.close());
  const commands = input[Symbol.asyncIterator]();
  const folder = mkdtempSync(join(tmpdir(), "tondo-cassandra-"));
  const node = new CassandraProcess(folder, java, jars, settings);
  try {
    if (!(await answered(node, node.create(closed.signal)))) return;
    for (let next = await commands.next(); next.done !== true; next = await commands.next())
      await answered(node, obey(node, next.value as KeeperCommand));
  } finally {
    await node.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    // An input that is still open would keep this process alive after a failed start.
    process.stdin.destroy();
  }
}

// The terminal's interrupt reaches the whole group, and is not meant for it.
process.on("SIGINT", () => undefined);
process.stdout.on("error", () => undefined);
if (import.meta.main) await main(JSON.parse(process.argv[2] ?? "") as KeeperTask);
