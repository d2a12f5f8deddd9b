// `npm run conformance -- --expressions 200000 [--seed N]`: the comparison of every function with the naive evaluator, as long as
// asked for. Prints what was compared as JSON, and where two answers differ both.
// `npm run conformance -- --histories 20000`: point-in-time joins of so many random histories instead, by the usual plan and another, against the
// naive oracle.
// `npm run conformance -- --spark-plans 40 --spark-rows 1000000`: joins in a real Spark instead, of five random histories a plan against the
// naive oracle, and of so many rows against DuckDB.
// `npm run conformance -- --kills 50`: the log of served features, whose processes are killed so many times, and which dies at every step of a compaction.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { conform } from "../test/dsl/conformance/conform.ts";

const usage = `usage: npm run conformance -- [--expressions N] [--seed N]
       npm run conformance -- --histories N [--seed N]
       npm run conformance -- --spark-plans N [--spark-rows N] [--seed N]
       npm run conformance -- --kills N

  --expressions N   how many random expressions (default 20000), each over eight random rows
  --histories N     joins instead: of how many random histories, twenty of a plan, by two ways each
  --spark-plans N   joins in Spark instead: of how many random plans, each over five histories
  --spark-rows N    and of a training set of so many rows (default 1000000)
  --kills N         the log of served features instead: how many processes that log are killed
  --seed N          where to begin (default: the time)
`;

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is a count of at least 1, not ${text}`);
  return value;
}

/** Histories of one plan that are joined at once. */
const together = 20;

/** Runs tests with these settings in their environment. */
function test(project: "unit" | "integration", path: string, settings: Readonly<Record<string, number>>): number {
  const own = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, String(value)]));
  const { status } = spawnSync("npx", ["vitest", "run", "--project", project, path], {
    stdio: "inherit",
    env: { ...process.env, ...own },
  });
  return status ?? 1;
}

function main(): number {
  const { values } = parseArgs({
    options: {
      expressions: { type: "string", default: "20000" },
      histories: { type: "string" },
      "spark-plans": { type: "string" },
      kills: { type: "string" },
      "spark-rows": { type: "string", default: "1000000" },
      seed: { type: "string", default: String((Date.now() % 2_000_000_000) + 1) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const seed = count("seed", values.seed);
  if (values.histories !== undefined) {
    process.stdout.write(`seed ${String(seed)}\n`);
    return test("unit", "test/featurestore/offline/joins/join.test.ts", {
      TONDO_RUNS: Math.ceil(count("histories", values.histories) / together),
      TONDO_TOGETHER: together,
      TONDO_SEED: seed,
    });
  }
  if (values["spark-plans"] !== undefined) {
    return test("integration", "test/featurestore/offline/spark", {
      TONDO_SPARK_PLANS: count("spark-plans", values["spark-plans"]),
      TONDO_SPARK_ROWS: count("spark-rows", values["spark-rows"]),
      TONDO_SEED: seed,
    });
  }
  if (values.kills !== undefined)
    return test("unit", "test/featurestore/served/served-crash.test.ts", { TONDO_RUNS: count("kills", values.kills) });
  const started = performance.now();
  const { covered, ...counts } = conform(seed, count("expressions", values.expressions));
  const seconds = Math.round((performance.now() - started) / 1000);
  const [[way, present] = ["", 0]] = covered;
  process.stdout.write(`${JSON.stringify({ ...counts, ways: covered.length, least: { way, present }, seconds })}\n`);
  const isEnough = counts.present > counts.results / 2;
  return isEnough ? 0 : 1;
}

try {
  process.exitCode = main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
