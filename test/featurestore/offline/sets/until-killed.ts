import { spawn } from "node:child_process";
import { join } from "node:path";

const running = join(import.meta.dirname, "make-until-killed.ts");

/**
 * Makes the small project's set in a process that is killed at a point: the beginning of a step of its progress, or `joined N` after the
 * Nth join.
 */
export async function makeAndKill(folder: string, output: string, point: string, checkpointAfter = 30): Promise<void> {
  const child = spawn(process.execPath, [running, folder, output, point, String(checkpointAfter)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("close", resolve));
  const reached = new Promise<boolean>((resolve) => {
    child.stdout.once("data", () => {
      resolve(true);
    });
    child.once("close", () => {
      resolve(false);
    });
  });
  const isThere = await reached;
  child.kill("SIGKILL");
  await ended;
  if (!isThere) throw new Error(`the run ended before "${point}"`);
}
