import type { SourceTable } from "../../database/index.ts";
import { quoteIdentifier } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { readParquet } from "../offline/files/read-files.ts";
import type { TableCursor } from "./check-table.ts";
import type { CursorValue } from "./cursor.ts";
import type { ExtractedTable } from "./extracted-table.ts";
import { carriedColumn, extractedRows, partColumn } from "./part-writer.ts";

/** Files that rows are kept in, and the columns that all parts have. */
interface KeptFiles {
  readonly files: readonly string[];
  readonly columns: ExtractedTable["columns"];
}

/** Which of the kept rows were read again. */
interface ReadAgain {
  readonly cursor: TableCursor;
  readonly from: CursorValue;
  readonly to: CursorValue;
}

/**
 * Of the rows that were read again into {@link extractedRows}, those that are not kept: as many of each as there are more of it than are
 * kept. So a row counts as often as it stands in the table, whether or not it has a key.
 */
export async function unkeptRows(
  engine: Engine,
  { columns }: SourceTable,
  kept: KeptFiles,
  { cursor, from, to }: ReadAgain,
  signal: AbortSignal | undefined,
): Promise<{ readonly sql: string; readonly rows: number }> {
  const doing = "comparing with what was extracted";
  // A column that came, went or changed its type since says nothing of a row.
  const common = columns.flatMap(({ name, kind }, i) =>
    Object.hasOwn(kept.columns, name) && kept.columns[name] === kind ? [{ name, kind, column: partColumn(i) }] : [],
  );
  const place = carriedColumn(cursor.kind, quoteIdentifier(cursor.column.name));
  const rowsKept =
    `select ${common.map(({ name, kind, column }) => `${carriedColumn(kind, quoteIdentifier(name))} as ${column}`).join(", ")} ` +
    `from ${readParquet(kept.files, ...(kept.files.length === 1 ? [] : ["union_by_name = true"]))} where ${pruned(cursor, from, to)} and ${place} between ${String(from)} and ${String(to)}`;
  const names = common.map(({ column }) => column).join(", ");
  await engine.run(
    `create or replace temp table unkept_rows as with kept as (select ${names}, count(*) as kept_times from (${rowsKept}) group by ${names}),
     again as (select *, row_number() over (partition by ${names} order by rowid) as nth, rowid as place from ${extractedRows})
     select again.* exclude (nth) from again left join kept
       on ${common.map(({ column }) => `again.${column} is not distinct from kept.${column}`).join(" and ")}
     where again.nth > coalesce(kept.kept_times, 0) order by place`,
    doing,
    signal,
  );
  const [row] = await engine.rows("select count(*)::double as n from unkept_rows", doing);
  return { sql: "(select * from unkept_rows order by place)", rows: Number(row?.["n"] ?? 0) };
}

/** A condition on the column as it stands in the files, by which groups of rows are skipped. */
function pruned({ column, kind }: TableCursor, from: CursorValue, to: CursorValue): string {
  const name = quoteIdentifier(column.name);
  const at = (value: CursorValue): string => {
    if (kind === "int") return String(value);
    if (kind === "date") return `date '1970-01-01' + (${String(value)})::int`;
    return `make_timestamp(${String(value)})${column.zoned ? "::timestamptz" : ""}`;
  };
  return `${name} between ${at(from)} and ${at(to)}`;
}
