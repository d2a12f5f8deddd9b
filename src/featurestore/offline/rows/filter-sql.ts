import {
  type Comparison,
  type ComparisonName,
  comparisons,
  type Filter,
  type FilterValue,
  type Path,
  type Written,
} from "../../specification/index.ts";
import type { StoredForm } from "../files/file-scan.ts";
import { type ChosenColumn, filterValueSql } from "./filter-value.ts";

/** Columns by name, with the path of who names them. */
export type ColumnAt = (name: string, path: Path) => ChosenColumn;

/**
 * SQL of a filter: true, false, or NULL where a missing value is compared.
 *
 * @throws TondoError `SPECIFICATION_INVALID` where a value is not of its column's kind
 */
export function filterSql(filter: Filter, path: Path, columnAt: ColumnAt, written?: Written): string {
  if ("all" in filter)
    return joined(
      filter.all.map((part, i) => filterSql(part, [...path, "all", i], columnAt, written)),
      "and",
    );
  if ("any" in filter)
    return joined(
      filter.any.map((part, i) => filterSql(part, [...path, "any", i], columnAt, written)),
      "or",
    );
  if ("not" in filter) return `(not ${filterSql(filter.not, [...path, "not"], columnAt, written)})`;
  const column = columnAt(filter.column, [...path, "column"]);
  return joined(
    said(filter).map((name) =>
      comparisonSql(name, filter, column.sql, (value, at) =>
        filterValueSql(value, column, [...path, name, ...at], written),
      ),
    ),
    "and",
  );
}

/**
 * A condition over the columns as a file has them that holds wherever the filter does: by it whole groups of rows are skipped unread.
 * `undefined` where there is none.
 */
export function pruningSql(filter: Filter, columnAt: ColumnAt, stored: StoredForm): string | undefined {
  if ("not" in filter) return undefined;
  if ("any" in filter) {
    const parts = filter.any.map((part) => pruningSql(part, columnAt, stored));
    return parts.includes(undefined) ? undefined : joined(parts as readonly string[], "or");
  }
  if ("all" in filter) {
    const parts = filter.all.flatMap((part) => pruningSql(part, columnAt, stored) ?? []);
    return parts.length === 0 ? undefined : joined(parts, "and");
  }
  const column = columnAt(filter.column, []);
  const form = stored(filter.column);
  if (form === undefined) return undefined;
  const parts = said(filter)
    .filter((name) => name !== "isMissing" && name !== "notEquals" && name !== "isNotIn")
    .map((name) => comparisonSql(name, filter, form.column, (value) => form.value(filterValueSql(value, column, []))));
  return parts.length === 0 ? undefined : joined(parts, "and");
}

function said(comparison: Comparison): readonly ComparisonName[] {
  return comparisons.filter((name) => comparison[name] !== undefined);
}

function comparisonSql(
  name: ComparisonName,
  comparison: Comparison,
  column: string,
  valueSql: (value: FilterValue, path: Path) => string,
): string {
  const one = (value: FilterValue | undefined): string => valueSql(value ?? "", []);
  const many = (values: readonly FilterValue[] = []): string =>
    values.map((value, i) => valueSql(value, [i])).join(", ");
  switch (name) {
    case "equals":
      return `(${column} = ${one(comparison.equals)})`;
    case "notEquals":
      return `(${column} <> ${one(comparison.notEquals)})`;
    case "isIn":
      return `(${column} in (${many(comparison.isIn)}))`;
    case "isNotIn":
      return `(${column} not in (${many(comparison.isNotIn)}))`;
    case "lessThan":
      return `(${column} < ${one(comparison.lessThan)})`;
    case "atMost":
      return `(${column} <= ${one(comparison.atMost)})`;
    case "greaterThan":
      return `(${column} > ${one(comparison.greaterThan)})`;
    case "atLeast":
      return `(${column} >= ${one(comparison.atLeast)})`;
    case "between": {
      const [low, high] = comparison.between ?? ["", ""];
      return `(${column} between ${valueSql(low, [0])} and ${valueSql(high, [1])})`;
    }
    case "isMissing":
      return `(${column} is ${comparison.isMissing === true ? "" : "not "}null)`;
  }
}

function joined(parts: readonly string[], by: "and" | "or"): string {
  return parts.length === 1 ? (parts[0] ?? "") : `(${parts.join(` ${by} `)})`;
}
