import {
  formatDuration,
  formatMicros,
  isScalar,
  parseTypeName,
  type TypeName,
  type Value,
  visible,
} from "../../core/index.ts";
import type { ConsistencyExample, ConsistencyReport, OutputConsistency } from "./report.ts";

/** How many elements of a list are shown. */
const shownElements = 8;
/** The longest text that is shown whole. */
const longest = 60;

/** A value to the last bit: two that differ are shown differently. */
export function exactText(value: Value, type: TypeName): string {
  const { kind } = parseTypeName(type);
  if (value === null) return "missing";
  if (typeof value === "object") {
    const shown = value.slice(0, shownElements).map((one) => plainText(one));
    return `[${shown.join(", ")}${value.length > shownElements ? `, ... of ${String(value.length)}` : ""}]`;
  }
  if (typeof value === "number" && isScalar(kind)) {
    if (kind === "timestamp") return formatMicros(value);
    if (kind === "date") return formatMicros(value * 86_400_000_000).slice(0, 10);
    if (kind === "duration") return formatDuration(value);
  }
  return plainText(value);
}

function plainText(value: Exclude<Value, null | readonly unknown[]>): string {
  if (typeof value === "string") {
    return JSON.stringify(visible(value.length > longest ? `${value.slice(0, longest)}…` : value));
  }
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Which request a value is of: `request 0193 at 2024-03-01T00:00:00.000Z, store "r1"`. */
export function requestText({ requestId, at, keys }: ConsistencyExample): string {
  const named = Object.entries(keys).map(([name, value]) => `, ${visible(name)} ${exactText(value, "string")}`);
  return `request${requestId === null ? "" : ` ${visible(requestId)}`} at ${formatMicros(at)}${named.join("")}`;
}

/** How much of an output differs: `3 of 1,000 rows, by at most 2 (relative 0.1)`. */
export function differenceText(output: OutputConsistency): string {
  const { compared, equal, missingInLog, missingInTraining, statusesDisagree, largestDifference, largestRelative } =
    output;
  const parts = [
    `${count(compared - equal)} of ${count(compared)} rows differ`,
    ...(missingInLog === 0 ? [] : [`${count(missingInLog)} missing in the log alone`]),
    ...(missingInTraining === 0 ? [] : [`${count(missingInTraining)} missing in training alone`]),
    ...(largestDifference === null ? [] : [`by at most ${String(largestDifference)}`]),
    ...(largestRelative === null ? [] : [`relative ${String(largestRelative)}`]),
    ...((statusesDisagree ?? 0) === 0 ? [] : [statusesText(statusesDisagree ?? 0)]),
    ...(output.uncovered === 0 ? [] : [`${count(output.uncovered)} of them where agreement was never promised`]),
  ];
  return parts.join(", ");
}

function statusesText(n: number): string {
  return n === 1 ? "1 status disagrees" : `${count(n)} statuses disagree`;
}

/** Whether an output lets a report be inconsistent. */
export function isInconsistent({ beyond, statusesDisagree }: OutputConsistency): boolean {
  return beyond > 0 || (statusesDisagree ?? 0) > 0;
}

/** In a sentence, what came of it all. */
export function verdictText({ consistent, rows, features, slots }: ConsistencyReport): string {
  const all = [...features, ...slots];
  const requests = `${count(rows)} ${rows === 1 ? "request" : "requests"}`;
  const found = all.filter(isInconsistent).length;
  if (consistent) return `${count(all.length)} of ${count(all.length)} features and slots are as served in ${requests}`;
  if (found === 0) return `nothing was compared: there is nothing to say of ${requests}`;
  return `${count(found)} of ${count(all.length)} features and slots differ in ${requests}`;
}

/** A report as plain lines: what differs, with examples, and the warnings. */
export function consistencyText(report: ConsistencyReport): string {
  const { vector, features, slots, warnings } = report;
  const found = [...features, ...slots].filter(isInconsistent);
  return [
    `${vector}: ${verdictText(report)}`,
    ...found.flatMap((output) => [
      `  ${output.name}: ${differenceText(output)}`,
      ...output.examples.map((example) => `    ${exampleText(example, output)}`),
    ]),
    ...warnings.map(({ message }) => `warning: ${visible(message)}`),
  ].join("\n");
}

/** One example: whose it is, what was served and what training gives. */
export function exampleText(example: ConsistencyExample, { type }: OutputConsistency): string {
  const { values, covered } = example;
  const both =
    values === undefined
      ? "values not shown"
      : `served ${exactText(values.logged, type)}, training gives ${exactText(values.replayed, type)}`;
  return `${requestText(example)}: ${both}${covered ? "" : " (agreement was never promised for it)"}`;
}

function count(n: number): string {
  return n.toLocaleString("en-US");
}
