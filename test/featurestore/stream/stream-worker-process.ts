import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { execPath } from "node:process";
import { createInterface } from "node:readline";

/** A process of its own that streams. */
export interface StreamWorker {
  readonly process: ChildProcess;
  /** What it said on standard error. */
  readonly said: () => string;
  /** Ends it by a signal, and waits until it is gone. */
  end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null>;
}

/** Starts a process that streams a project's topics from Kafka; resolves once it has begun. */
export async function startWorker(
  folder: string,
  brokers: string,
  maxDelayMs = 20,
  flushEvents = 50,
): Promise<StreamWorker> {
  const script = path.join(import.meta.dirname, "stream-worker.ts");
  const given = [folder, brokers, String(maxDelayMs), String(flushEvents)];
  const child = spawn(execPath, [script, ...given], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const ended = once(child, "exit") as Promise<[number | null]>;
  const begun = once(createInterface(child.stdout), "line");
  const outcome = await Promise.race([begun.then(() => "begun"), ended.then(() => "ended")]);
  if (outcome === "ended") throw new Error(`a worker ended before it had begun: ${said}`);
  return {
    process: child,
    said: () => said,
    end: async (signal) => {
      child.kill(signal);
      const [code] = await ended;
      return code;
    },
  };
}
