import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SparkProcess } from "../../../src/featurestore/spark/index.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-spark-process-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A program that reads as Spark's shell does: what it is told to do stands in the files that it is given. */
async function program(onSource: string, name = "spark-sql"): Promise<string> {
  const path = join(folder, name);
  const text = `#!/bin/bash
    echo "$@" > args.txt
    echo $$ > pid.txt
    while read -r word rest; do
      rest="\${rest%;}"
      case "$word" in
        source) if [[ "$rest" == batch0.sql ]]; then echo "tondo.version=\${VERSION:-4.1.0}"; printf "\${SETTINGS:-}"; printf 'tondo.done\\t0\\n'; else ${onSource}; fi ;;
        set) printf 'spark-sql (default)> %s\\t%s\\n' "\${rest%%=*}" "\${rest#*=}" ;;
        quit) exit 0 ;;
      esac
    done`;
  await writeFile(path, text);
  await chmod(path, 0o755);
  return path;
}

async function isRunning(): Promise<boolean> {
  const { readFile } = await import("node:fs/promises");
  const pid = Number(await readFile(join(folder, "pid.txt"), "utf8"));
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe("a Spark process", () => {
  it("is given the master, the user's settings and those that values rest on, which count last", async () => {
    const command = await program("printf 'tondo.done\\t1\\n'");
    const spark = await SparkProcess.open(
      { command, master: "local[2]", conf: { "spark.executor.memory": "2g" } },
      folder,
    );
    expect(spark.version).toBe("4.1.0");
    await spark.run(["select 1"], "trying");
    await spark.close();
    const { readFile } = await import("node:fs/promises");
    const args = await readFile(join(folder, "args.txt"), "utf8");
    expect(args).toMatch(/^--master local\[2\] /);
    expect(args.indexOf("spark.executor.memory=2g")).toBeLessThan(args.indexOf("spark.sql.session.timeZone=UTC"));
    expect(args).toContain("--conf spark.sql.files.ignoreCorruptFiles=false");
    expect(await readFile(join(folder, "batch1.sql"), "utf8")).toBe("select 1;\nset tondo.done=1;\n");
    expect(await isRunning()).toBe(false);
  });

  it("is looked for from the working folder where its path is relative", async () => {
    const command = relative(process.cwd(), await program(":"));
    const statements = join(folder, "some", "where", "else");
    await mkdir(statements, { recursive: true });
    const spark = await SparkProcess.open({ command }, statements);
    await spark.close();
    expect(spark.version).toBe("4.1.0");
  });

  it("is spark-submit's own class where that is the command", async () => {
    const spark = await SparkProcess.open({ command: await program(":", "spark-submit") }, folder);
    await spark.close();
    const { readFile } = await import("node:fs/promises");
    expect(await readFile(join(folder, "args.txt"), "utf8")).toMatch(
      /^--class org\.apache\.spark\.sql\.hive\.thriftserver\.SparkSQLCLIDriver .* spark-internal\n$/,
    );
  });

  it("fails with the reason and the last lines of its log, without stack traces", async () => {
    const log = "[PARSE_SYNTAX_ERROR] Syntax error at or near end of input\\n\\tat org.apache.Spark\\n== SQL ==\\n";
    const spark = await SparkProcess.open({ command: await program(`printf '${log}' >&2`) }, folder);
    await expect(spark.run(["select 1 +"], "joining a:b")).rejects.toMatchObject({
      code: "SPARK_FAILED",
      message: "joining a:b: Spark refused a statement: [PARSE_SYNTAX_ERROR] Syntax error at or near end of input",
      details: { log: ["[PARSE_SYNTAX_ERROR] Syntax error at or near end of input", "== SQL =="] },
    });
    await spark.close();
  });

  it("says when Spark ends in the middle of a statement", async () => {
    const spark = await SparkProcess.open(
      { command: await program("echo 'java.lang.OutOfMemoryError: heap' >&2; exit 3") },
      folder,
    );
    await expect(spark.run(["select 1"], "joining a:b")).rejects.toMatchObject({
      code: "SPARK_FAILED",
      message: "joining a:b: Spark ended with 3: java.lang.OutOfMemoryError: heap",
    });
    await spark.close();
  });

  it("says what to install where there is none, and refuses an old one", async () => {
    await expect(SparkProcess.open({ command: join(folder, "nothing") }, folder)).rejects.toMatchObject({
      code: "SPARK_MISSING",
      hint: expect.stringContaining("Install Spark 4 and Java 17") as string,
    });
    const command = await program(":");
    await writeFile(command, `#!/bin/bash\nVERSION=3.5.1 exec bash ${command}.real\n`);
    const real = await program(":", "spark-sql.real");
    expect(real).toBe(`${command}.real`);
    await expect(SparkProcess.open({ command }, folder)).rejects.toMatchObject({
      code: "SPARK_FAILED",
      message: "this is Spark 3.5.1",
    });
    expect(await isRunning()).toBe(false);
  });

  it("is refused where settings of its own could change values", async () => {
    const command = await program(":");
    const started = (settings: string): Promise<SparkProcess> =>
      writeFile(command, `#!/bin/bash\nSETTINGS='${settings}' exec bash ${command}.real\n`).then(() =>
        SparkProcess.open({ command }, folder),
      );
    await program(":", "spark-sql.real");
    const harmless = "spark.executor.memory\\t8g\\nspark.sql.session.timeZone\\tUTC\\nspark.jars\\t\\n";
    await (await started(harmless)).close();
    await expect(started(`${harmless}spark.sql.legacy.sizeOfNull\\ttrue\\n`)).rejects.toMatchObject({
      code: "SPARK_FAILED",
      message:
        "this Spark is set up with spark.sql.legacy.sizeOfNull = true: it brings back what older releases of Spark did otherwise",
      hint: expect.stringContaining("SPARK_CONF_DIR") as string,
    });
    await expect(started("spark.sql.session.timeZone\\tEurope/Rome\\n")).rejects.toMatchObject({
      message: expect.stringContaining("Tondo sets it to UTC") as string,
    });
    expect(await isRunning()).toBe(false);
  });

  it("is killed when it is cancelled, whatever it is doing", async () => {
    const spark = await SparkProcess.open(
      { command: await program("trap '' TERM; sleep 600 & wait; sleep 600") },
      folder,
    );
    const controller = new AbortController();
    const running = spark.run(["select 1"], "joining a:b", controller.signal);
    const cancelled = new Promise<number>((resolve) => {
      setTimeout(() => {
        controller.abort();
        resolve(performance.now());
      }, 200);
    });
    await expect(running).rejects.toMatchObject({ code: "ABORTED" });
    expect(performance.now() - (await cancelled)).toBeLessThan(30_000);
    expect(await isRunning()).toBe(false);
    await spark.close();
  });
});
