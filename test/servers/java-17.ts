import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** Where Debian and Homebrew put Java 17 beside a newer one. */
const installed = ["/usr/lib/jvm", "/opt/homebrew/opt", "/usr/local/opt"];

/**
 * A `java` of version 17, the newest that Cassandra 5.0 runs on, and the oldest of Kafka 4: of `JAVA_HOME`, else of the PATH, else where the system's packages put it.
 *
 * @throws Error that says what to install
 */
export function findJava17(
  environment: NodeJS.ProcessEnv = process.env,
  places: readonly string[] = installed,
): string {
  const home = environment["JAVA_HOME"];
  const found: string[] = [];
  for (const java of [...(home ? [join(home, "bin", "java")] : []), "java", ...places.flatMap(seventeens)]) {
    const version = versionOf(java, environment);
    if (version === 17) return java;
    if (version !== undefined) found.push(`${java} is Java ${String(version)}`);
  }
  throw new Error(
    `The tests of Cassandra and Kafka need Java 17 (${found.length === 0 ? "none was found" : found.join(", ")}): install it (Debian and Ubuntu: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17) or set JAVA_HOME; npm run test:unit runs the tests that need none.`,
  );
}

function versionOf(java: string, environment: NodeJS.ProcessEnv): number | undefined {
  const { stderr, error } = spawnSync(java, ["-version"], { encoding: "utf8", env: environment });
  const [, version] = /version "(\d+)/.exec(error === undefined ? stderr : "") ?? [];
  return version === undefined ? undefined : Number(version);
}

function seventeens(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /(^|\D)17(\D|$)/.test(name))
    .map((name) => join(folder, name, "bin", "java"))
    .filter((java) => existsSync(java));
}
