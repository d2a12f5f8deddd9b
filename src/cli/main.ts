#!/usr/bin/env node
// The `tondo` command: the one place that reads the process's environment and touches its streams.
import { buffer } from "node:stream/consumers";
import type { Terminal } from "./terminal.ts";

const oldestNode = 24;

/** How long work may take to stop, where it does not say; what it writes appears whole or not at all, so that ending it is safe. */
let graceMs = 5_000;

/** Colours only where a person looks, and did not ask for none: https://no-color.org. */
function takesColours(stream: NodeJS.WriteStream): boolean {
  const { NO_COLOR: none = "", TERM: terminal } = process.env;
  return stream.isTTY && none === "" && terminal !== "dumb";
}

/** Passes on what Node warns of, but for timers that the client of Kafka sets to a moment gone by: nobody who reads that can do anything about it. */
function hushTimers(): void {
  const printing = process.listeners("warning");
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    if (warning.name !== "TimeoutNegativeWarning") for (const print of printing) print(warning);
  });
}

async function main(): Promise<number> {
  if (Number.parseInt(process.versions.node, 10) < oldestNode) {
    process.stderr.write(`tondo needs Node ${String(oldestNode)} or newer; this is ${process.version}\n`);
    return 1;
  }
  hushTimers();
  const abort = new AbortController();
  const interrupt = (signal: NodeJS.Signals): void => {
    // The second time is meant.
    if (abort.signal.aborted) process.exit(130);
    abort.abort(new Error(`${signal} was received`));
    setTimeout(() => process.exit(130), graceMs).unref();
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[Kstopping; Ctrl-C again ends it at once\n");
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  // Whoever reads the output may have seen enough: `tondo models | head`.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(0);
    throw error;
  });
  const terminal: Terminal = {
    input: () => buffer(process.stdin),
    streams: () => ({ input: process.stdin, output: process.stdout }),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    live: process.stderr.isTTY && process.env["TERM"] !== "dumb",
    columns: process.stderr.isTTY ? process.stderr.columns : 80,
    colours: { out: takesColours(process.stdout), err: takesColours(process.stderr) },
    environment: process.env,
    folder: process.cwd(),
    signal: abort.signal,
    allowToStop: (ms) => {
      graceMs = ms;
    },
  };
  // Loaded only now: an older Node could not even parse it.
  const { runCommandLine } = await import("./run-command-line.ts");
  return runCommandLine(process.argv.slice(2), terminal);
}

process.exitCode = await main();
