import { literalSql, quoteIdentifier } from "../literal-sql.ts";
import type { CivilPart, Dialect } from "./dialect.ts";

/** DuckDB, with the macros that go before. */
export const duckdb: Dialect = {
  name: "duckdb",
  identifier: quoteIdentifier,
  literal: literalSql,
  integer: (symbol, a, b) => `tondo_int(${bounded(a)}::hugeint ${symbol} ${bounded(b)}::hugeint)`,
  float: (symbol, a, b) => `tondo_float(${a} ${symbol} ${symbol === "/" ? `nullif(${b}, 0)` : b})`,
  toFloat: (kind, value) => (kind === "int" ? `(${value})::double` : `(${value})::int::double`),
  toInt: (value) => `(${value})::int::bigint`,
  span: (a, b, symbol, scale) => {
    const span = b === undefined ? a : `${a}::hugeint - ${b}::hugeint`;
    return `tondo_float(tondo_int(${span})::double ${symbol} ${String(scale)}e0)`;
  },
  momentPart: (part, moment) => partOf(part, `make_timestamp(${moment})`),
  datePart: (part, days, { first, last }) =>
    `(case when ${days} between ${String(first)} and ${String(last)} then ${partOf(part, `(date '1970-01-01' + ${days}::integer)`)} end)`,
  dateOf: (moment) => `(make_timestamp(${moment})::date - date '1970-01-01')::bigint`,
  truncated: (unit, moment) => `tondo_int(epoch_us(date_trunc('${unit}', make_timestamp(${moment}))::timestamp))`,
};

/** An operand within ±(2^53 - 1): results and small constants are that by themselves. */
function bounded(sql: string): string {
  return sql.startsWith("tondo_int(") || /^\(\(-?\d{1,15}\)::bigint\)$/.test(sql) ? sql : `tondo_int(${sql})`;
}

function partOf(part: CivilPart, of: string): string {
  return `${part === "dow" ? "isodow" : part}(${of})`;
}
