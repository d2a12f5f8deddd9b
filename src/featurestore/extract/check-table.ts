import { parseTypeName, TondoError } from "../../core/index.ts";
import type { SourceColumn, SourceTable } from "../../database/index.ts";
import { columnsOf, duckdbType, type SourcePlan, type TableTransportPlan } from "../../dsl/index.ts";
import { misfitOf } from "../offline/files/column-misfit.ts";
import { namesTwice } from "../offline/files/parquet-columns.ts";
import type { CursorKind } from "./cursor.ts";
import type { ExtractedTable } from "./extracted-table.ts";

/** The column by which a table is read, as it is there. */
export interface TableCursor {
  readonly column: SourceColumn;
  readonly kind: CursorKind;
  /** Microseconds, or, of ints, numbers. */
  readonly lookback: number;
}

/**
 * Holds a table against what the definitions read of it, and against what was extracted before. Columns that nobody reads may come, go
 * and change. Of two that differ in upper and lower case alone neither is kept: a file cannot tell them apart.
 *
 * @throws TondoError `SOURCE_CHANGED` where a column that is read is gone or of another type
 */
export function checkTable(
  source: SourcePlan,
  place: TableTransportPlan,
  table: SourceTable,
  before: ExtractedTable | undefined,
): SourceTable {
  const { table: name, cursor } = place;
  const what = `source "${source.name}": the table "${name}"`;
  const twice = new Set(namesTwice(table.columns.map((column) => column.name)).map((column) => column.toLowerCase()));
  const isTwice = (column: string): boolean => twice.has(column.toLowerCase());
  const columns = table.columns.filter((column) => !isTwice(column.name));
  const schema = {
    types: new Map(columns.map((column) => [column.name, duckdbType(column.kind)])),
    twice: table.columns.filter((column) => isTwice(column.name)).map((column) => column.name),
  };
  const read = cursor === undefined ? source.columns : { ...source.columns, [cursor.name]: cursor.type };
  // What only another place's `known` reads need not be here.
  const elsewhere = new Set(columnsOf(...source.transports.map(({ known }) => known)));
  for (const column of columnsOf(place.known)) elsewhere.delete(column);
  for (const [column, type] of Object.entries(read)) {
    if (elsewhere.has(column)) continue;
    const wanted = parseTypeName(type).kind;
    const found = columns.find((one) => one.name === column);
    const unread = table.unread.find((one) => one.name === column);
    const misfit = misfitOf(schema, column, wanted);
    if (misfit !== undefined) {
      const says =
        misfit === "twice"
          ? `has columns that differ from "${column}" in upper and lower case alone`
          : unread !== undefined
            ? `has "${column}" as ${unread.type}, which the language has no type for`
            : found === undefined
              ? `has no column "${column}"`
              : `has "${column}" as ${found.type}, and the definitions say ${wanted}`;
      throw changed(
        `${what} ${says}`,
        `It has ${columns
          .map((one) => one.name)
          .slice(0, 20)
          .join(", ")}. Mend the table or read a view of it, or change the definitions and apply them.`,
      );
    }
    const earlier = before !== undefined && Object.hasOwn(before.columns, column) ? before.columns[column] : undefined;
    if (before !== undefined && earlier !== found?.kind) {
      throw changed(
        earlier === undefined
          ? `${what} was extracted without the column "${column}"`
          : `${what} had "${column}" as ${earlier}, and has it as ${found?.type ?? "nothing"} now`,
        again(source),
      );
    }
  }
  return { ...table, columns };
}

/**
 * The cursor of a table.
 *
 * @throws TondoError `SOURCE_CHANGED` where it is not the one by which it was extracted before
 */
export function checkCursor(
  source: SourcePlan,
  { table: name, cursor, lookback = 0 }: TableTransportPlan,
  table: SourceTable,
  before: ExtractedTable | undefined,
): TableCursor | undefined {
  if (before !== undefined && before.cursor !== (cursor?.name ?? null)) {
    throw changed(
      `source "${source.name}": the table "${name}" was extracted ${before.cursor === null ? "whole" : `by the cursor ${before.cursor}`} before`,
      again(source),
    );
  }
  if (cursor === undefined) return undefined;
  const column = table.columns.find((one) => one.name === cursor.name);
  if (column !== undefined && isCursorKind(column.kind)) return { column, kind: column.kind, lookback };
  throw changed(`source "${source.name}": the table "${name}" has no cursor "${cursor.name}"`, again(source));
}

function isCursorKind(kind: string): kind is CursorKind {
  return kind === "int" || kind === "timestamp" || kind === "date";
}

function changed(message: string, hint: string): TondoError {
  return new TondoError("SOURCE_CHANGED", message, { hint });
}

function again({ name }: SourcePlan): string {
  return `Read it anew, in place of what is kept: tondo extract ${name} --full-refresh.`;
}
