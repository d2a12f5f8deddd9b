import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Certificates, makeCertificates } from "./cassandra-certificates.ts";
import {
  javaArguments,
  logConfiguration,
  nodeConfiguration,
  type NodePorts,
  type NodeSettings,
} from "./cassandra-settings.ts";
import { freePort } from "./free-port.ts";

/** How long a node may take until it answers: ten times what it takes on two free cores. */
export const secondsToStart = 180;

const attemptsToListen = 3;
/** How much of the log an error of ours shows. */
const linesToShow = 40;

/** What of Java's own environment would change the heap, or speak where nobody listens. */
const withheld = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"];

/** One Cassandra in a folder: its process may end and be started again, on the same ports and data. */
export class CassandraProcess {
  readonly #folder: string;
  readonly #java: string;
  readonly #jars: string;
  readonly #settings: NodeSettings;
  readonly #log: string;
  #process: ChildProcess | undefined;
  ports: NodePorts | undefined;
  certificates: Certificates | undefined;

  constructor(folder: string, java: string, jars: string, settings: NodeSettings) {
    this.#folder = folder;
    this.#java = java;
    this.#jars = jars;
    this.#settings = settings;
    this.#log = join(folder, "log");
  }

  /** Of the process that was started last. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /**
   * Starts it for the first time, on ports of its own; resolves when it answers.
   *
   * @throws Error with the end of the log, from its first error on
   */
  async create(signal: AbortSignal): Promise<void> {
    if (this.#settings.tls !== "none") this.certificates = makeCertificates(join(this.#folder, "certificates"));
    for (let attempt = 1; ; attempt++) {
      this.ports = { client: await freePort(), storage: await freePort() };
      writeFileSync(
        join(this.#folder, "cassandra.yaml"),
        nodeConfiguration(this.#folder, this.ports, this.#settings, this.certificates),
      );
      writeFileSync(join(this.#folder, "logback.xml"), logConfiguration);
      try {
        await this.#start(signal, this.#settings.auth ? "Created default superuser role" : undefined);
        return;
      } catch (error) {
        // Somebody else came to listen on a port that was free.
        const isTaken = /already in use|is in use by another|Failed to bind/.test(String(error));
        if (!isTaken || attempt === attemptsToListen) throw error;
        await this.kill();
        rmSync(join(this.#folder, "data"), { recursive: true, force: true });
      }
    }
  }

  /**
   * Starts it again after it was killed; resolves when it answers.
   *
   * @throws Error with the end of the log, or where it runs
   */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#runs()) throw new Error("Cassandra runs already: kill it before it is started again");
    await this.#start(signal);
  }

  /** Ends it at once, also while it is frozen; what it has not written is lost. */
  async kill(): Promise<void> {
    const server = this.#process;
    if (server === undefined || !this.#runs()) return;
    const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
    server.kill("SIGKILL");
    await ended;
  }

  /** Stops it where it is, or lets it go on: its connections stay open. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    if (!this.#runs()) throw new Error("Cassandra does not run: start it first");
    this.#process?.kill(name);
  }

  #runs(): boolean {
    const { exitCode, signalCode, pid } = this.#process ?? {};
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  async #start(signal: AbortSignal, alsoSays?: string): Promise<void> {
    mkdirSync(join(this.#folder, "temporary"), { recursive: true });
    const begin = existsSync(this.#log) ? statSync(this.#log).size : 0;
    const environment = Object.entries(process.env).filter(([name]) => !withheld.includes(name));
    const log = openSync(this.#log, "a");
    // The shell raises the limit of open files where it may, and becomes java.
    const server = spawn(
      "sh",
      [
        ...["-c", 'ulimit -n "$(ulimit -Hn)" 2> /dev/null; exec "$@"', "sh", this.#java],
        ...javaArguments(this.#folder, this.#jars, this.#settings),
      ],
      {
        cwd: this.#folder,
        stdio: ["ignore", log, log],
        env: { ...Object.fromEntries(environment), LC_ALL: "C.UTF-8" },
      },
    );
    closeSync(log);
    this.#process = server;
    writeFileSync(join(this.#folder, "processes"), JSON.stringify([process.pid, server.pid]));
    const failed = new Promise<never>((_, reject) => server.once("error", reject));
    await Promise.race([failed, this.#untilReady(signal, begin, alsoSays)]);
  }

  async #untilReady(signal: AbortSignal, begin: number, alsoSays = ""): Promise<void> {
    const said = (): string => readFileSync(this.#log).subarray(begin).toString();
    const end = Date.now() + secondsToStart * 1000;
    while (Date.now() < end) {
      signal.throwIfAborted();
      const text = said();
      if (!this.#runs()) throw new Error(`Cassandra ended before it answered: ${worthKnowing(text)}`);
      // Said once it listens: whoever asks the port instead may be answered by somebody else who took it.
      if (text.includes("Startup complete") && text.includes(alsoSays)) return;
      await sleep(100);
    }
    throw new Error(`Cassandra did not answer within ${String(secondsToStart)} s: ${worthKnowing(said())}`);
  }
}

/** From the first error on, where there is one: much is said after it as a node shuts down. */
function worthKnowing(log: string): string {
  const lines = log.trimEnd().split("\n");
  const error = lines.findIndex((line) => line.startsWith("ERROR"));
  return (error === -1 ? lines.slice(-linesToShow) : lines.slice(error, error + linesToShow)).join("\n");
}
