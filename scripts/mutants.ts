// `npm run mutants`: plants known bugs one at a time and demands that a test notices each.
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadMutants } from "./mutants/load-mutants.ts";
import type { MutantResult } from "./mutants/mutant.ts";
import { runMutants } from "./mutants/run-mutants.ts";

const usage = `usage: npm run mutants -- [--jobs N] [--only NAME]... [--json]

  --jobs N      how many at once, each in a copy of the working tree (default 2)
  --only NAME   only the mutants whose name contains NAME
  --json        one JSON object a line instead of a table
  --root DIR    the tree to work on (default: this repository)
`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      jobs: { type: "string", default: "2" },
      only: { type: "string", multiple: true, default: [] },
      json: { type: "boolean", default: false },
      root: { type: "string", default: join(import.meta.dirname, "..") },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const jobs = Number(values.jobs);
  if (!Number.isInteger(jobs) || jobs < 1) throw new Error(`--jobs is a count of at least 1, not ${values.jobs}`);
  const all = await loadMutants(values.root);
  const chosen = all.filter(({ name }) => values.only.length === 0 || values.only.some((part) => name.includes(part)));
  if (chosen.length === 0) {
    throw new Error(`no mutant ${all.length === 0 ? "in mutants/" : `is named ${values.only.join(" or ")}`}`);
  }

  // An interrupt ends the tests that run and lets the copies be removed.
  const abort = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => abort.abort(new Error(`interrupted by ${signal}`)));
  }
  const onResult = (result: MutantResult): void => {
    process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : `${line(result)}\n`);
  };
  const results = await runMutants(chosen, { root: values.root, jobs, signal: abort.signal, onResult });
  const caught = results.filter(({ outcome }) => outcome === "caught" || outcome === "timed out").length;
  const survived = results.filter(({ outcome }) => outcome === "survived").length;
  const invalid = results.length - caught - survived;
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ caught, survived, invalid })}\n`);
  } else {
    const rest = invalid === 0 ? "" : `, ${String(invalid)} invalid`;
    process.stdout.write(`${String(caught)} caught, ${String(survived)} survived${rest}\n`);
  }
  return caught === results.length ? 0 : 1;
}

function line({ name, outcome, detail, seconds }: MutantResult): string {
  return `${outcome.padEnd(9)}  ${name.padEnd(36)} ${seconds.toFixed(1).padStart(6)} s  ${detail.split("\n")[0] ?? ""}`;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
  process.exitCode = 2;
}
