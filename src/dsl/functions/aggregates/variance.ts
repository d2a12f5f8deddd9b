import type { Aggregate } from "../aggregate.ts";
import { missing } from "../scalar-function.ts";
import { type SquaresTotals, squaresCode, squaresSql } from "./exact-squares.ts";
import { nearestRatio } from "./nearest-ratio.ts";

/** (n * squares - sum^2) / (n (n - 1)), exact up to its one rounding. */
function variance({ n, sum, squares }: SquaresTotals): number {
  return n < 2n ? missing : nearestRatio(n * squares - sum * sum, n * (n - 1n), -124);
}

function spread(
  name: string,
  doc: string,
  finalize: (totals: SquaresTotals) => number,
  examples: Aggregate["examples"],
): Aggregate {
  const code = squaresCode(finalize);
  const sql = squaresSql();
  return {
    name,
    version: 1,
    doc,
    examples,
    takes: { int: "float", float: "float" },
    optional: true,
    state: () => "exact-squares",
    code: () => code,
    sql: () => sql,
  };
}

const inputs =
  "Each input is rounded to a multiple of 2^-62; missing where one lies beyond 2^62, and of fewer than two values.";

/** The sample variance. */
export const sampleVariance: Aggregate = spread(
  "var",
  `The sample variance (divided by n - 1), computed exactly and rounded once. ${inputs}`,
  variance,
  [
    { text: "var(x)", rows: { x: [1, 2, null, 6] }, result: 7 },
    { text: "var(x)", rows: { x: [5, null] }, result: null },
  ],
);

/** The sample standard deviation. */
export const std: Aggregate = spread(
  "std",
  `The sample standard deviation: the square root of \`var\`. ${inputs}`,
  (totals) => Math.sqrt(variance(totals)),
  [{ text: "std(x)", rows: { x: [1, 3, 5] }, result: 2 }],
);
