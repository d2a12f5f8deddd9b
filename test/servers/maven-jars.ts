import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { type Run, runToEnd } from "./run-to-end.ts";

/** A server as Maven Central has it. */
export interface ServerArtifacts {
  /** Such as `Cassandra`: what errors call it, and in lower case its folder. */
  readonly name: string;
  readonly version: string;
  /** `group:artifact:version` of each, the server's own first; what they depend on is fetched with them. */
  readonly artifacts: readonly [string, ...string[]];
}

const copyDependencies = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
const minutesToFetch = 10;
/** What a fetch that was cut off left behind is nobody's any more after this long. */
const minutesToKeep = 60;

/**
 * The folder with a server's jars: below `XDG_CACHE_HOME` or `~/.cache`, fetched from Maven Central when it is first asked for. Each fetch
 * has a folder of its own beside that place, Maven's repository included, and moves its jars there whole: two at once do not meet, and one
 * that was cut off leaves nothing that is taken for jars.
 *
 * @throws Error that says what to install
 */
export async function mavenJars(
  server: ServerArtifacts,
  environment: NodeJS.ProcessEnv = process.env,
  run: Run = runToEnd,
): Promise<string> {
  const caches = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(caches, "tondo-test", `${server.name.toLowerCase()}-${server.version}`);
  const [, artifact = "", version = ""] = server.artifacts[0].split(":");
  const isWhole = (): boolean => existsSync(join(folder, `${artifact}-${version}.jar`));
  if (isWhole()) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  removeCutOff(folder);
  const making = mkdtempSync(`${folder}-`);
  try {
    const jars = join(making, "jars");
    await fetchInto(jars, making, server, run);
    try {
      renameSync(jars, folder);
    } catch (error) {
      if (!isWhole()) throw error;
    }
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

function removeCutOff(folder: string): void {
  for (const name of readdirSync(dirname(folder)).filter((each) => each.startsWith(`${basename(folder)}-`))) {
    const path = join(dirname(folder), name);
    const { mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: Infinity };
    if (Date.now() - mtimeMs > minutesToKeep * 60_000) rmSync(path, { recursive: true, force: true });
  }
}

/** Only a list of jars, for Maven to resolve: nothing is built from it. */
function pom({ name, artifacts }: ServerArtifacts): string {
  const dependencies = artifacts.map((each) => {
    const [group = "", artifact = "", version = ""] = each.split(":");
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>tondo-test</groupId>
  <artifactId>${name.toLowerCase()}-jars</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    ${dependencies.join("\n    ")}
  </dependencies>
</project>
`;
}

async function fetchInto(jars: string, making: string, server: ServerArtifacts, run: Run): Promise<void> {
  const project = join(making, "pom.xml");
  writeFileSync(project, pom(server));
  const quietly = ["--batch-mode", "--quiet", "--no-transfer-progress", "--strict-checksums", "-Dstyle.color=never"];
  const places = ["-f", project, `-Dmaven.repo.local=${join(making, "repository")}`, `-DoutputDirectory=${jars}`];
  try {
    await run("mvn", [...quietly, ...places, copyDependencies, "-DincludeScope=runtime"], minutesToFetch);
  } catch (cause) {
    const otherwise = "npm run test:unit runs the tests that need none.";
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT")
      throw new Error(
        `The tests of ${server.name} need Maven to fetch it once: install it (Debian and Ubuntu: apt-get install maven; macOS: brew install maven); ${otherwise}`,
        { cause },
      );
    throw new Error(
      `${server.name} ${server.version} could not be fetched: its tests need Maven Central once. ${otherwise} ${cause instanceof Error ? cause.message : ""}`,
      { cause },
    );
  }
}
