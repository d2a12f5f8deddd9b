// `npm run bench -- <suite> [--json] [--peers]`
import { parseArgs } from "node:util";
import { describeMachine, jsonLine, table } from "./harness/format.ts";
import { loadSuite, suiteNames } from "./harness/load-suite.ts";
import { runCase } from "./harness/run-case.ts";
import type { Case, Figure } from "./harness/suite.ts";

const folder = import.meta.dirname;
const usage = `usage: npm run bench -- SUITE... [--json] [--peers] [--only TEXT] [--rounds N]

  SUITE         one or more of: ${suiteNames(folder).join(", ") || "(none yet)"}
  --json        one JSON object a line
  --peers       against other products too; their READMEs say what to install
  --only TEXT   only the cases whose name contains TEXT; some that take an hour run only when it names them in full
  --rounds N    samples of each side, at least 5 (default 7; 5 where a call takes minutes)
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: "boolean", default: false },
      peers: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      rounds: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return 0;
  }
  const unknown = positionals.find((name) => !suiteNames(folder).includes(name));
  if (positionals.length === 0 || unknown !== undefined) {
    process.stderr.write(`${unknown === undefined ? "which suite?" : `no suite "${unknown}"`}\n\n${usage}`);
    return 2;
  }
  const suites = [];
  for (const name of positionals) suites.push(await loadSuite(folder, name));

  if (!values.json) process.stdout.write(`${describeMachine()}\n\n`);
  const figures: Figure[] = [];
  for (const suite of suites) {
    const cases = [...suite.cases, ...(values.peers ? (suite.peers ?? []) : [])];
    const isAsked = ({ name, onRequest = false }: Case): boolean =>
      onRequest ? name === values.only : name.includes(values.only);
    for (const benchmark of cases.filter(isAsked)) {
      if (!values.json) process.stderr.write(`${suite.name}: ${benchmark.name} ...\n`);
      const figure = await runCase(
        suite.name,
        benchmark,
        values.rounds === undefined ? {} : { rounds: Number(values.rounds) },
      );
      figures.push(figure);
      if (values.json) process.stdout.write(`${jsonLine(figure)}\n`);
    }
  }
  if (figures.length === 0) throw new Error(`no case's name contains "${values.only}"`);
  if (!values.json)
    process.stdout.write(`${table(figures)}\n\nratio is our time by the baseline's: under 1 is faster\n`);
  return 0;
}

process.exitCode = await main();
