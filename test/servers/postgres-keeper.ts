// A process of its own between the tests and their PostgreSQL: it starts the server in a temporary folder, says where
// it listens in one line of JSON, and ends it and removes the folder when its standard input closes. That happens at
// the orderly end and just as well when the process that runs the tests is killed.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync, createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "./free-port.ts";
import { findPostgres } from "./postgres-binaries.ts";
import { type Account, serverAccount } from "./server-account.ts";

/** What the keeper prints: where the server listens, or why there is none. */
export type KeeperReport =
  { readonly url: string; readonly version: string; readonly pid: number } | { readonly error: string };

const readySeconds = 30;
const stopSeconds = 10;

const identity = (account: Account | undefined): { uid?: number; gid?: number } =>
  account === undefined ? {} : { uid: account.uid, gid: account.gid };

/** Sets up an empty cluster: no password, loopback only, byte-order sorting, UTF-8. */
function initialise(bin: string, folder: string, account: Account | undefined): void {
  if (account !== undefined) chownSync(folder, account.uid, account.gid);
  const { status, stdout, stderr, error } = spawnSync(
    join(bin, "initdb"),
    ["-D", join(folder, "data"), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"],
    { cwd: folder, encoding: "utf8", ...identity(account) },
  );
  if (error !== undefined) throw new Error(`initdb did not start in ${folder}`, { cause: error });
  if (status !== 0) throw new Error(`initdb failed in ${folder}: ${stdout}${stderr}`);
}

function start(bin: string, folder: string, port: number, account: Account | undefined): ChildProcess {
  const settings = {
    listen_addresses: "127.0.0.1",
    // Durability is off: the data is thrown away.
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    max_connections: "200",
    autovacuum_naptime: "10min",
  };
  const server = spawn(
    join(bin, "postgres"),
    [
      ...["-D", join(folder, "data"), "-k", folder, "-p", String(port)],
      ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ],
    { cwd: folder, stdio: ["ignore", "pipe", "pipe"], ...identity(account) },
  );
  const log = createWriteStream(join(folder, "log"));
  server.stdout.pipe(log, { end: false });
  server.stderr.pipe(log, { end: false });
  return server;
}

async function untilReady(server: ChildProcess, folder: string): Promise<void> {
  const log = join(folder, "log");
  const text = (): string => (existsSync(log) ? readFileSync(log, "utf8") : "");
  const end = Date.now() + readySeconds * 1000;
  while (Date.now() < end) {
    if (text().includes("ready to accept connections")) return;
    if (server.exitCode !== null || server.signalCode !== null) throw new Error(`PostgreSQL ended at once: ${text()}`);
    await sleep(50);
  }
  throw new Error(`PostgreSQL was not ready after ${String(readySeconds)} s: ${text()}`);
}

/** Disconnects clients and ends; a server that does not is killed. */
async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  server.kill("SIGINT");
  const hard = setTimeout(() => server.kill("SIGQUIT"), stopSeconds * 1000);
  await ended;
  clearTimeout(hard);
}

function report(message: KeeperReport): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

async function main(): Promise<void> {
  const closed = new Promise<void>((resolve) => process.stdin.once("close", () => resolve()).resume());
  const folder = mkdtempSync(join(tmpdir(), "tondo-postgres-"));
  let server: ChildProcess | undefined;
  try {
    const bin = findPostgres();
    const account = serverAccount();
    initialise(bin, folder, account);
    const port = await freePort();
    server = start(bin, folder, port, account);
    await untilReady(server, folder);
    const version = spawnSync(join(bin, "postgres"), ["--version"], { encoding: "utf8" }).stdout.trim();
    report({ url: `postgres://postgres@127.0.0.1:${String(port)}/postgres`, version, pid: server.pid ?? 0 });
    await closed;
  } catch (error) {
    report({ error: error instanceof Error ? error.message : String(error) });
    process.exitCode = 1;
  } finally {
    if (server !== undefined) await stop(server);
    rmSync(folder, { recursive: true, force: true });
    // An input that is still open would keep this process alive after a failed start.
    process.stdin.destroy();
  }
}

// Ends by its input alone: the terminal's interrupt reaches the whole group.
process.on("SIGINT", () => undefined);
process.stdout.on("error", () => undefined);
if (import.meta.main) await main();
