import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { progressLines, styleOf } from "../../src/cli/output/index.ts";
import { TondoError } from "../../src/index.ts";
import { runFlights } from "./pipeline.ts";
import { printSummary } from "./print-summary.ts";

const help = `The main job on three million real flights: features, training set, models, online store,
predictions, and a day of flights that come as events.

Usage: npm start -- [--json] [--dump DIR]

  --json      print the summary as one JSON object on the last line
  --dump DIR  write the checked requests and both vectors as Parquet, those of the last day
              as last-day-*.parquet
  --help      this text

It exits with 1 where a served vector differs from the training path's.
`;

const { values } = parseArgs({
  options: { json: { type: "boolean" }, dump: { type: "string" }, help: { type: "boolean" } },
});

if (values.help === true) {
  process.stdout.write(help);
} else {
  process.exitCode = await main();
}

async function main(): Promise<number> {
  const aborted = new AbortController();
  process.once("SIGINT", () => {
    aborted.abort();
  });
  const dump = values.dump === undefined ? undefined : resolve(values.dump);
  try {
    if (dump !== undefined) await mkdir(dump, { recursive: true });
    const summary = await runFlights({
      folder: dirname(fileURLToPath(import.meta.url)),
      progress: progressLines({
        write: (text) => process.stderr.write(text),
        live: process.stderr.isTTY,
        columns: process.stderr.columns,
        style: styleOf(process.stderr.isTTY),
      }),
      dump,
      signal: aborted.signal,
    });
    if (values.json === true) process.stdout.write(`${JSON.stringify(summary)}\n`);
    else printSummary(summary, process.stdout);
    const checks = [summary.consistency, summary.lastDay.consistency];
    return checks.every(({ checked, identical }) => checked === identical) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TondoError)) throw error;
    process.stderr.write(
      `error[${error.code}]: ${error.message}\n${error.hint === undefined ? "" : `  ${error.hint}\n`}`,
    );
    return 1;
  }
}
