// Reads Vitest's JSON report, says what is wrong with the run, and closes with `N passed, N failed`.
import { readFileSync } from "node:fs";
import { tally, type TestReport } from "./tally/tally.ts";

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error("usage: node scripts/tally.ts REPORT.json");
const { passed, failed, complaints } = tally(JSON.parse(readFileSync(path, "utf8")) as TestReport);
for (const complaint of complaints) process.stdout.write(`${complaint}\n`);
process.stdout.write(`${String(passed)} passed, ${String(failed)} failed\n`);
process.exitCode = failed > 0 || complaints.length > 0 ? 1 : 0;
