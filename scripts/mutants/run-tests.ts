import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { TestReport } from "../tally/tally.ts";

/** What a run of some tests showed. */
export interface TestRun {
  /** Full names of tests that failed. */
  readonly failed: readonly string[];
  readonly passed: number;
  /** Files that did not load, or a runner that did not start: the last words of its output. */
  readonly broken: string | undefined;
  readonly timedOut: boolean;
}

const outputKept = 2_000;

/** Runs test files of a tree in a process group of its own, which is killed after the time allowed. */
export async function runTests(
  root: string,
  tests: readonly string[],
  options: { readonly testName?: string | undefined; readonly timeoutSeconds: number; readonly signal: AbortSignal },
): Promise<TestRun> {
  const reportPath = join(root, ".mutant-report.json");
  rmSync(reportPath, { force: true });
  const child = spawn(
    process.execPath,
    [
      join(root, "node_modules/vitest/vitest.mjs"),
      "run",
      ...["--reporter=json", `--outputFile.json=${reportPath}`, "--bail=1", "--no-color"],
      ...(options.testName === undefined ? [] : ["--testNamePattern", options.testName]),
      ...tests,
    ],
    { cwd: root, detached: true, stdio: ["ignore", "pipe", "pipe"] },
  );
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-outputKept);
  };
  child.stdout.on("data", keep);
  child.stderr.on("data", keep);
  const timeout = new AbortController();
  const killGroup = (): void => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  };
  const timer = setTimeout(() => {
    timeout.abort();
    killGroup();
  }, options.timeoutSeconds * 1000);
  options.signal.addEventListener("abort", killGroup, { once: true });
  try {
    await new Promise<void>((resolve, reject) => {
      child.once("close", () => resolve());
      child.once("error", reject);
    });
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener("abort", killGroup);
  }
  options.signal.throwIfAborted();
  const timedOut = timeout.signal.aborted;
  if (timedOut) return { failed: [], passed: 0, broken: undefined, timedOut };
  if (!existsSync(reportPath)) return { failed: [], passed: 0, broken: output.trim(), timedOut };
  return { ...read(JSON.parse(readFileSync(reportPath, "utf8")) as TestReport), timedOut };
}

function read(report: TestReport): Omit<TestRun, "timedOut"> {
  const tests = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  const unloaded = report.testResults.find(
    ({ status, assertionResults }) => status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  return {
    failed: tests.filter(({ status }) => status === "failed").map(({ fullName }) => fullName),
    passed: tests.filter(({ status }) => status === "passed").length,
    broken: unloaded === undefined ? undefined : `${unloaded.name} did not load: ${unloaded.message ?? ""}`,
  };
}
