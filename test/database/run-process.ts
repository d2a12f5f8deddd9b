import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

/** Runs a TypeScript file beside this one in a process of its own and returns what it printed; rejects where it failed. */
export async function runProcess(file: string, ...parameters: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [join(import.meta.dirname, file), ...parameters]);
  return stdout.trim();
}
