import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How a server is started once. */
export interface JavaStart {
  readonly java: string;
  readonly args: readonly string[];
  /** What it has all said once it answers: whoever asks its port instead may be answered by somebody else who took it. */
  readonly says: readonly string[];
}

/** How long a server may take until it answers: ten times and more what it takes on two free cores. */
const secondsToStart = 180;

const attemptsToListen = 3;
/** How much of the log an error of ours shows. */
const linesToShow = 40;

/** What of Java's own environment would change the heap, or speak where nobody listens. */
const withheld = ["JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "CLASSPATH"];

/** One server in a folder, written in Java: its process may end and be started again, on the same ports and data. */
export abstract class JavaServer<Known> {
  readonly #name: string;
  readonly #log: string;
  #process: ChildProcess | undefined;
  protected readonly folder: string;

  /** Its data are below `data` in the folder, and what it says in `log`. */
  constructor(name: string, folder: string) {
    this.#name = name;
    this.#log = join(folder, "log");
    this.folder = folder;
  }

  /** What clients have to know of it. */
  abstract get known(): Known;

  /** Puts it on ports of its own, with no data. */
  protected abstract configure(): Promise<JavaStart>;

  /** How it is started again, on its ports and data. */
  protected abstract again(): JavaStart;

  /** Of the process that was started last. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Whether its process is there, frozen or not. */
  protected get runs(): boolean {
    const { exitCode, signalCode, pid } = this.#process ?? {};
    return pid !== undefined && exitCode === null && signalCode === null;
  }

  /**
   * Starts it for the first time; resolves when it answers.
   *
   * @throws Error with the end of the log, from its first error on
   */
  async create(signal: AbortSignal): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const start = await this.configure();
      try {
        await this.#start(start, signal);
        return;
      } catch (error) {
        // Somebody else came to listen on a port that was free.
        const isTaken = /already in use|is in use by another|Failed to bind/.test(String(error));
        if (!isTaken || attempt === attemptsToListen) throw error;
        await this.kill();
        rmSync(join(this.folder, "data"), { recursive: true, force: true });
      }
    }
  }

  /**
   * Starts it again after it was killed; resolves when it answers.
   *
   * @throws Error with the end of the log, or where it runs
   */
  async start(signal: AbortSignal): Promise<void> {
    if (this.runs) throw new Error(`${this.#name} runs already: kill it before it is started again`);
    await this.#start(this.again(), signal);
  }

  /** Ends it at once, also while it is frozen; what it has not written is lost. */
  async kill(): Promise<void> {
    if (this.runs) await this.#ended("SIGKILL");
  }

  /** Stops it where it is, or lets it go on: its connections stay open. */
  signal(name: "SIGSTOP" | "SIGCONT"): void {
    if (!this.runs) throw new Error(`${this.#name} does not run: start it first`);
    this.#process?.kill(name);
  }

  /** Ends it for good. */
  end(): Promise<void> {
    return this.kill();
  }

  /** Asks it to end in order, and gives whether it did within so many seconds. */
  protected async terminate(seconds: number): Promise<boolean> {
    if (this.runs) await Promise.race([this.#ended("SIGTERM"), sleep(seconds * 1000, undefined, { ref: false })]);
    return !this.runs;
  }

  async #ended(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    const server = this.#process;
    if (server === undefined) return;
    const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
    server.kill(signal);
    await ended;
  }

  async #start({ java, args, says }: JavaStart, signal: AbortSignal): Promise<void> {
    mkdirSync(join(this.folder, "temporary"), { recursive: true });
    const begin = existsSync(this.#log) ? statSync(this.#log).size : 0;
    const environment = Object.entries(process.env).filter(([name]) => !withheld.includes(name));
    const log = openSync(this.#log, "a");
    // The shell raises the limit of open files where it may, and becomes java.
    const server = spawn("sh", ["-c", 'ulimit -n "$(ulimit -Hn)" 2> /dev/null; exec "$@"', "sh", java, ...args], {
      cwd: this.folder,
      stdio: ["ignore", log, log],
      env: { ...Object.fromEntries(environment), LC_ALL: "C.UTF-8" },
    });
    closeSync(log);
    this.#process = server;
    writeFileSync(join(this.folder, "processes"), JSON.stringify([process.pid, server.pid]));
    const failed = new Promise<never>((_, reject) => server.once("error", reject));
    await Promise.race([failed, this.#untilReady(says, begin, signal)]);
  }

  async #untilReady(says: readonly string[], begin: number, signal: AbortSignal): Promise<void> {
    const said = (): string => readFileSync(this.#log).subarray(begin).toString();
    const end = Date.now() + secondsToStart * 1000;
    while (Date.now() < end) {
      signal.throwIfAborted();
      const text = said();
      if (!this.runs) throw new Error(`${this.#name} ended before it answered: ${worthKnowing(text)}`);
      if (says.every((each) => text.includes(each))) return;
      await sleep(20);
    }
    throw new Error(`${this.#name} did not answer within ${String(secondsToStart)} s: ${worthKnowing(said())}`);
  }
}

/** From the first error on, where there is one: much is said after it as a server shuts down. */
function worthKnowing(log: string): string {
  const lines = log.trimEnd().split("\n");
  const error = lines.findIndex((line) => line.startsWith("ERROR"));
  return (error === -1 ? lines.slice(-linesToShow) : lines.slice(error, error + linesToShow)).join("\n");
}
