import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pythonPackageFolder } from "./python-packages.ts";
import type { Run } from "./run-to-end.ts";

/** The release of PySpark that the tests compare with; it brings Spark and needs Java 17. */
export const pysparkVersion = "4.3.0";

/**
 * The folder with PySpark, as {@link pythonPackageFolder} has it.
 *
 * @throws Error that says what to install
 */
export function pysparkFolder(environment?: NodeJS.ProcessEnv, run?: Run): Promise<string> {
  const wanted = {
    ...{ name: "pyspark", version: pysparkVersion, holds: "pyspark" },
    ...{ user: "Spark SQL", minutesToInstall: 8 },
  };
  return pythonPackageFolder(wanted, environment, run);
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
