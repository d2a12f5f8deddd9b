import type { Aggregate } from "../aggregate.ts";
import { exactCode, exactSql } from "./sum.ts";

const code = exactCode((total, n) => total / n + 0);
const sql = exactSql((total, n) => `(${total} / ${n} + 0e0)`);

/** The exact total divided by the number of values. */
export const mean: Aggregate = {
  name: "mean",
  version: 1,
  doc: "The total, as `sum` of floats gives it, divided by the number of values; of truth values the share of true ones.",
  examples: [
    { text: "mean(x)", rows: { x: [1, 2, null, 6] }, result: 3 },
    { text: "mean(x)", rows: { x: [true, false, true, true] }, type: "bool", result: 0.75 },
    { text: "mean(x)", rows: { x: [null] }, result: null },
  ],
  takes: { bool: "float", int: "float", float: "float" },
  optional: true,
  state: () => "exact-sum",
  code: () => code,
  sql: () => sql,
};
