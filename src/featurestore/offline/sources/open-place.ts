import type { ValueKind } from "../../../core/index.ts";
import type { FileTransportPlan } from "../../../dsl/index.ts";
import type { AppliedRows } from "../../applied/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import { type ColumnNames, type OpenedFiles, openFiles, type Prune, valueType } from "../files/file-scan.ts";
import { parquetSchemas } from "../files/parquet-columns.ts";
import { filesOf } from "../files/source-files.ts";
import { sinceSql } from "./applied-sql.ts";

/** The files of one place of a source, looked at. */
export interface OpenedPlace {
  /** SQL of their rows; where rows are known when they were applied, with `since`. */
  readonly sql: (column: ColumnNames, prune: Prune) => string;
  /** The files, those together that one load first applied. */
  readonly parts: readonly OpenedFiles[];
}

/** What a source is called in errors, and the columns that these show nothing of. */
export interface SourceName {
  readonly what: string;
  readonly hidden: ReadonlySet<string>;
}

/**
 * Opens the files of a place.
 *
 * @throws TondoError as `filesOf` and `openFiles` do
 */
export async function openPlace(
  engine: Engine,
  place: FileTransportPlan,
  places: FilePlaces,
  { what, hidden }: SourceName,
  columns: Readonly<Record<string, ValueKind>>,
  applied?: AppliedRows,
): Promise<OpenedPlace> {
  const files = await filesOf(place, places, what);
  const { format } = place;
  if (place.pushed !== undefined)
    return await openPushed(engine, files, { what, hidden }, columns, place.late === true ? applied : undefined);
  if (applied === undefined) {
    const all = await openFiles(engine, { format, files, what, hidden }, columns);
    return { sql: (column, prune) => all.sql(column, prune), parts: [all] };
  }
  const bySince = Map.groupBy(files, sinceOf(applied));
  const parts: OpenedFiles[] = [];
  for (const some of bySince.values())
    parts.push(await openFiles(engine, { format, files: some, what, hidden }, columns));
  const sinces = [...bySince.keys()];
  return {
    sql: (column, prune) =>
      parts
        .map((part, i) => `select *, ${sinces[i] ?? "null::bigint"} as since from (${part.sql(column, prune)})`)
        .join(" union all "),
    parts,
  };
}

/** {@link sinceSql} by file: made once for all that one load first read, of which there may be thousands. */
function sinceOf({ log, firstLoads }: AppliedRows): (file: string) => string {
  const made = new Map<number | undefined, string>();
  return (file) => {
    const first = firstLoads.get(file);
    const sql = made.get(first) ?? sinceSql(log, first);
    made.set(first, sql);
    return sql;
  };
}

/**
 * Opens files of pushed rows: of columns that no feature read yet when a file was written its rows have nothing.
 *
 * @param applied with it rows have `since`: those that came late
 */
async function openPushed(
  engine: Engine,
  files: readonly string[],
  { what, hidden }: SourceName,
  columns: Readonly<Record<string, ValueKind>>,
  applied?: AppliedRows,
): Promise<OpenedPlace> {
  const names = Object.keys(columns);
  const lacking = async (some: readonly string[]): Promise<readonly string[]> => {
    const schemas = await parquetSchemas(engine, some, what);
    return names.filter((name) => schemas.some(({ types }) => !types.has(name)));
  };
  // Most files have all columns; which does not is looked for where some do not.
  const isWhole = (await lacking(files)).length === 0;
  const sinceOfFile = applied === undefined ? undefined : sinceOf(applied);
  const alike = new Map<
    string,
    { readonly files: string[]; readonly lacks: readonly string[]; readonly since: string }
  >();
  for (const file of files) {
    const lacks = isWhole ? [] : await lacking([file]);
    const since = sinceOfFile === undefined ? "" : `, ${sinceOfFile(file)} as since`;
    const id = JSON.stringify([lacks, since]);
    const own = alike.get(id);
    if (own === undefined) alike.set(id, { files: [file], lacks, since });
    else own.files.push(file);
  }
  const parts: { readonly files: OpenedFiles; readonly lacks: readonly string[]; readonly since: string }[] = [];
  for (const { files: own, lacks, since } of alike.values()) {
    const held = Object.fromEntries(Object.entries(columns).filter(([name]) => !lacks.includes(name)));
    parts.push({ files: await openFiles(engine, { format: "parquet", files: own, what, hidden }, held), lacks, since });
  }
  const nothing = (name: string, column: ColumnNames): string =>
    `, null::${valueType(columns[name] ?? "string")} as ${column(name)}`;
  return {
    sql: (column, prune) =>
      parts
        .map(({ files: part, lacks, since }) => {
          const all = names.map(column).join(", ");
          const none = lacks.map((name) => nothing(name, column)).join("");
          return `select ${all}${since} from (select *${none} from (${part.sql(column, prune)}))`;
        })
        .join(" union all "),
    parts: parts.map(({ files: part }) => part),
  };
}
