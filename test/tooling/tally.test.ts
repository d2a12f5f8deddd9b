import { expect, it } from "vitest";
import { tally } from "../../scripts/tally/tally.ts";

const file = (status: string, ...tests: readonly string[]): object => ({
  name: "a.test.ts",
  status,
  assertionResults: tests.map((test, index) => ({ fullName: `test ${String(index)}`, status: test })),
});
const report = (...files: readonly object[]): Parameters<typeof tally>[0] =>
  ({ testResults: files }) as Parameters<typeof tally>[0];

it("counts tests", () => {
  expect(tally(report(file("passed", "passed", "passed"), file("failed", "passed", "failed")))).toEqual({
    passed: 3,
    failed: 1,
    complaints: [],
  });
});

it("counts a file that does not load as failed", () => {
  expect(tally(report(file("failed"), file("passed", "passed")))).toEqual({ passed: 1, failed: 1, complaints: [] });
});

it.each(["skipped", "pending", "todo", "disabled"])("complains about a test that is %s", (status) => {
  expect(tally(report(file("passed", "passed", status))).complaints).toEqual([
    `did not run (${status}): a.test.ts: test 1`,
  ]);
});

it("complains where no test ran", () => {
  expect(tally(report()).complaints).toEqual(["no test ran at all"]);
});
