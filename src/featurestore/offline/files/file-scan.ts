import {
  elementKind,
  isList,
  isScalar,
  nearestName,
  TondoError,
  type TypeName,
  type ValueKind,
} from "../../../core/index.ts";
import { duckdbColumn, duckdbType, kindOfDuckdbType, quoteIdentifier } from "../../../dsl/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import { openArrow } from "./arrow/arrow-files.ts";
import { misfitOf } from "./column-misfit.ts";
import { refuseCutNanoseconds } from "./cut-nanoseconds.ts";
import { sniffedCsv, typedCsv } from "./csv-columns.ts";
import { headerOf } from "./csv-header.ts";
import { refuseOtherLengths } from "./embedding-lengths.ts";
import {
  namesTwice,
  nothingType,
  type ParquetSchema,
  parquetSchemas,
  readableColumns,
  refuseTwice,
} from "./parquet-columns.ts";
import { floorNanoseconds } from "./floor-nanoseconds.ts";
import { type Footers, readFooters } from "./parquet-footers.ts";
import { readParquet } from "./read-files.ts";

/** Files of one format to be read as one. */
export interface FileSet {
  readonly format: "parquet" | "csv" | "arrow";
  readonly files: readonly string[];
  /** Who reads them, for errors: `source "orders"`. */
  readonly what: string;
  /** Whether each embedding must have its length. Otherwise those of another are missing, and only a column without any of its own is refused. */
  readonly exactLengths?: boolean;
  /** Columns with personal data: no error shows what stands in them. */
  readonly hidden?: ReadonlySet<string>;
}

/**
 * The columns of some files and their types, as the first file has them; columns of types that the language does not have are
 * left out. All of CSV is sniffed; what is of no type there is text.
 *
 * @throws TondoError `SOURCE_UNREADABLE`
 */
export async function describeFiles(
  engine: Engine,
  { format, files, what }: FileSet,
): Promise<Readonly<Record<string, TypeName>>> {
  const doing = `reading the columns of ${what}`;
  if (format === "csv") {
    const rows = await engine.rows(`describe select * from ${sniffedCsv(files)}`, doing);
    return readableColumns(
      new Map(
        rows.map((row) => {
          const type = String(row["column_type"]);
          return [String(row["column_name"]), kindOfDuckdbType(type) === undefined ? "VARCHAR" : type];
        }),
      ),
    );
  }
  const [first] = await schemasOf(engine, { format, files: files.slice(0, 1), what });
  return readableColumns(first?.types ?? new Map<string, string>());
}

/**
 * The columns of the first of some files as it has them. Of CSV, which has no types, they are as texts: the header alone is read.
 *
 * @throws TondoError `SOURCE_UNREADABLE`
 */
export async function columnsOfFirst(engine: Engine, { format, files, what }: FileSet): Promise<ParquetSchema> {
  const [file = ""] = files;
  if (format !== "csv") {
    const [schema] = await schemasOf(engine, { format, files: [file], what });
    return schema ?? { file, types: new Map(), twice: [], cutNanoseconds: [] };
  }
  const names = await headerOf(file, what);
  const types = new Map(names.map((name) => [name, "VARCHAR"]));
  return { file, types, twice: namesTwice(names), cutNanoseconds: [] };
}

/** What the columns of files with types are, of Arrow as they would be in Parquet. */
async function schemasOf(engine: Engine, { format, files, what }: FileSet): Promise<readonly ParquetSchema[]> {
  return format === "arrow" ? (await openArrow(engine, files, what)).schemas : parquetSchemas(engine, files, what);
}

/** How the columns of a scan are named in SQL. */
export type ColumnNames = (name: string) => string;

/** A column as the files have it, and a value of the language as it would stand there: to be compared in the files' own order. */
export type StoredForm = (
  name: string,
) => { readonly column: string; readonly value: (sql: string) => string } | undefined;

/** Files whose columns have been looked at: SQL of a relation of them, by any names and conditions. */
export interface OpenedFiles {
  /**
   * SQL of the columns, by `nameOf` (quoted as they are, if nothing is said), as values of the language.
   *
   * @param prune gives a condition on the columns of Parquet files as they are, by which groups of rows are skipped unread
   * @param stored columns that are left as the files have them
   */
  readonly sql: (nameOf?: ColumnNames, prune?: Prune, stored?: readonly string[]) => string;
  /** SQL of the value of a column that was left as the files have it, and is called `name` since. */
  readonly valueOf: (column: string, name: string) => string;
  /** What the footers of Parquet say, of a column of timestamps too, if it is named; other files have none. */
  readonly footers: (time?: string) => Promise<Footers | undefined>;
}

/** Makes a condition over the columns of files as they are. */
export type Prune = (stored: StoredForm) => string | undefined;

/**
 * Looks at files that shall have these columns. Every file is looked at: DuckDB alone would silently cast a column to the type that
 * the first file gives it.
 *
 * @throws TondoError `SOURCE_CHANGED` where a column is gone, stands twice, or is of another type or, of embeddings, length than the
 * plan says; `SOURCE_UNREADABLE`
 */
export async function openFiles(
  engine: Engine,
  set: FileSet,
  columns: Readonly<Record<string, ValueKind>>,
): Promise<OpenedFiles> {
  const names = Object.keys(columns);
  const select = (nameOf: ColumnNames, one: (name: string, kind: ValueKind) => string): string =>
    names.length === 0
      ? "1 as one"
      : names.map((name) => `${one(name, columns[name] ?? "string")} as ${nameOf(name)}`).join(", ");
  if (set.format === "csv") {
    const header = await headerOf(set.files[0] ?? "", set.what);
    for (const name of names) if (!header.includes(name)) throw gone(name, set, header);
    for (const name of names) refuseInCsv(name, columns[name] ?? "string", set);
    const typed = await typedCsv(engine, set.files, set.what, header, columns, set.hidden);
    return {
      sql: (nameOf = quoteIdentifier, _, stored = []) =>
        `select ${select(nameOf, (name, kind) => (stored.includes(name) ? quoteIdentifier(name) : duckdbColumn(name, kind)))} from (${typed})`,
      valueOf: (column, name) => duckdbColumn(name, columns[column] ?? "string"),
      footers: () => Promise.resolve(undefined),
    };
  }
  const arrow = set.format === "arrow" ? await openArrow(engine, set.files, set.what) : undefined;
  const schemas = arrow?.schemas ?? (await parquetSchemas(engine, set.files, set.what));
  for (const schema of schemas) for (const name of names) checkColumn(schema, name, columns[name] ?? "string", set);
  // Where files differ, each column is read as the widest of its types.
  const read =
    (await arrow?.load(names)) ?? readParquet(set.files, ...(schemas.length > 1 ? ["union_by_name = true"] : []));
  const isNothing = (name: string): boolean => schemas.every(({ types }) => types.get(name) === nothingType);
  for (const name of names)
    if (!isNothing(name)) await refuseOtherLengths(engine, read, name, columns[name] ?? "string", set);
  await refuseCutNanoseconds(engine, read, schemas, columns, set.what);
  const isNanoseconds = (name: string): boolean =>
    schemas.some(({ types }) => types.get(name)?.toUpperCase().startsWith("TIMESTAMP_NS") === true);
  const valueOf = (column: string, name: string): string => {
    const kind = columns[column] ?? "string";
    if (isNothing(column)) return `null::${valueType(kind)}`;
    return isNanoseconds(column) ? duckdbColumn(name, kind, floorNanoseconds) : duckdbColumn(name, kind);
  };
  return {
    sql: (nameOf = quoteIdentifier, prune = () => undefined, stored = []) => {
      const pruned = prune((name) => storedForm(name, columns[name], schemas));
      const selected = select(nameOf, (name) => (stored.includes(name) ? quoteIdentifier(name) : valueOf(name, name)));
      return `select ${selected} from ${read}${pruned === undefined ? "" : ` where ${pruned}`}`;
    },
    valueOf,
    footers: (time) =>
      arrow === undefined ? readFooters(engine, set.files, set.what, time) : Promise.resolve(undefined),
  };
}

/** As {@link openFiles}, for SQL that is needed once. */
export async function scanFiles(
  engine: Engine,
  set: FileSet,
  columns: Readonly<Record<string, ValueKind>>,
  nameOf?: ColumnNames,
  prune?: Prune,
): Promise<string> {
  return (await openFiles(engine, set, columns)).sql(nameOf, prune);
}

/**
 * How the values of a column of a DuckDB type stand in its files. Types that are read as they are need no such form: DuckDB itself prunes by
 * conditions on what is read.
 */
function storedForm(
  name: string,
  kind: ValueKind | undefined,
  schemas: readonly ParquetSchema[],
): ReturnType<StoredForm> {
  const [type, ...others] = new Set(schemas.map(({ types }) => types.get(name)?.toUpperCase()));
  if (others.length > 0) return undefined;
  const column = quoteIdentifier(name);
  switch (type) {
    case "FLOAT":
    case "DOUBLE":
      return { column: `${column}::double`, value: (sql) => sql };
    case "TIMESTAMP":
      return { column, value: (sql) => `make_timestamp(${sql})` };
    case "TIMESTAMP WITH TIME ZONE":
      return { column, value: (sql) => `make_timestamp(${sql})::timestamptz` };
    case "DATE":
      if (kind === "timestamp") return { column: `${column}::timestamp`, value: (sql) => `make_timestamp(${sql})` };
      return { column, value: (sql) => `(date '1970-01-01' + (${sql})::int)` };
    default:
      return undefined;
  }
}

/** The type in SQL of values of a kind, as relations have them: moments are BIGINT. */
export function valueType(kind: ValueKind): string {
  if (isList(kind)) return `${valueType(elementKind(kind))}[]`;
  return kind === "timestamp" || kind === "date" ? "BIGINT" : duckdbType(kind);
}

function checkColumn(schema: ParquetSchema, name: string, wanted: ValueKind, set: FileSet): void {
  const { file, types, twice } = schema;
  const misfit = misfitOf(schema, name, wanted);
  if (misfit === undefined) return;
  if (misfit === "twice") refuseTwice(name, twice, set.what, file);
  if (misfit === "gone") throw gone(name, { ...set, files: [file] }, [...types.keys()]);
  const is =
    typeof misfit === "string"
      ? `${types.get(name) ?? "a nested type"}, which the language does not have`
      : misfit.kind;
  throw new TondoError(
    "SOURCE_CHANGED",
    `${set.what}: the column "${name}" is of type ${is}, and the definitions say ${wanted}`,
    { where: file, hint: "Mend the file, or change the definitions and apply them." },
  );
}

function gone(name: string, { what, files }: FileSet, present: readonly string[]): TondoError {
  const nearest = nearestName(name, present);
  const meant = nearest === undefined || nearest === "" ? "" : ` Did you mean "${nearest}"?`;
  return new TondoError("SOURCE_CHANGED", `${what}: there is no column "${name}"`, {
    where: files[0] ?? "",
    hint: `It has ${present.slice(0, 20).join(", ")}.${meant} Mend the file, or change the definitions and apply them.`,
  });
}

function refuseInCsv(name: string, kind: ValueKind, { what, files }: FileSet): void {
  if (isScalar(kind)) return;
  throw new TondoError("SOURCE_CHANGED", `${what}: CSV cannot hold the column "${name}" of type ${kind}`, {
    where: files[0] ?? "",
    hint: "Write it as Parquet.",
  });
}
