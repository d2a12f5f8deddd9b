import type { Value } from "../../src/index.ts";
import { type Summary, watched } from "./run-stream.ts";

/** What is shown of the request that is watched, by the column that a training set has of it. */
const shown: readonly (readonly [name: string, column: string])[] = [
  ["orders, last hour", "store__restaurant__orders__orders_1h"],
  ["orders, last 7 days", "store__restaurant__orders__orders_7d"],
  ["revenue, last hour", "store__restaurant__orders__revenue_1h"],
  ["minutes a delivery, last hour", "store__restaurant__orders__minutes_1h"],
  ["share above 40 minutes, last hour", "store__restaurant__orders__late_1h"],
  ["cooks", "store__restaurant__kitchen__cooks"],
  ["rides of the courier, last hour", "rider__courier__rides__rides_1h"],
  ["tips of the courier, last day", "rider__courier__rides__tips_1d"],
];

const label = 36;

/** The summary as a person likes to read it. */
export function printSummary(summary: Summary, out: NodeJS.WritableStream): void {
  const { past, served, letters, loggedBack, agreement, declared, streamed, seconds } = summary;
  const values = Object.keys(served.watched[0]?.values ?? {}).length;
  const lines = [
    "",
    "Streamed from Kafka into Cassandra",
    `  ${String(past)} orders were loaded from a file; ${String(served.messages)} messages came by topics: ${String(served.applied)} applied, ${String(served.dead)} dead letters`,
    `  all of a wave counted ${(served.longestMs / 1000).toFixed(1)} s after its first message was sent, at the latest`,
    "",
    `  ${`${watched[0]}, delivered by ${watched[1]}`.padEnd(label)}${["loaded", "1st wave", "2nd", "3rd"].map((name) => name.padStart(10)).join("")}`,
    ...shown.map(
      ([name, column]) =>
        `  ${name.padEnd(label)}${served.watched.map((one) => text(one.values[column]).padStart(10)).join("")}`,
    ),
    "",
    "Dead letters",
    ...letters.map(({ key, value, reason }) => `  ${key}: ${reason}\n      ${value}`),
    "",
    "Training equals serving",
    `  ${Object.entries(loggedBack)
      .map(([source, rows]) => `${String(rows)} rows of ${source}`)
      .join(" and ")} were logged back`,
    `  ${String(agreement.agree)} of ${String(agreement.compared)} agree: ${String(values)} values a request, as they were served while events flowed and as the training set has them`,
    `  ${String(declared.agree)} of ${String(declared.compared)} would, had each order been known when it was delivered`,
    ...agreement.differences.map((difference) => `  differs: ${difference}`),
    `  ${String(sameValues(summary))} of ${String(streamed.length)} restaurants have the same features once a load has taken in what was streamed`,
    "",
    `Seconds: ${seconds.toFixed(1)}`,
    "",
  ];
  out.write(lines.join("\n"));
}

/** Of how many restaurants the same is served behind the load as before it. */
export function sameValues({ streamed, loaded }: Summary): number {
  return streamed.filter(({ values }, i) =>
    Object.entries(values).every(([column, value]) => Object.is(value, loaded[i]?.values[column])),
  ).length;
}

function text(value: Value | undefined): string {
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : value.toFixed(2);
  return value === null || value === undefined ? "-" : String(value);
}
