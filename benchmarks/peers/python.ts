import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

/**
 * The Python of a virtual environment with some packages, made when it is first asked for, below `XDG_CACHE_HOME` or `~/.cache`. It stands only
 * once all is installed; one that was left half made is made again.
 *
 * @throws Error that says what to install where there is no Python 3 with venv, or no package index
 */
export async function pythonWith(name: string, packages: readonly string[]): Promise<string> {
  const caches = process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache");
  const folder = join(caches, "tondo-peers", [name, ...packages].join("-").replaceAll(/[^\w.-]+/g, "-"));
  const python = join(folder, "bin", "python3");
  const whole = join(folder, "whole");
  if (existsSync(whole)) return python;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const run = promisify(execFile);
  try {
    await run("python3", ["-m", "venv", folder]);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...packages]);
  } catch (cause) {
    throw new Error(
      `${packages.join(" and ")} cannot be installed: it takes Python 3 with venv (Debian and Ubuntu: apt-get install python3-venv) and, once, the Python package index`,
      { cause },
    );
  }
  await writeFile(whole, "");
  return python;
}

/** The Python with the release of Feast that ours is held against. */
export function feastPython(): Promise<string> {
  return pythonWith("feast", ["feast[duckdb]==0.67.0"]);
}
