import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { OwnTime } from "../harness/sample.ts";

/** What is measured says of itself. */
interface Measured {
  readonly seconds: number;
  readonly peak: number;
}

/** Another product at work in a process of its own, which stays, so that neither its start nor its warming up counts. See `*_peer.py`. */
export class PeerProcess {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #said = "";
  /** The largest resident memory that it told of, bytes. */
  peak = 0;

  private constructor(child: ChildProcess) {
    this.#child = child;
    if (child.stdout === null || child.stderr === null) throw new Error("the peer has no output");
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-4_000);
    });
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Starts it and waits until it stands ready.
   *
   * @throws Error with what it said, where it ends instead
   */
  static async start(
    program: string,
    args: readonly string[],
    environment: NodeJS.ProcessEnv = {},
  ): Promise<PeerProcess> {
    const peer = new PeerProcess(
      spawn(program, args, { env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", ...environment } }),
    );
    await peer.#answer();
    return peer;
  }

  /** Has it do what a line asks for; the time is the one that it measures itself. */
  async measure(line: string): Promise<OwnTime> {
    const { seconds, peak } = (await this.ask(line)) as Measured;
    this.peak = Math.max(this.peak, peak);
    return new OwnTime(seconds * 1e9);
  }

  /** What it answers to a line. */
  ask(line: string): Promise<unknown> {
    this.#child.stdin?.write(`${line}\n`);
    return this.#answer();
  }

  close(): void {
    this.#child.stdin?.end();
  }

  async #answer(): Promise<unknown> {
    for (;;) {
      const line: IteratorResult<string, unknown> = await this.#lines.next();
      if (line.done === true) throw new Error(`the peer ended: ${this.#said}`);
      // Others print to its output, too.
      if (line.value.startsWith("{")) return JSON.parse(line.value);
    }
  }
}
