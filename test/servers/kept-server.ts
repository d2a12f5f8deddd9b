import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { KeeperAnswer, KeeperCommand } from "./keep-server.ts";

/** What can be done with a server that a process of its own keeps. */
export interface Kept extends AsyncDisposable {
  /** Of the server process that was started last. */
  readonly pid: number;
  /** Of the process that ends the server when this one is gone. */
  readonly keeperPid: number;
  /** Ends it at once (SIGKILL) and keeps its data: connections break, new ones are refused. */
  kill(): Promise<void>;
  /** Starts it again after it was killed, with its ports and data; resolves when it answers. */
  start(): Promise<void>;
  /** Stops it where it is (SIGSTOP): connections stay open, new ones are accepted by the system, and nothing answers. */
  freeze(): Promise<void>;
  /** Lets it go on after it was frozen (SIGCONT). */
  thaw(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

type Answer<Known> = Exclude<KeeperAnswer<Known>, { readonly error: string }>;

/** A server and the process that keeps it, which is spoken to in lines. */
export class KeptServer<Known> {
  readonly #name: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #last: Promise<unknown> = Promise.resolve();
  #pid = 0;

  /** Starts the keeper: a program of this folder, with a task. */
  constructor(name: string, program: string, task: object) {
    this.#name = name;
    const path = join(import.meta.dirname, program);
    this.#process = spawn(process.execPath, [path, JSON.stringify(task)], { detached: true });
    this.#process.stderr.pipe(process.stderr, { end: false });
    // What cannot be written any more is not answered either, and that is told.
    this.#process.stdin.on("error", () => undefined);
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#ended = once(this.#process, "exit");
  }

  /**
   * What clients have to know, once the server answers; asked for once.
   *
   * @throws Error with what kept it from starting
   */
  async known(): Promise<Known> {
    return (await this.#answer()).known;
  }

  /** The server as tests have it, with what else they know of it. */
  with<Address extends object>(address: Address): Address & Kept {
    const pid = (): number => this.#pid;
    return {
      ...address,
      get pid() {
        return pid();
      },
      keeperPid: this.#process.pid ?? 0,
      kill: () => this.#ask("kill"),
      start: () => this.#ask("start"),
      freeze: () => this.#ask("freeze"),
      thaw: () => this.#ask("thaw"),
      stop: () => this.end(),
      [Symbol.asyncDispose]: () => this.end(),
    };
  }

  /** Ends both. */
  async end(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }

  async #answer(): Promise<Answer<Known>> {
    const next = await this.#answers.next();
    if (next.done === true) throw new Error(`the process that keeps ${this.#name} ended without a word`);
    const answer = JSON.parse(next.value) as KeeperAnswer<Known>;
    if ("error" in answer) throw new Error(answer.error);
    this.#pid = answer.pid;
    return answer;
  }

  /** One command after the other, in the order in which they are asked. */
  #ask(command: KeeperCommand): Promise<void> {
    const answered = this.#last.then(async () => {
      this.#process.stdin.write(`${command}\n`);
      await this.#answer();
    });
    this.#last = answered.catch(() => undefined);
    return answered;
  }
}
