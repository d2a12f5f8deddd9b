import { join } from "node:path";
import {
  isScalar,
  nearestName,
  parseTypeName,
  TondoError,
  type TypeName,
  type ValueKind,
} from "../../../core/index.ts";
import { duckdbColumn, duckdbType, quoteIdentifier } from "../../../dsl/index.ts";
import { type Engine, sqlText } from "../../duckdb/index.ts";
import { type ColumnNames, columnsOfFirst, type FileSet, scanFiles } from "../files/file-scan.ts";
import { csvType } from "../files/csv-columns.ts";
import { readCsv, readParquet } from "../files/read-files.ts";
import { formatOfFile } from "./output-names.ts";
import { rowColumn } from "./output-columns.ts";
import { listOfText } from "./output-sql.ts";
import type { Manifest, OutputColumn, OutputFile } from "./manifest.ts";

/** Rows of a training set: its folder, its manifest, and which part. */
export interface SetRows {
  readonly folder: string;
  readonly manifest: Manifest;
  readonly part: OutputFile["part"] | "all";
}

/** The files of a part. */
export function filesOfPart(manifest: Manifest, part: SetRows["part"]): readonly OutputFile[] {
  return manifest.files.filter((file) => part === "all" || file.part === part);
}

/** The kind of a column of a training set; `undefined` where it has none of the name. */
export function columnKind({ columns }: Manifest, name: string): ValueKind | undefined {
  const column = columns.find((one) => one.name === name);
  return column === undefined ? undefined : typeKind(column.type);
}

/**
 * SQL of a relation of a training set's rows with these columns, by `nameOf` (quoted as they are, if nothing is said), as values of the
 * language: the same whatever its files are. With `ordered` they come in the order of the rows, however they are partitioned.
 *
 * @throws TondoError `ROWS_INVALID` where the set has no such column, `SOURCE_CHANGED` where a file has other columns than its manifest says,
 * `SOURCE_MISSING`, `SOURCE_UNREADABLE`
 */
export async function scanSet(
  engine: Engine,
  rows: SetRows,
  names: readonly string[],
  { ordered = false, nameOf = quoteIdentifier }: { readonly ordered?: boolean; readonly nameOf?: ColumnNames } = {},
): Promise<string> {
  const { folder, manifest, part } = rows;
  for (const name of names) requireColumn(rows, name);
  const found = filesOfPart(manifest, part);
  const [first] = found;
  const format = first === undefined ? "parquet" : formatOfFile(first);
  const partitions = Object.keys(first?.partition ?? {});
  const set: FileSet = {
    format,
    files: found.map(({ path }) => join(folder, path)),
    what: `the training set "${folder}"`,
  };
  const inOrder = ordered && partitions.length > 0;
  const needed = new Set(inOrder ? [...names, rowColumn] : names);
  const own = manifest.columns.filter(({ name }) => !partitions.includes(name));
  const { read, columns } =
    format === "csv" ? await csvFiles(engine, set, own) : await parquetFiles(engine, set, own, needed);
  const values = [...needed].map((name) => {
    const kind = kindOf(manifest, name);
    const value = partitions.includes(name)
      ? partitionValue(found, name, kind)
      : ownValue(columns.indexOf(name), kind, format);
    return `${value} as ${quoteIdentifier(name)}`;
  });
  const selected = names.map((name) => `${duckdbColumn(name, kindOf(manifest, name))} as ${nameOf(name)}`);
  // By names of ours: a column that is named as the engine names the file's number would hide that.
  return `select ${selected.length === 0 ? "1 as one" : selected.join(", ")}
    from (select ${values.length === 0 ? "1 as one" : values.join(", ")} from ${read} as files(${columns.map((_, i) => placeName(i)).join(", ")}))${inOrder ? ` order by ${quoteIdentifier(rowColumn)}` : ""}`;
}

/** What reads files, and the names of all their columns in order. */
interface ReadFiles {
  readonly read: string;
  readonly columns: readonly string[];
}

/** Parquet files, once they have been seen to have the columns that are read. */
async function parquetFiles(
  engine: Engine,
  set: FileSet,
  own: readonly OutputColumn[],
  needed: ReadonlySet<string>,
): Promise<ReadFiles> {
  const read = own.filter(({ name }) => needed.has(name));
  await scanFiles(engine, set, Object.fromEntries(read.map(({ name, type }) => [name, typeKind(type)])));
  const { types, twice } = await columnsOfFirst(engine, set);
  if (twice.length > 0) throw otherColumns(set);
  return { read: readParquet(set.files), columns: [...types.keys()] };
}

/** CSV files, whose columns are those of the manifest. */
async function csvFiles(engine: Engine, set: FileSet, own: readonly OutputColumn[]): Promise<ReadFiles> {
  const { types } = await columnsOfFirst(engine, set);
  const header = [...types.keys()];
  const expected = own.map(({ name }) => name);
  if (header.length !== expected.length || !header.every((name, i) => name === expected[i])) throw otherColumns(set);
  const columns = own.map(({ name, type }) => `${sqlText(name)}: ${sqlText(csvType(textKind(typeKind(type))))}`);
  const typed = ["auto_detect = false", "allow_quoted_nulls = false", `columns = {${columns.join(", ")}}`];
  return { read: readCsv(set.files, ...typed), columns: header };
}

function otherColumns({ what, files }: FileSet): TondoError {
  return new TondoError("SOURCE_CHANGED", `${what} has other columns than its manifest says`, {
    where: files[0] ?? "",
    hint: "Make the training set again.",
  });
}

/** SQL of a column of the files by its place, with lists as lists. */
function ownValue(place: number, kind: ValueKind, format: FileSet["format"]): string {
  const column = `files.${placeName(place)}`;
  return format === "csv" && textKind(kind) !== kind ? listOfText(column, kind) : column;
}

function placeName(place: number): string {
  return `c${String(place)}`;
}

/** SQL of the value that rows have by the file they stand in. */
function partitionValue(files: readonly OutputFile[], name: string, kind: ValueKind): string {
  const values = files.map(({ partition }) => {
    const value = partition?.[name] ?? null;
    return value === null ? "null" : sqlText(value);
  });
  return `([${values.join(", ")}]::varchar[])[(files.file_index + 1)::bigint]::${duckdbType(kind)}`;
}

/** Lists stand in CSV as texts. */
function textKind(kind: ValueKind): ValueKind {
  return isScalar(kind) ? kind : "string";
}

function kindOf(manifest: Manifest, name: string): ValueKind {
  return columnKind(manifest, name) ?? "string";
}

function typeKind(type: string): ValueKind {
  return parseTypeName(type as TypeName).kind;
}

function requireColumn({ folder, manifest }: SetRows, name: string): void {
  const names = manifest.columns.map((column) => column.name);
  if (names.includes(name)) return;
  const nearest = nearestName(name, names);
  throw new TondoError("ROWS_INVALID", `the training set has no column "${name}"`, {
    where: folder,
    hint:
      nearest === undefined
        ? `It has ${names.slice(0, 20).join(", ")}. Columns of the rows are in it where \`carry\` (--carry) names them.`
        : `Did you mean "${nearest}"?`,
  });
}
