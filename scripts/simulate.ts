// `npm run simulate [-- --json] [--seed N]`: prints the tables of docs/scaling.md, the arithmetic by measured costs and what a simulation of streams says.
import { parseArgs } from "node:util";
import { jsonLines, markdown } from "../benchmarks/scaling/table.ts";
import { pageSeed, tables } from "../benchmarks/scaling/tables.ts";

const usage = `usage: npm run simulate -- [--json] [--seed N]

  --json     one JSON object a row
  --seed N   another seed than that of the page (default ${String(pageSeed)})
`;

const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    seed: { type: "string", default: String(pageSeed) },
    help: { type: "boolean", default: false },
  },
});
const seed = Number(values.seed);
if (values.help) process.stdout.write(usage);
else if (!Number.isSafeInteger(seed)) {
  process.stderr.write(`--seed is a whole number, not ${values.seed}\n\n${usage}`);
  process.exitCode = 2;
} else {
  for (const table of tables(seed))
    process.stdout.write(values.json ? `${jsonLines(table)}\n` : `${table.name}\n\n${markdown(table)}\n\n`);
}
