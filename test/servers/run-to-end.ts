import { spawn } from "node:child_process";

/** Runs a program to its end; rejects with what it said where that is no good one. */
export type Run = (program: string, args: readonly string[], minutes: number) => Promise<void>;

/** {@link Run} as a process: it is ended after so many minutes. */
export function runToEnd(program: string, args: readonly string[], minutes: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: minutes * 60_000 });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => (said = (said + text).slice(-4000)));
    }
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${program} ${args.join(" ")} ended with ${String(code ?? signal)}: ${said}`));
    });
  });
}
