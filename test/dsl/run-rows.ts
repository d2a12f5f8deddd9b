import { elementKind, isList, parseTypeName, type Value, type ValueKind } from "../../src/core/index.ts";
import {
  compileRows,
  type ExpressionPlan,
  fromRaw,
  type Leaf,
  literalSql,
  type RawColumn,
  type RowMode,
  sqlType,
  toRaw,
} from "../../src/dsl/index.ts";
import { columns } from "./random-expressions.ts";

/** The columns of one row, and `now`. */
export type Row = Readonly<Record<string, Value>>;

/** What a row program reads of some rows, leaf by leaf. */
export function inputOf(leaves: readonly Leaf[], rows: readonly Row[]): readonly RawColumn[] {
  return leaves.map(({ name, kind }) => rows.map((row) => toRaw(row[name.slice(name.indexOf(":") + 1)] ?? null, kind)));
}

/** What an expression is for some rows, all in one call. */
export function runRows(plan: ExpressionPlan, rows: readonly Row[], mode?: RowMode): readonly Value[] {
  const program = compileRows([{ name: "x", value: plan }], {}, { mode });
  const output = new Array<null>(rows.length).fill(null) as RawColumn;
  program.run(rows.length, inputOf(program.leaves, rows), [output]);
  const { kind } = parseTypeName(plan.type);
  return Array.from(output, (raw) => fromRaw(raw, kind));
}

/** A row as people read it. */
export function showRow(row: Row): string {
  return JSON.stringify(row, (_key, value: unknown) => (typeof value === "bigint" ? `${value.toString()}n` : value));
}

/** A select in DuckDB that gives random rows in order, with their number as `row`. */
export function rowsSql(rows: readonly Row[]): string {
  const names = Object.keys(columns);
  const kindOf = (name: string): ValueKind => parseTypeName(columns[name] ?? "int").kind;
  const values = rows.map(
    (row, i) => `(${String(i)}, ${names.map((name) => cell(kindOf(name), row[name] ?? null)).join(", ")})`,
  );
  const typed = names.map((name) => `${name}::${sqlType(kindOf(name))} as ${name}`);
  return `select row, ${typed.join(", ")} from (values ${values.join(", ")}) as given (row, ${names.join(", ")}) order by row`;
}

/** DuckDB's literal; texts with a null byte have none, so that byte is put in. */
function cell(kind: ValueKind, value: Value): string {
  if (typeof value === "string" && value.includes("\0")) return `replace('${value.replace("\0", "@")}', '@', chr(0))`;
  if (typeof value === "object" && value !== null) {
    const of = isList(kind) ? elementKind(kind) : "float";
    return `[${value.map((item) => cell(of, item)).join(", ")}]::${sqlType(kind)}`;
  }
  return literalSql(kind, typeof value === "bigint" ? value.toString() : value) ?? "null";
}
