import { canonicalJson, hiddenValue, sha256, TondoError, type ValueKind } from "../../../core/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import { stampFiles } from "./source-files.ts";

/** What an engine has looked at already: joins read one source more than once. */
const seen = new WeakMap<Engine, Set<string>>();

/** A column of CSV files whose cells are to be of a kind, and SQL of its text. */
interface CheckedColumn {
  readonly name: string;
  readonly kind: ValueKind;
  readonly text: string;
}

/** A moment without an offset or zone, with whatever the engine takes between the parts of its date. */
const localMoment = String.raw`\s*[0-9]+[-/ \\][0-9]+[-/ \\][0-9]+([ T]+[0-9:.]+)?\s*`;

/** How a value of a kind is written, for those that cells can be wrong of. */
const written: Readonly<Partial<Record<ValueKind, string>>> = {
  bool: "true or false",
  int: "a whole number",
  float: "a number, with a point",
  timestamp: 'a moment, such as "2001-06-20T12:00:00Z"',
  date: 'a date, such as "2001-06-20"',
  duration: "microseconds, a whole number",
};

/** SQL of whether there is a text that is no value of a kind. The engine alone would round `1.5` to an int, and of what is no moment make a missing one. */
function isNone(text: string, kind: ValueKind): string {
  return `(${text} is not null and ${cannotBe(text, kind)})`;
}

function cannotBe(text: string, kind: ValueKind): string {
  switch (kind) {
    case "int":
    case "duration":
      return String.raw`(not regexp_full_match(${text}, '\s*[+-]?[0-9]+(\.0*)?\s*') or try_cast(${text} as bigint) is null)`;
    case "float":
      return `try_cast(${text} as double) is null`;
    case "bool":
      return `try_cast(${text} as boolean) is null`;
    case "timestamp":
      return `try_cast(${text} as timestamptz) is null`;
    case "date":
      return `(try_cast(${text} as date) is null or contains(${text}, ':'))`;
    default:
      return "false";
  }
}

/**
 * Looks at all cells of some columns of CSV files before they are read as what they shall be; an engine does so once for the same files.
 *
 * @param hidden columns whose cells are not to be shown
 * @param read SQL of files whose columns are texts, with `filename`, by the SQL of `texts`
 * @throws TondoError `SOURCE_UNREADABLE` with the row where a cell is no value of its column's kind, or where one column has moments with an offset
 * and moments without: those would silently be of another hour. Its details name the `column`
 */
export async function refuseCells(
  engine: Engine,
  what: string,
  files: readonly string[],
  columns: readonly CheckedColumn[],
  hidden: ReadonlySet<string>,
  read: (files: readonly string[]) => string,
): Promise<void> {
  const checked = columns.filter(({ kind }) => kind !== "string");
  if (checked.length === 0) return;
  const own = seen.get(engine) ?? new Set<string>();
  seen.set(engine, own);
  const id = sha256(canonicalJson([await stampFiles(files), checked]));
  if (own.has(id)) return;
  const doing = `reading ${what}`;
  const local = (text: string): string => `regexp_full_match(${text}, '${localMoment}')`;
  const zoned = (text: string): string => `(not ${local(text)} and regexp_matches(${text}, '[0-9]'))`;
  const found = checked.flatMap(({ kind, text }, i) => [
    `bool_or(${isNone(text, kind)}) as none${String(i)}`,
    ...(kind === "timestamp" ? [`bool_or(${local(text)}) and bool_or(${zoned(text)}) as mixed${String(i)}`] : []),
  ]);
  const [row = {}] = await engine.rows(`select ${found.join(", ")} from (${read(files)})`, doing);
  const first = async (condition: string, { name, text }: CheckedColumn): Promise<Cell> => {
    const [where] = await engine.rows(
      `select filename as file from (${read(files)}) where ${condition} limit 1`,
      doing,
    );
    const file = String(where?.["file"]);
    const [cell] = await engine.rows(
      `select n::double as n, cell from (select row_number() over () as n, ${text} as cell, ${condition} as one from (${read([file])})) where one limit 1`,
      doing,
    );
    const shown = hidden.has(name) ? hiddenValue : JSON.stringify(String(cell?.["cell"]).slice(0, 100));
    return { file, row: Number(cell?.["n"]), text: shown };
  };
  for (const [i, column] of checked.entries()) {
    const { name, kind, text } = column;
    if (row[`none${String(i)}`] === true) {
      const cell = await first(isNone(text, kind), column);
      throw refusal(
        `${what}: row ${String(cell.row)} behind the header has ${cell.text} in the column "${name}", which is of type ${kind}`,
        `Write ${written[kind] ?? "a value of that type"}; leave the cell empty where it is missing.`,
        name,
        cell,
      );
    }
    if (row[`mixed${String(i)}`] === true) {
      const [with_, without] = [await first(zoned(text), column), await first(local(text), column)];
      throw refusal(
        `${what}: the column "${name}" has moments with an offset, such as ${with_.text}, and without, such as ${without.text} in row ${String(without.row)} behind the header`,
        "Write all of them with their offset; alone, those without would be UTC.",
        name,
        without,
      );
    }
  }
  own.add(id);
}

interface Cell {
  readonly file: string;
  /** Counted from 1. */
  readonly row: number;
  /** Quoted, or hidden. */
  readonly text: string;
}

function refusal(message: string, hint: string, column: string, { file, row }: Cell): TondoError {
  return new TondoError("SOURCE_UNREADABLE", message, { where: file, hint, details: { column, row } });
}
