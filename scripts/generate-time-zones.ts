// Writes src/dsl/functions/tables/time-zones.ts from the IANA database as PyPI ships it, compiled:
//
//   pip install --target FOLDER --no-deps tzdata==2026.3
//   node scripts/generate-time-zones.ts FOLDER/tzdata
//
// Another release changes fingerprints: raise the versions named here, in test/golden/time-zones and in the changelog.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPosixRule, type RuleDate } from "./tables/posix-rule.ts";
import { readTzif, type ZoneFile } from "./tables/read-tzif.ts";

const version = "2026c";
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: node scripts/generate-time-zones.ts FOLDER/tzdata");
if (!readFileSync(join(folder, "__init__.py"), "utf8").includes(`IANA_VERSION = "${version}"`))
  throw new Error(`${folder} is not of ${version}`);

const names = readFileSync(join(folder, "zones"), "utf8").trim().split("\n").sort();
/** Names by what their zone does. */
const zones = new Map<string, string[]>();
for (const name of names) {
  // Not a place: the clock of a machine that nobody has set.
  if (name === "Factory") continue;
  const line = lineOf(readTzif(join(folder, "zoneinfo", name)));
  zones.set(line, [...(zones.get(line) ?? []), name]);
}
const lines = [...zones].map(([line, own]) => JSON.stringify(`${own.join(",")}|${line}`));
writeFileSync(
  join(import.meta.dirname, "../src/dsl/functions/tables/time-zones.ts"),
  `// Made by scripts/generate-time-zones.ts. Long because it is data: every zone, link and change of a clock there is.

/** The release of the IANA time zone database. */
export const timeZoneVersion = "${version}";

/**
 * A line for each zone, of five parts: names, offsets (seconds east of UTC, base 36), the offset after each change (its
 * place among the offsets, one digit of base 36; the first offset holds before the first change), the changes, and the
 * rule that goes on after the last one: offset of standard and of summer time, then of its start and its end month, week,
 * weekday and seconds. A change is the time since the one before, the first since 1970: minutes in base 36, or seconds
 * with a point behind.
 */
export const timeZoneLines: readonly string[] = [
${lines.map((line) => `  ${line},\n`).join("")}];
`,
);

function lineOf({ changes, footer }: ZoneFile): string {
  const offsets = [...new Set(changes.map(({ offset }) => offset))];
  if (offsets.length > 36) throw new Error("a zone of more than 36 offsets");
  const places = changes.slice(1).map(({ offset }) => offsets.indexOf(offset).toString(36));
  let before = 0;
  const times = changes.slice(1).map(({ from }) => {
    const seconds = from - before;
    before = from;
    return seconds % 60 === 0 ? (seconds / 60).toString(36) : `${seconds.toString(36)}.`;
  });
  const { standard, summer } = readPosixRule(footer);
  const last = changes.at(-1)?.offset;
  if (summer === undefined && last !== standard) throw new Error(`${footer} is not what the last change left`);
  const date = ({ month, week, weekday, seconds }: RuleDate): number[] => [month, week, weekday, seconds];
  const rule = summer === undefined ? [] : [standard, summer.offset, ...date(summer.start), ...date(summer.end)];
  return [offsets.map((offset) => offset.toString(36)).join(","), places.join(""), times.join(" "), rule.join()].join(
    "|",
  );
}
