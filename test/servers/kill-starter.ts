import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** What there was of a server, and of the process that keeps it. */
export interface KilledStart {
  /** Whether each of the two ran as their starter was killed. */
  readonly before: readonly boolean[];
  /** Whether each still ran half a minute later at the latest. */
  readonly after: readonly boolean[];
  /** What they left in the folder for temporary files. */
  readonly left: readonly string[];
}

const patience = 30_000;

/**
 * Lets a process of its own start a server, and kills it while the server boots.
 *
 * @param file - of this folder
 * @param start - the name that it exports: a function that starts the server
 */
export async function killStarter(file: string, start: string): Promise<KilledStart> {
  const temporary = mkdtempSync(join(tmpdir(), "tondo-killed-"));
  const program = `const module = await import(${JSON.stringify(join(import.meta.dirname, file))}); await module.${start}();`;
  const starter = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, TMPDIR: temporary },
  });
  try {
    const written = (): string => {
      const files = readdirSync(temporary).map((name) => join(temporary, name, "processes"));
      return files.map((path) => (existsSync(path) ? readFileSync(path, "utf8") : "")).join("");
    };
    for (let waited = 0; waited < patience && !written().endsWith("]"); waited += 50) await sleep(50);
    const pids = JSON.parse(written()) as number[];
    const before = pids.map(runs);
    starter.kill("SIGKILL");
    for (let waited = 0; waited < patience && pids.some(runs); waited += 50) await sleep(50);
    return { before, after: pids.map(runs), left: readdirSync(temporary) };
  } finally {
    starter.kill("SIGKILL");
    rmSync(temporary, { recursive: true, force: true });
  }
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    // No such process.
    return false;
  }
}
