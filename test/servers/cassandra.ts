import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createAccount } from "./cassandra-account.ts";
import type { KeyedCertificate } from "./cassandra-certificates.ts";
import { type CassandraAccount, type CassandraAddress, localDataCenter } from "./cassandra-client.ts";
import { cassandraJars } from "./cassandra-jars.ts";
import type { KeeperAnswer, KeeperCommand, KeeperTask } from "./cassandra-keeper.ts";
import { findJava17 } from "./java-17.ts";

/** What a test asks of a Cassandra of its own. */
export interface CassandraOptions {
  /** Whether only an account with a password is let in; without, everybody is. */
  readonly auth?: boolean;
  /** Whether it speaks TLS and nothing else: `mutual` asks clients for a certificate too. Default `none`. */
  readonly tls?: "none" | "server" | "mutual";
  /**
   * Whether every write is on disk when it is acknowledged, so that {@link RunningCassandra.kill} loses none. Without, it loses those of the
   * last tenth of a second, and writes are faster. Default false.
   */
  readonly durable?: boolean;
  /** Whether it boots in two thirds of the time and runs at a lower peak speed, as suits tests and no benchmarks. Default true. */
  readonly fastBoot?: boolean;
  /** The heap, and once more as much of buffers. Default 512. */
  readonly heapMiB?: number;
}

/** A throwaway Cassandra on loopback: one node. */
export interface RunningCassandra extends CassandraAddress, AsyncDisposable {
  /** The account that may do all with every keyspace, where it needs one. */
  readonly account?: CassandraAccount;
  /** By whom the server's certificate is signed, PEM, where it speaks TLS; the system does not know it. */
  readonly ca?: string;
  /** What a client shows where TLS is `mutual`. */
  readonly client?: KeyedCertificate;
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

/**
 * Starts a Cassandra with no data, in a temporary folder; it ends with the process that started it, also when that one is killed. Takes ten
 * seconds on two free cores; waits for three minutes.
 *
 * @throws Error that says what to install, or with the end of the server's log
 */
export async function startCassandra(options: CassandraOptions = {}): Promise<RunningCassandra> {
  const { auth = false, tls = "none", durable = false, fastBoot = true, heapMiB = 512 } = options;
  const settings = { auth, tls, durable, fastBoot, heapMiB };
  const keeper = new Keeper({ java: findJava17(), jars: await cassandraJars(), settings });
  try {
    const { port, ca, client, ...first } = await keeper.answer();
    let { pid } = first;
    const ask = async (command: KeeperCommand): Promise<void> => {
      ({ pid } = await keeper.ask(command));
    };
    const server = {
      contactPoint: `127.0.0.1:${String(port)}`,
      localDataCenter,
      ...(ca === undefined ? {} : { ca }),
      ...(client === undefined || tls !== "mutual" ? {} : { client }),
    };
    return {
      ...server,
      ...(auth ? { account: await createAccount(server) } : {}),
      get pid() {
        return pid;
      },
      keeperPid: keeper.pid,
      kill: () => ask("kill"),
      start: () => ask("start"),
      freeze: () => ask("freeze"),
      thaw: () => ask("thaw"),
      stop: () => keeper.end(),
      [Symbol.asyncDispose]: () => keeper.end(),
    };
  } catch (error) {
    await keeper.end();
    throw error;
  }
}

/** The process that keeps the server, spoken to in lines. */
class Keeper {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;
  #last: Promise<unknown> = Promise.resolve();

  constructor(task: KeeperTask) {
    const program = join(import.meta.dirname, "cassandra-keeper.ts");
    this.#process = spawn(process.execPath, [program, JSON.stringify(task)], { detached: true });
    this.#process.stderr.pipe(process.stderr, { end: false });
    // What cannot be written any more is not answered either, and that is told.
    this.#process.stdin.on("error", () => undefined);
    this.#answers = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#ended = once(this.#process, "exit");
  }

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  async answer(): Promise<Exclude<KeeperAnswer, { readonly error: string }>> {
    const next = await this.#answers.next();
    if (next.done === true) throw new Error("the process that keeps Cassandra ended without a word");
    const answer = JSON.parse(next.value) as KeeperAnswer;
    if ("error" in answer) throw new Error(answer.error);
    return answer;
  }

  /** One command after the other, in the order in which they are asked. */
  ask(command: KeeperCommand): Promise<Exclude<KeeperAnswer, { readonly error: string }>> {
    const answered = this.#last.then(() => {
      this.#process.stdin.write(`${command}\n`);
      return this.answer();
    });
    this.#last = answered.catch(() => undefined);
    return answered;
  }

  async end(): Promise<void> {
    this.#process.stdin.end();
    await this.#ended;
  }
}
