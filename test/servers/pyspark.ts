import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** The release of PySpark that the tests compare with; it brings Spark and needs Java 17. */
export const pysparkVersion = "4.3.0";

const minutesToInstall = 8;

/** Runs a program to its end; rejects with what it said where that is no good one. */
export type Run = (program: string, args: readonly string[], minutes: number) => Promise<void>;

/**
 * The folder with PySpark: below `XDG_CACHE_HOME` or `~/.cache`, outside of the repository, made when it is first asked
 * for. It is made beside its place and moved there whole, so that two runs at once do not meet: the second to be done
 * finds the first's.
 *
 * @throws Error that says what to install
 */
export async function pysparkFolder(
  environment: NodeJS.ProcessEnv = process.env,
  run: Run = runToEnd,
): Promise<string> {
  const caches = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(caches, "tondo-test", `pyspark-${pysparkVersion}`);
  if (existsSync(join(folder, "pyspark"))) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const making = mkdtempSync(`${folder}-`);
  try {
    await make(making, run);
    try {
      renameSync(join(making, "packages"), folder);
    } catch (error) {
      if (!existsSync(join(folder, "pyspark"))) throw error;
    }
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

/** A virtual environment knows its own path, so that it cannot move: it only serves to fetch the packages, which can. */
async function make(making: string, run: Run): Promise<void> {
  const environment = join(making, "environment");
  try {
    await run("python3", ["-m", "venv", environment], 2);
  } catch (cause) {
    throw new Error(
      "The tests of Spark SQL need Python 3 with venv. Install it (Debian and Ubuntu: apt-get install python3-venv; macOS: brew install python). npm run test:unit runs the tests that need none.",
      { cause },
    );
  }
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", join(making, "packages")];
  try {
    await run(join(environment, "bin", "python3"), [...pip, `pyspark==${pysparkVersion}`], minutesToInstall);
  } catch (cause) {
    throw new Error(
      `pyspark ${pysparkVersion} could not be fetched for the tests of Spark SQL: they need the Python package index once. npm run test:unit runs the tests that need none.`,
      { cause },
    );
  }
}

/**
 * The `java` that Spark starts: of `JAVA_HOME`, or of the PATH.
 *
 * @throws Error that says what to install
 */
export function findJava(environment: NodeJS.ProcessEnv = process.env): string {
  const home = environment["JAVA_HOME"];
  const java = home ? join(home, "bin", "java") : "java";
  const { stderr, error } = spawnSync(java, ["-version"], { encoding: "utf8", env: environment });
  const version = Number(/version "(\d+)/.exec(error === undefined ? stderr : "")?.[1] ?? 0);
  if (version >= 17) return java;
  const found = version === 0 ? "None was found" : `${java} is Java ${String(version)}`;
  throw new Error(
    `The tests of Spark SQL need Java 17 or newer. ${found}. Install it (Debian and Ubuntu: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17), or set JAVA_HOME. npm run test:unit runs the tests that need none.`,
  );
}

function runToEnd(program: string, args: readonly string[], minutes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: minutes * 60_000 });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4000)));
    }
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ${args.join(" ")} ended with ${String(code ?? signal)}: ${said}`));
    });
  });
}
