import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { JavaServer } from "./java-server.ts";

/** What a keeper is told, a line each. */
export type KeeperCommand = "start" | "kill" | "freeze" | "thaw";

/** What it says to each, and once as the server first answers. */
export type KeeperAnswer<Known> =
  | {
      /** Of the server's process. */
      readonly pid: number;
      readonly known: Known;
    }
  | { readonly error: string };

/**
 * The work of a process of its own between the tests and a server of theirs: it starts the server in a temporary folder, says in one line of
 * JSON what clients have to know, does what each line of its input says and answers by a line, and ends the server and removes the folder when
 * its input closes. That happens at the orderly end and just as well when the process that runs the tests is killed.
 */
export async function keepServer<Known>(name: string, make: (folder: string) => JavaServer<Known>): Promise<void> {
  // The terminal's interrupt reaches the whole group, and is not meant for it.
  process.on("SIGINT", () => undefined);
  process.stdout.on("error", () => undefined);
  const closed = new AbortController();
  const input = createInterface({ input: process.stdin });
  input.once("close", () => closed.abort(new Error(`nobody waits for ${name} any more`)));
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => input.close());
  const commands = input[Symbol.asyncIterator]();
  const folder = mkdtempSync(join(tmpdir(), `tondo-${name.toLowerCase()}-`));
  const server = make(folder);
  try {
    if (!(await answered(server, server.create(closed.signal)))) return;
    for (let next = await commands.next(); next.done !== true; next = await commands.next())
      await answered(server, obey(server, next.value as KeeperCommand, closed.signal));
  } finally {
    try {
      await server.end();
    } finally {
      rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      // An input that is still open would keep this process alive after a failed start.
      process.stdin.destroy();
    }
  }
}

async function obey(server: JavaServer<unknown>, command: KeeperCommand, closed: AbortSignal): Promise<void> {
  switch (command) {
    case "start":
      return server.start(closed);
    case "kill":
      return server.kill();
    case "freeze":
      return server.signal("SIGSTOP");
    case "thaw":
      return server.signal("SIGCONT");
  }
}

async function answered<Known>(server: JavaServer<Known>, work: Promise<void>): Promise<boolean> {
  let answer: KeeperAnswer<Known>;
  try {
    await work;
    answer = { pid: server.pid, known: server.known };
  } catch (error) {
    answer = { error: error instanceof Error ? error.message : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  return !("error" in answer);
}
