import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { OwnTime } from "../../benchmarks/harness/sample.ts";
import type { Suite } from "../../benchmarks/harness/suite.ts";

const folder = mkdtempSync(join(tmpdir(), "tondo-feast-cases-"));
const reads = ["lmdb-1-feast", "lmdb-1-prepared-feast", "lmdb-100-feast"];
const loads = ["materialize-lmdb-feast-100k", "materialize-lmdb-feast-1m"];
let suite: Suite;

/** What was installed for Feast is a program that gives what the files hold; data are small, and removed with the rest. */
beforeAll(async () => {
  const environment = join(folder, "tondo-peers", "feast-feast-duckdb-0.67.0");
  const python = join(environment, "bin", "python3");
  mkdirSync(join(environment, "bin"), { recursive: true });
  writeFileSync(join(environment, "whole"), "");
  writeFileSync(
    python,
    `#!/bin/sh\nexec "${process.execPath}" "${join(import.meta.dirname, "pretend-feast.ts")}" "$@"\n`,
  );
  chmodSync(python, 0o755);
  vi.stubEnv("XDG_CACHE_HOME", folder);
  vi.stubEnv("TMPDIR", folder);
  vi.stubEnv("TONDO_BENCH_SCALE", "0.001");
  suite = (await import("../../benchmarks/online/index.ts")).default;
});
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const caseOf = (name: string) => {
  const found = suite.peers?.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no case ${name}`);
  return found;
};

it("Feast is met where peers are asked for alone, and with a million keys where that is asked for by name", () => {
  expect(suite.cases.filter(({ name }) => name.includes("feast"))).toEqual([]);
  expect(suite.peers?.map(({ name }) => name)).toEqual([...reads, ...loads]);
  expect(suite.peers?.filter(({ onRequest }) => onRequest === true).map(({ name }) => name)).toEqual([loads[1]]);
});

it.each([...reads, "materialize-lmdb-feast-100k"])(
  "%s compares all values first, and does the same work on both sides",
  async (name) => {
    const contest = await caseOf(name).setup();
    const verify = async () => contest.verify();
    try {
      await verify();
      await contest.ours();
      const { baseline, pieces } = contest;
      if (typeof baseline !== "function") throw new Error("nothing is asked of Feast");
      // It says a second for each key, and half a second for a load.
      const keys = pieces * (name === "lmdb-100-feast" ? 100 : 1);
      expect(await baseline()).toEqual(new OwnTime(reads.includes(name) ? keys * 1e9 : 0.5e9));
      expect(contest.also?.()).toEqual({ peer_peak_mb: 3 });
      await expect(verify()).rejects.toThrow(/wrong/);
    } finally {
      await contest.close?.();
    }
  },
);
