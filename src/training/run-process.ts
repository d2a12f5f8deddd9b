import { spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { TondoError } from "../core/index.ts";
import { checkSignal } from "./check-signal.ts";

/** A process to run to its end, with its limits. */
export interface ProcessRun {
  /** A program: a path, or a name on the PATH of `environment`. No shell looks at it or its arguments. */
  readonly command: string;
  readonly args: readonly string[];
  /** The working folder. */
  readonly folder: string;
  /** All that the process sees; nothing of this process's environment is passed on. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Bytes of standard output and error together. */
  readonly maxOutputBytes: number;
  readonly signal?: AbortSignal;
}

/** How much of standard error an error repeats, in characters. */
const tailLength = 2000;
/** How long the ends of a dead process's pipes may stay open, held by processes that left its group. */
const drainMs = 1000;

/**
 * Runs a process in a group of its own; when it ends, however it does, what is left of the group is killed.
 *
 * @throws TondoError `TRAINER_FAILED` with the end of standard error where the process cannot be started, exits with
 * another code than 0, takes too long or writes too much; `ABORTED`.
 */
export async function runProcess(run: ProcessRun): Promise<void> {
  checkSignal(run.signal);
  const child = spawn(run.command, run.args, {
    cwd: run.folder,
    env: run.environment,
    detached: true,
    shell: false,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stopped: string | undefined;
  const stop = (why: string): void => {
    stopped ??= why;
    killGroup(child.pid);
  };
  let written = 0;
  let tail = "";
  const count = (bytes: number): void => {
    written += bytes;
    if (written > run.maxOutputBytes) stop(`wrote more than ${String(run.maxOutputBytes)} bytes of output`);
  };
  child.stdout.on("data", (chunk: Buffer) => {
    count(chunk.length);
  });
  child.stderr.on("data", (chunk: Buffer) => {
    count(chunk.length);
    tail = (tail + chunk.toString("utf8")).slice(-tailLength);
  });
  const timer = setTimeout(() => {
    stop(`ran for longer than ${String(run.timeoutMs)} ms`);
  }, run.timeoutMs);
  const abort = (): void => {
    stop("was stopped");
  };
  run.signal?.addEventListener("abort", abort);
  let ended: string | undefined;
  try {
    ended = await outcome(child, [child.stdout, child.stderr]);
  } finally {
    clearTimeout(timer);
    run.signal?.removeEventListener("abort", abort);
  }
  checkSignal(run.signal);
  const why = stopped ?? ended;
  if (why === undefined) return;
  throw new TondoError("TRAINER_FAILED", `the trainer process ${run.command} ${why}${tail === "" ? "" : `: ${tail}`}`, {
    hint: "Its own messages say more; run the command by hand in a folder with the same files.",
    details: { command: run.command, args: run.args, stderr: tail },
  });
}

/** Waits for the end of the process and its output; says what was wrong, if anything. */
async function outcome(child: ReturnType<typeof spawn>, outputs: readonly Readable[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    let drain: NodeJS.Timeout | undefined;
    child.once("error", (error) => {
      // Only a process that never started has no id; any other still has its `close` to come.
      if (child.pid === undefined) resolve(`could not be started: ${error.message}`);
    });
    child.once("exit", () => {
      killGroup(child.pid);
      drain = setTimeout(() => {
        for (const output of outputs) output.destroy();
      }, drainMs);
    });
    child.once("close", (code, signal) => {
      clearTimeout(drain);
      if (code === 0) resolve(undefined);
      else resolve(code === null ? `was ended by ${String(signal)}` : `exited with code ${String(code)}`);
    });
  });
}

function killGroup(group: number | undefined): void {
  if (group === undefined) return;
  try {
    process.kill(-group, "SIGKILL");
  } catch (error) {
    // Nothing of the group is left, or (on macOS) only what is already dead.
    if (!(error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM"))) throw error;
  }
}
