import { TondoError, type ValueKind } from "../../../core/index.ts";
import { duckdbType } from "../../../dsl/index.ts";
import { type Engine, sqlText } from "../../duckdb/index.ts";
import { refuseCells } from "./csv-cells.ts";
import { headerOf } from "./csv-header.ts";
import { namesTwice, refuseTwice } from "./parquet-columns.ts";
import { readCsv } from "./read-files.ts";

/** Moments and dates as ISO 8601 has them. Other forms are texts: whether the third of `03/04/05` is a year nobody knows. */
const isoForms = "dateformat = '%Y-%m-%d', timestampformat = '%Y-%m-%d %H:%M:%S'";

/** How many headers are read at once. */
const headersAtOnce = 32;

/** Whether a path is of CSV by its ending, packed or not. */
export function isCsv(path: string): boolean {
  return /\.csv(\.gz|\.zst)?$/i.test(path);
}

/** SQL that reads CSV files with types found by looking at all of their rows. */
export function sniffedCsv(files: readonly string[]): string {
  return readCsv(files, isoForms, "sample_size = -1", "union_by_name = true");
}

/**
 * SQL that reads CSV files with the types that some columns shall have. Texts are read as they stand; all other cells are looked at first.
 *
 * @param names all columns of the first file, in their order: see {@link headerOf}
 * @param hidden columns whose cells no error shows
 * @throws TondoError `SOURCE_CHANGED` where the files have different headers, or a column twice; `SOURCE_UNREADABLE` where a cell is not of its
 * column's type
 */
export async function typedCsv(
  engine: Engine,
  files: readonly string[],
  what: string,
  names: readonly string[],
  columns: Readonly<Record<string, ValueKind>>,
  hidden: ReadonlySet<string> = new Set(),
): Promise<string> {
  await sameHeaders(files, what, names);
  const [first = ""] = files;
  const twice = namesTwice(names);
  for (const name of Object.keys(columns)) refuseTwice(name, twice, what, first);
  const kindOf = (name: string): ValueKind | undefined => (Object.hasOwn(columns, name) ? columns[name] : undefined);
  // Columns that are not asked for may have any name.
  const nameOf = (name: string, i: number): string => (kindOf(name) === undefined ? `unread ${String(i)}` : name);
  const checked = names.flatMap((name, i) => {
    const kind = kindOf(name);
    return kind === undefined ? [] : [{ name, kind, text: `cell${String(i)}` }];
  });
  await refuseCells(engine, what, files, checked, hidden, (some) =>
    readTyped(
      some,
      names.map((name, i) => [kindOf(name) === undefined ? nameOf(name, i) : `cell${String(i)}`, "VARCHAR"]),
      "filename = true",
    ),
  );
  return readTyped(
    files,
    names.map((name, i) => [nameOf(name, i), csvType(kindOf(name))]),
  );
}

function readTyped(
  files: readonly string[],
  columns: readonly (readonly [string, string])[],
  ...settings: readonly string[]
): string {
  const types = columns.map(([name, type]) => `${sqlText(name)}: ${sqlText(type)}`).join(", ");
  const typed = ["auto_detect = false", "allow_quoted_nulls = false", `columns = {${types}}`];
  return `select * from ${readCsv(files, ...typed, ...settings)}`;
}

/** Columns are read by place: files of one source must have them in one order. */
async function sameHeaders(files: readonly string[], what: string, names: readonly string[]): Promise<void> {
  for (let at = 1; at < files.length; at += headersAtOnce) {
    const some = files.slice(at, at + headersAtOnce);
    const headers = await Promise.all(some.map((file) => headerOf(file, what)));
    for (const [i, header] of headers.entries()) {
      if (header.length === names.length && header.every((name, place) => name === names[place])) continue;
      throw new TondoError("SOURCE_CHANGED", `${what}: the files have different headers`, {
        where: some[i] ?? "",
        hint: `Give each file the header of the first, ${files[0] ?? ""}: ${names.slice(0, 20).join(",")}`,
      });
    }
  }
}

/** The type that a column of CSV is read as; without a kind, that of a column that nobody asks for. */
export function csvType(kind: ValueKind | undefined): string {
  if (kind === undefined) return "VARCHAR";
  return kind === "timestamp" ? "TIMESTAMP WITH TIME ZONE" : duckdbType(kind);
}
