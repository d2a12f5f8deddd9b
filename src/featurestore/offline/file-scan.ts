import { open } from "node:fs/promises";
import { TondoError, type TypeName, typeName, type ValueKind } from "../../core/index.ts";
import { duckdbColumn, kindOfDuckdbType, quoteIdentifier } from "../../dsl/index.ts";
import { type Engine, sqlText } from "../duckdb/index.ts";

/** Files of one format to be read as one. */
export interface FileSet {
  readonly format: "parquet" | "csv";
  readonly files: readonly string[];
  /** Who reads them, for errors: `source "orders"`. */
  readonly what: string;
}

function list(files: readonly string[]): string {
  return `[${files.map(sqlText).join(", ")}]`;
}

/** CSV as RFC 4180 has it: an empty field is missing, `""` is an empty text, whatever a sniffer would think. */
const csvForm = `header = true, delim = ',', quote = '"', escape = '"', nullstr = ''`;

/**
 * The columns of some files and their types; columns of types that the language does not have are left out, and so are
 * unusable. All of CSV is sniffed.
 *
 * @throws TondoError `SOURCE_UNREADABLE`
 */
export async function describeFiles(
  engine: Engine,
  { format, files, what }: FileSet,
): Promise<Readonly<Record<string, TypeName>>> {
  const read =
    format === "parquet"
      ? `read_parquet(${list(files)})`
      : `read_csv(${list(files)}, ${csvForm}, union_by_name = true)`;
  const rows = await engine.rows(`describe select * from ${read}`, `reading the columns of ${what}`);
  const columns: Record<string, TypeName> = Object.create(null) as Record<string, TypeName>;
  for (const row of rows) {
    const kind = kindOfDuckdbType(String(row["column_type"]));
    if (kind !== undefined) columns[String(row["column_name"])] = typeName({ kind, optional: true });
  }
  return columns;
}

/**
 * SQL of a relation of some files with these columns, by their quoted names, as values of the language.
 *
 * @throws TondoError `SOURCE_CHANGED` where a column is gone or of another type than the plan says
 */
export async function scanFiles(
  engine: Engine,
  set: FileSet,
  columns: Readonly<Record<string, ValueKind>>,
): Promise<string> {
  const names = Object.keys(columns);
  const present = await describeFiles(engine, set);
  for (const name of names) {
    const type = Object.hasOwn(present, name) ? present[name] : undefined;
    const wanted = columns[name] as ValueKind;
    if (type === undefined) {
      throw new TondoError(
        "SOURCE_CHANGED",
        `${set.what} has no column "${name}" any more, or not of a type that can be read`,
        {
          where: set.files[0] ?? "",
          hint: `It has ${Object.keys(present).slice(0, 20).join(", ")}. Mend the file, or change the definitions and apply them.`,
        },
      );
    }
    if (set.format === "parquet" && !fits(type, wanted)) {
      throw new TondoError(
        "SOURCE_CHANGED",
        `${set.what}: the column "${name}" is of type ${type.replace("?", "")}, and the definitions say ${wanted}`,
        {
          where: set.files[0] ?? "",
          hint: "Mend the file, or change the definitions and apply them.",
        },
      );
    }
  }
  const selected = names.map((name) => `${duckdbColumn(name, columns[name] as ValueKind)} as ${quoteIdentifier(name)}`);
  const select = selected.length === 0 ? "1 as one" : selected.join(", ");
  if (set.format === "parquet") return `select ${select} from read_parquet(${list(set.files)})`;
  return `select ${select} from (${await csvScan(engine, set, columns)})`;
}

/** A column declared as a date may be a timestamp's day, and ints may be declared as durations. */
function fits(type: TypeName, wanted: ValueKind): boolean {
  const kind = type.replace("?", "");
  return (
    kind === wanted ||
    (kind === "int" && (wanted === "float" || wanted === "duration")) ||
    (kind === "date" && wanted === "timestamp")
  );
}

/** CSV with typed columns. Texts are read as they stand; another type that does not fit its text is an error with its line. */
async function csvScan(
  engine: Engine,
  { files, what }: FileSet,
  columns: Readonly<Record<string, ValueKind>>,
): Promise<string> {
  await sameHeaders(files, what);
  const header = await engine.rows(
    `describe select * from read_csv(${list(files)}, ${csvForm}, all_varchar = true)`,
    `reading the header of ${what}`,
  );
  const types = header.map((row) => {
    const name = String(row["column_name"]);
    const kind = Object.hasOwn(columns, name) ? columns[name] : undefined;
    return `${sqlText(name)}: ${sqlText(csvType(kind))}`;
  });
  return `select * from read_csv(${list(files)}, auto_detect = false, ${csvForm}, allow_quoted_nulls = false, columns = {${types.join(", ")}})`;
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
  switch (kind) {
    case "bool":
      return "BOOLEAN";
    case "int":
    case "duration":
      return "BIGINT";
    case "float":
      return "DOUBLE";
    case "timestamp":
      return "TIMESTAMP WITH TIME ZONE";
    case "date":
      return "DATE";
    default:
      return "VARCHAR";
  }
}
