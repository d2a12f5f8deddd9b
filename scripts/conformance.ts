// `npm run conformance -- --expressions 200000 [--seed N]`: the comparison of every function with the naive evaluator, as long as
// asked for. Prints what was compared as JSON, and where two answers differ both.
// `npm run conformance -- --spark-plans 40 --spark-rows 1000000`: joins in a real Spark instead, of five random histories a plan against the
// naive oracle, and of so many rows against DuckDB.
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { conform } from "../test/dsl/conformance/conform.ts";

const usage = `usage: npm run conformance -- [--expressions N] [--seed N]
       npm run conformance -- --spark-plans N [--spark-rows N] [--seed N]

  --expressions N   how many random expressions (default 20000), each over eight random rows
  --spark-plans N   joins in Spark instead: of how many random plans, each over five histories
  --spark-rows N    and of a training set of so many rows (default 1000000)
  --seed N          where to begin (default: the time)
`;

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is a count of at least 1, not ${text}`);
  return value;
}

function joinInSpark(plans: number, rows: number, seed: number): number {
  const { status } = spawnSync(
    "npx",
    ["vitest", "run", "--project", "integration", "test/featurestore/offline/spark"],
    {
      stdio: "inherit",
      env: {
        ...process.env,
        TONDO_SPARK_PLANS: String(plans),
        TONDO_SPARK_ROWS: String(rows),
        TONDO_SEED: String(seed),
      },
    },
  );
  return status ?? 1;
}

function main(): number {
  const { values } = parseArgs({
    options: {
      expressions: { type: "string", default: "20000" },
      "spark-plans": { type: "string" },
      "spark-rows": { type: "string", default: "1000000" },
      seed: { type: "string", default: String((Date.now() % 2_000_000_000) + 1) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  if (values["spark-plans"] !== undefined) {
    return joinInSpark(
      count("spark-plans", values["spark-plans"]),
      count("spark-rows", values["spark-rows"]),
      count("seed", values.seed),
    );
  }
  const started = performance.now();
  const { covered, ...counts } = conform(count("seed", values.seed), count("expressions", values.expressions));
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
