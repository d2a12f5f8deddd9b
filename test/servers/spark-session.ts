import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sparkSettings } from "../../src/dsl/index.ts";
import { findJava, pysparkFolder } from "./pyspark.ts";

/** A value as Spark gave it: ints are bigints, floats numbers, NaN and -0 included. */
export type SparkValue = null | boolean | bigint | number | string | readonly SparkValue[];

type Cell = null | boolean | string | { readonly int: string } | { readonly float: string } | readonly Cell[];
type Answer = { readonly rows: readonly (readonly Cell[])[] } | { readonly error: string };

const minutesToAnswer = 3;

/** A Spark session in a process of its own, with nothing but a temporary folder; it ends with the process that opened it. */
export class SparkSession {
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #folder: string;
  #said = "";

  private constructor(python: ChildProcessWithoutNullStreams, folder: string) {
    this.#process = python;
    this.#folder = folder;
    this.#answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
    python.stderr.setEncoding("utf8").on("data", (text: string) => (this.#said = (this.#said + text).slice(-4000)));
    python.stdin.on("error", () => undefined);
  }

  /** Starts one, with the settings that the SQL needs and these. Takes ten seconds and more. */
  static async open(settings: Readonly<Record<string, string>> = {}): Promise<SparkSession> {
    findJava();
    const packages = await pysparkFolder();
    const folder = mkdtempSync(join(tmpdir(), "tondo-spark-"));
    const all = {
      "spark.ui.enabled": "false",
      "spark.driver.memory": "1g",
      "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
      "spark.driver.bindAddress": "127.0.0.1",
      "spark.driver.host": "127.0.0.1",
      "spark.local.dir": folder,
      "spark.sql.warehouse.dir": join(folder, "warehouse"),
      "spark.sql.shuffle.partitions": "1",
      "spark.sql.adaptive.enabled": "false",
      "spark.sql.catalogImplementation": "in-memory",
      ...sparkSettings,
      ...settings,
    };
    const python = spawn("python3", [join(import.meta.dirname, "spark-session.py"), JSON.stringify(all)], {
      cwd: folder,
      env: { ...process.env, PYTHONPATH: packages, SPARK_HOME: join(packages, "pyspark"), SPARK_LOCAL_IP: "127.0.0.1" },
    });
    const session = new SparkSession(python, folder);
    try {
      await session.#answer("the start of the session");
    } catch (error) {
      await session.close();
      throw error;
    }
    return session;
  }

  /** The rows of a statement. */
  async rows(sql: string): Promise<readonly (readonly SparkValue[])[]> {
    this.#process.stdin.write(`${JSON.stringify(sql)}\n`);
    return (await this.#answer(sql.slice(0, 1000))).map((row) => row.map(valueOf));
  }

  /** Ends it and removes what it wrote. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode === null && signalCode === null) {
      const ended = once(this.#process, "exit");
      this.#process.stdin.end();
      const hard = setTimeout(() => this.#process.kill("SIGKILL"), 20_000);
      await ended;
      clearTimeout(hard);
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async #answer(what: string): Promise<readonly (readonly Cell[])[]> {
    const late = setTimeout(() => this.#process.kill("SIGKILL"), minutesToAnswer * 60_000);
    const next = await this.#answers.next();
    clearTimeout(late);
    if (next.done === true) throw new Error(`Spark ended at ${what}: ${this.#said}`);
    const answer = JSON.parse(next.value) as Answer;
    if ("error" in answer) throw new Error(`Spark refuses ${what}: ${answer.error}`);
    return answer.rows;
  }
}

function valueOf(cell: Cell): SparkValue {
  if (cell === null || typeof cell !== "object") return cell;
  if (isList(cell)) return cell.map(valueOf);
  if ("int" in cell) return BigInt(cell.int);
  // Python's names.
  return Number(cell.float.replace("inf", "Infinity"));
}

function isList(cell: Exclude<Cell, null | boolean | string>): cell is readonly Cell[] {
  return Array.isArray(cell);
}
