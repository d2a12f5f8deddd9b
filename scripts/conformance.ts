// `npm run conformance -- --expressions 200000 [--seed N]`: the comparison of every function with the naive evaluator, as long as
// asked for. Prints what was compared as JSON, and where two answers differ both.
import { parseArgs } from "node:util";
import { conform } from "../test/dsl/conformance/conform.ts";

const usage = `usage: npm run conformance -- [--expressions N] [--seed N]

  --expressions N   how many random expressions (default 20000), each over eight random rows
  --seed N          where to begin (default: the time)
`;

function count(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is a count of at least 1, not ${text}`);
  return value;
}

function main(): number {
  const { values } = parseArgs({
    options: {
      expressions: { type: "string", default: "20000" },
      seed: { type: "string", default: String((Date.now() % 2_000_000_000) + 1) },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
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
