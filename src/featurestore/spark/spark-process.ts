import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { TondoError } from "../../core/index.ts";
import { SparkLog } from "./spark-log.ts";
import type { SparkOptions } from "./spark-options.ts";
import { refusedSetting, sessionSettings } from "./spark-settings.ts";

/** The class that `spark-sql` is, for `spark-submit`. */
const shell = "org.apache.spark.sql.hive.thriftserver.SparkSQLCLIDriver";
const oldest = 4;
/** How much of what it prints is kept, in signs: more than a session's settings are long. */
const keptOutput = 1_000_000;
/** How long a process that is asked to end may take, milliseconds. */
const grace = 700;

/**
 * A running `spark-sql`: one application, started once, that statements are given to. They are written to files that it is told to read, one
 * batch at a time; what comes of them are files too. It ends when it is closed, and with this process.
 */
export class SparkProcess {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #folder: string;
  readonly #log: SparkLog = new SparkLog();
  readonly #ended: Promise<void>;
  #isOver = false;
  #failed: Error | undefined;
  #said = "";
  #heard: () => void = () => undefined;
  #batches = 0;
  /** What `version()` says, such as `4.0.1`. */
  version = "";

  private constructor(child: ChildProcessWithoutNullStreams, folder: string) {
    this.#process = child;
    this.#folder = folder;
    this.#ended = new Promise((resolve) => {
      const over = (error?: Error): void => {
        this.#isOver = true;
        this.#failed ??= error;
        process.removeListener("exit", this.#kill);
        resolve();
        this.#heard();
      };
      child.once("error", over);
      child.once("close", () => {
        over();
      });
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#said = (this.#said + text).slice(-keptOutput);
      this.#heard();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#log.add(text);
    });
    // That it is over says its end.
    child.stdin.on("error", () => undefined);
    process.once("exit", this.#kill);
  }

  /**
   * Starts Spark; a session takes 10 to 40 seconds. `folder` is one of this machine, for its statements.
   *
   * @throws TondoError `SPARK_MISSING`, `SPARK_FAILED`, `ABORTED`
   */
  static async open(
    { command = "spark-sql", master, conf = {} }: SparkOptions,
    folder: string,
    signal?: AbortSignal,
  ): Promise<SparkProcess> {
    if (signal?.aborted === true)
      throw new TondoError("ABORTED", "starting Spark was cancelled", { cause: signal.reason });
    const settings = { "spark.log.level": "ERROR", ...conf, ...sessionSettings };
    const isSubmit = basename(command).startsWith("spark-submit");
    const args = [
      ...(isSubmit ? ["--class", shell] : []),
      ...(master === undefined ? [] : ["--master", master]),
      ...Object.entries(settings).flatMap(([name, value]) => ["--conf", `${name}=${value}`]),
      ...(isSubmit ? ["spark-internal"] : []),
    ];
    // A group of its own, so that what it starts ends with it, and a key pressed here reaches it through this process alone.
    const program = command.includes("/") ? resolve(command) : command;
    const child = spawn(program, args, { cwd: folder, detached: true, stdio: "pipe" });
    const session = new SparkProcess(child, folder);
    try {
      session.version = await session.#askAbout(signal);
    } catch (error) {
      await session.close();
      if (error instanceof TondoError && session.#failed !== undefined) throw missing(command, session.#failed);
      throw error;
    }
    return session;
  }

  /**
   * Runs statements one after another; none may hold a semicolon but in a text. The first that fails ends the batch.
   *
   * @throws TondoError `SPARK_FAILED`, `ABORTED`, after either of which the session is of no more use
   */
  async run(statements: readonly string[], doing: string, signal?: AbortSignal): Promise<void> {
    await this.#batch(statements, doing, signal);
  }

  /** Ends it. */
  async close(): Promise<void> {
    if (!this.#isOver) {
      this.#process.stdin.end("quit;\n");
      this.#signal("SIGTERM");
      const hard = setTimeout(this.#kill, grace);
      await this.#ended;
      clearTimeout(hard);
    }
    await this.#ended;
  }

  /** Gives its version, and refuses one that is too old, or that settings of its own make another Spark than the one that values rest on. */
  async #askAbout(signal: AbortSignal | undefined): Promise<string> {
    const said = await this.#batch(["select concat('tondo.version=', version())", "set"], "starting Spark", signal);
    const [, version = ""] = /tondo\.version=([\d.]+)/m.exec(said) ?? [];
    if (!(Number(version.split(".")[0]) >= oldest)) {
      throw new TondoError("SPARK_FAILED", `this is Spark ${version || "of an unknown version"}`, {
        hint: `Spark ${String(oldest)}.0 or newer is needed.`,
      });
    }
    for (const [, name = "", value = ""] of said.matchAll(/^(spark\.\S+)\t(.*)$/gm)) {
      const reason = refusedSetting(name, value);
      if (reason === undefined) continue;
      throw new TondoError("SPARK_FAILED", `this Spark is set up with ${name} = ${value}: ${reason}`, {
        hint: "Take it out of its spark-defaults.conf, or name another folder of settings in the environment's SPARK_CONF_DIR.",
      });
    }
    return version;
  }

  /** Gives what was printed. */
  async #batch(statements: readonly string[], doing: string, signal: AbortSignal | undefined): Promise<string> {
    const number = String(this.#batches++);
    const file = `batch${number}.sql`;
    await writeFile(
      join(this.#folder, file),
      [...statements, `set tondo.done=${number}`].map((one) => `${one};\n`).join(""),
    );
    this.#said = "";
    this.#log.clear();
    const abort = (): void => {
      void this.close();
    };
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort, { once: true });
    try {
      if (!this.#isOver) this.#process.stdin.write(`source ${file};\nset tondo.end=${number};\n`);
      const end = new RegExp(`tondo\\.end\\t${number}$`, "m");
      while (!this.#isOver && !end.test(this.#said)) {
        await new Promise<void>((resolve) => {
          this.#heard = resolve;
        });
      }
    } finally {
      signal?.removeEventListener("abort", abort);
    }
    if (signal?.aborted === true) {
      await this.#ended;
      throw new TondoError("ABORTED", `${doing} was cancelled`, { cause: signal.reason });
    }
    if (new RegExp(`tondo\\.done\\t${number}$`, "m").test(this.#said)) return this.#said;
    // What it says of an error may come after what it prints.
    await new Promise((resolve) => setTimeout(resolve, 100));
    throw this.#failure(doing);
  }

  #failure(doing: string): TondoError {
    const { reason, tail } = this.#log;
    const code = this.#isOver ? `Spark ended${exitOf(this.#process)}` : "Spark refused a statement";
    return new TondoError("SPARK_FAILED", `${doing}: ${code}${reason === undefined ? "" : `: ${reason}`}`, {
      hint:
        tail.length === 0
          ? "It said nothing. Run the command by hand: Spark needs Java 17 or newer."
          : `The last lines of its log:\n${tail.join("\n")}`,
      details: { log: tail },
      ...(this.#failed === undefined ? {} : { cause: this.#failed }),
    });
  }

  readonly #kill = (): void => {
    this.#signal("SIGKILL");
  };

  #signal(name: "SIGTERM" | "SIGKILL"): void {
    const { pid } = this.#process;
    if (pid === undefined || this.#isOver) return;
    try {
      process.kill(-pid, name);
    } catch {
      // It has gone meanwhile.
      this.#process.kill(name);
    }
  }
}

function exitOf({ exitCode, signalCode }: ChildProcessWithoutNullStreams): string {
  return exitCode === null ? (signalCode === null ? "" : ` by ${signalCode}`) : ` with ${String(exitCode)}`;
}

function missing(command: string, cause: Error): TondoError {
  return new TondoError("SPARK_MISSING", `"${command}" cannot be started: ${cause.message}`, {
    where: command,
    hint: "Install Spark 4 and Java 17, such as by `pip install pyspark`, and put its bin folder on the PATH; or give the path to its spark-sql.",
    cause,
  });
}
