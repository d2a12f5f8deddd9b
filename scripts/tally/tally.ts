/** The parts of Vitest's JSON report that say how many tests there were and how each ended. */
export interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** What a run of the tests came to. */
export interface Tally {
  readonly passed: number;
  /** Tests that failed, and files that could not even be loaded. */
  readonly failed: number;
  /** Why the run is not to be trusted although nothing failed; empty for a good one. */
  readonly complaints: readonly string[];
}

/**
 * Counts a report. Tests that did not run (skipped, todo, not selected) and runs without any test are complaints:
 * nobody would notice them in a green run.
 */
export function tally(report: TestReport): Tally {
  let passed = 0;
  let failed = 0;
  const complaints: string[] = [];
  for (const file of report.testResults) {
    if (file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed")) failed += 1;
    for (const { fullName, status } of file.assertionResults) {
      if (status === "passed") passed += 1;
      else if (status === "failed") failed += 1;
      else complaints.push(`did not run (${status}): ${file.name}: ${fullName}`);
    }
  }
  if (passed + failed === 0) complaints.push("no test ran at all");
  return { passed, failed, complaints };
}
