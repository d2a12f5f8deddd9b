import type { Aggregate } from "../aggregate.ts";
import { exactCode, exactSql } from "./sum.ts";

const code = exactCode((total, n) => total / n + 0);
const sql = exactSql((total, n) => `(${total} / ${n} + 0e0)`);

/** The exact total divided by the number of values. */
export const mean: Aggregate = {
  name: "mean",
  version: 1,
  doc: "The total, as `sum` of floats gives it, divided by the number of values.",
  takes: { int: "float", float: "float" },
  optional: true,
  code: () => code,
  sql: () => sql,
};
