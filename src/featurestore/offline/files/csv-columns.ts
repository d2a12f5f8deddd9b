import { open } from "node:fs/promises";
import { TondoError, type ValueKind } from "../../../core/index.ts";
import { duckdbType } from "../../../dsl/index.ts";
import { type Engine, sqlText } from "../../duckdb/index.ts";
import { pathList, refuseTwice } from "./parquet-columns.ts";

/** CSV as RFC 4180 has it: an empty field is missing, `""` is an empty text, whatever a sniffer would think. */
const csvForm = `delim = ',', quote = '"', escape = '"', nullstr = ''`;

/** SQL that reads CSV files with types found by looking at all of their rows. */
export function sniffedCsv(files: readonly string[]): string {
  return `read_csv(${pathList(files)}, header = true, ${csvForm}, sample_size = -1, union_by_name = true)`;
}

/**
 * SQL that reads CSV files with the types that some columns shall have. Texts are read as they stand; another type that does not
 * fit its text is an error with its line.
 *
 * @param names all columns of the files, in their order: see {@link headerOf}
 * @throws TondoError `SOURCE_CHANGED` where the files have different headers, or a column twice
 */
export async function typedCsv(
  files: readonly string[],
  what: string,
  names: readonly string[],
  columns: Readonly<Record<string, ValueKind>>,
): Promise<string> {
  await sameHeaders(files, what);
  const [first = ""] = files;
  const lower = names.map((name) => name.toLowerCase());
  const twice = names.filter((_, i) => lower.indexOf(lower[i] ?? "") !== i);
  for (const name of Object.keys(columns)) refuseTwice(name, twice, what, first);
  const types = names.map((name, i) => {
    const kind = Object.hasOwn(columns, name) ? columns[name] : undefined;
    // Columns that are not asked for may have any name.
    return `${sqlText(kind === undefined ? `unread ${String(i)}` : name)}: ${sqlText(csvType(kind))}`;
  });
  return `select * from read_csv(${pathList(files)}, auto_detect = false, header = true, ${csvForm}, allow_quoted_nulls = false, columns = {${types.join(", ")}})`;
}

/** The names in the first line of a CSV file, in order. */
export async function headerOf(engine: Engine, file: string, what: string): Promise<readonly string[]> {
  const [row = {}] = await engine.rows(
    `select * from read_csv(${pathList([file])}, header = false, all_varchar = true, ${csvForm}) limit 1`,
    `reading the header of ${what}`,
  );
  return Object.values(row).map((name) => String(name ?? ""));
}

/** Columns are read by place: files of one source must have them in one order. */
async function sameHeaders(files: readonly string[], what: string): Promise<void> {
  let first: string | undefined;
  for (const file of files) {
    const header = await firstLine(file);
    first ??= header;
    if (header !== first) {
      throw new TondoError("SOURCE_CHANGED", `${what}: the files have different headers`, {
        where: file,
        hint: `Give each file the header of the first, ${files[0] ?? ""}.`,
      });
    }
  }
}

async function firstLine(path: string): Promise<string> {
  const file = await open(path);
  try {
    const buffer = Buffer.alloc(65_536);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, 0);
    return (
      buffer
        .toString("utf8", 0, bytesRead)
        .replace(/^\ufeff/, "")
        .split(/\r?\n/)[0] ?? ""
    );
  } finally {
    await file.close();
  }
}

function csvType(kind: ValueKind | undefined): string {
  if (kind === undefined) return "VARCHAR";
  return kind === "timestamp" ? "TIMESTAMP WITH TIME ZONE" : duckdbType(kind);
}
