import {
  type ConsistencyReport,
  exampleText,
  isInconsistent,
  type OutputConsistency,
  verdictText,
} from "../../featurestore/index.ts";
import { count, counted, momentText, printable, type Style, table } from "../output/index.ts";

/** What came of a comparison, as tables: features, slots, examples of what differs, warnings, and the verdict. */
export function consistencyTables(report: ConsistencyReport, style: Style): string {
  const { features, slots, notCompared, warnings, consistent } = report;
  const found = [...features, ...slots].filter(({ examples }) => examples.length > 0);
  const verdict = verdictText(report);
  return [
    subjectText(report),
    ...(features.length === 0 ? [] : [outputTable("FEATURE", features, style)]),
    ...(slots.length === 0 ? [] : [outputTable("SLOT", slots, style)]),
    ...found.map((output) =>
      [
        style.bold(printable(output.name)),
        ...output.examples.map((example) => `  ${printable(exampleText(example, output))}`),
      ].join("\n"),
    ),
    ...(notCompared.length === 0
      ? []
      : [
          notCompared
            .map(({ name, reason }) => `not compared: ${printable(name)}, since ${printable(reason)}`)
            .join("\n"),
        ]),
    ...(warnings.length === 0
      ? []
      : [warnings.map(({ message }) => `${style.yellow("warning:")} ${printable(message)}`).join("\n")]),
    consistent ? style.green(verdict) : style.red(verdict),
  ].join("\n\n");
}

function subjectText({
  vector,
  fingerprint,
  rows,
  first,
  last,
  knowledge,
  tolerance,
  leftOut,
}: ConsistencyReport): string {
  const when = first === null || last === null ? "" : `, ${momentText(first)} to ${momentText(last)} UTC`;
  const of = leftOut.unsampled === 0 ? "" : ` of ${count(rows + leftOut.unsampled)}`;
  const known = knowledge === "applied" ? "" : "; rows are known when they say";
  const near = tolerance === 0 ? "" : `; floats may differ by ${String(tolerance)} of the larger`;
  return `${vector} (${fingerprint.slice(0, 12)}): ${counted(rows, "request")}${of}${when}${known}${near}`;
}

function outputTable(heading: string, outputs: readonly OutputConsistency[], style: Style): string {
  const right = { align: "right" as const };
  const hasAway = outputs.some(({ unavailable }) => unavailable > 0);
  const hasUncovered = outputs.some(({ uncovered, leftOut }) => uncovered > 0 || leftOut > 0);
  const hasStatus = outputs.some(({ statusesDisagree }) => statusesDisagree !== null);
  const headings = [
    { name: heading },
    ...["COMPARED", "EQUAL", "DIFFER", "NOT LOGGED", "NOT TRAINED", "LARGEST", "RELATIVE"].map((name) => ({
      name,
      ...right,
    })),
    ...(hasStatus ? [{ name: "STATUS", ...right }] : []),
    ...(hasUncovered ? [{ name: "NOT PROMISED", ...right }] : []),
    ...(hasAway ? [{ name: "AWAY", ...right }] : []),
  ];
  return table(
    headings,
    outputs.map((output) => {
      const { name, compared, equal, differing, missingInLog, missingInTraining } = output;
      const { largestDifference, largestRelative, statusesDisagree, uncovered, unavailable } = output;
      const bad = (n: number): string => (n === 0 ? "0" : style.red(count(n)));
      return [
        isInconsistent(output) ? style.red(printable(name)) : printable(name),
        ...[count(compared), count(equal), bad(differing), bad(missingInLog), bad(missingInTraining)],
        ...[largestDifference, largestRelative].map((one) => (one === null ? "-" : measureText(one))),
        ...(hasStatus ? [statusesDisagree === null ? "-" : bad(statusesDisagree)] : []),
        ...(hasUncovered ? [count(uncovered)] : []),
        ...(hasAway ? [count(unavailable)] : []),
      ];
    }),
  );
}

/** A difference to three digits: what is not 0 is not shown as that. */
function measureText(value: number): string {
  return String(Number(value.toPrecision(3)));
}
