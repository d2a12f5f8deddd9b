import {
  admit,
  type Micros,
  type Moment,
  parseTypeName,
  type ScalarKind,
  TondoError,
  toMicros,
  type Value,
  type ValueKind,
} from "../../core/index.ts";
import type { KeyColumnPlan, VectorPlan } from "../../dsl/index.ts";
import { type Engine, fromCarrier, type TableColumn } from "../duckdb/index.ts";
import { columnsOfFirst, describeFiles, type FileSet, scanFiles } from "./file-scan.ts";
import { readableColumns } from "./parquet-columns.ts";
import { filesOf } from "./source-files.ts";

/** A left row given from memory: its moment, and its columns by name. */
export type LeftRow = Readonly<Record<string, unknown>>;

/** The left side of a training join: a Parquet or CSV file (or several, by a glob), or rows in memory. */
export type LeftRows = string | readonly LeftRow[];

/** How many rows may be given from memory. */
export const maxRowsInMemory = 2_000_000;

/** A loaded left side: a table with `row`, `q`, the vector's columns and those carried along. */
export interface LoadedRows {
  readonly table: string;
  readonly rows: number;
  /** SQL of a column by its name: inside the table all have names that no other column of a join has. */
  readonly column: (name: string) => string;
  /** Columns carried along, with their kinds. */
  readonly carried: readonly TableColumn[];
}

/** What to load. */
export interface LeftRowsOptions {
  readonly engine: Engine;
  readonly vector: VectorPlan;
  readonly rows: LeftRows;
  /** The column that says when each row asks; default `at`. */
  readonly at: string;
  /** Further columns to carry into the training set. */
  readonly carry: readonly string[];
  readonly folder: string;
  /** Whether label columns must be there; online requests have none. */
  readonly labels: boolean;
  readonly signal?: AbortSignal | undefined;
}

const table = "left_rows";

/**
 * Loads the left rows, in order.
 *
 * @throws TondoError `ROWS_INVALID` where a column lacks, is of another type, or a row has no time; `SOURCE_MISSING`,
 * `SOURCE_UNREADABLE`
 */
export async function loadLeftRows(options: LeftRowsOptions): Promise<LoadedRows> {
  const { vector, labels } = options;
  const wanted = [...vector.keys, ...vector.inputs, ...(labels ? vector.labelColumns : [])];
  return typeof options.rows === "string"
    ? loadFile(options, options.rows, wanted)
    : loadArray(options, options.rows, wanted);
}

async function loadFile(options: LeftRowsOptions, path: string, wanted: readonly KeyColumnPlan[]): Promise<LoadedRows> {
  const { engine, at, carry, folder, signal } = options;
  const files = await filesOf(path, folder, "training rows");
  const set: FileSet = {
    format: /\.csv$/i.test(path) ? "csv" : "parquet",
    files,
    what: "training rows",
    exactLengths: true,
  };
  // Types are needed of what is carried only, and of CSV they take a look at every row.
  const present =
    carry.length === 0 ? readableColumns((await columnsOfFirst(engine, set)).types) : await describeFiles(engine, set);
  const columns: Record<string, ValueKind> = { [at]: "timestamp" };
  for (const { name, type } of wanted) columns[name] = parseTypeName(type).kind;
  const carried = carry.map((name): TableColumn => {
    const type = Object.hasOwn(present, name) ? present[name] : undefined;
    return { name, kind: type === undefined ? "string" : parseTypeName(type).kind };
  });
  for (const { name, kind } of carried) columns[name] ??= kind;
  for (const name of Object.keys(columns)) {
    if (Object.hasOwn(present, name)) continue;
    const has = `They have ${Object.keys(present).slice(0, 20).join(", ")}.`;
    throw new TondoError("ROWS_INVALID", `the training rows have no column "${name}"${roleOf(options, name)}`, {
      where: path,
      hint: name === at ? `${has} Say which one is the moment of each row: \`at\`, or --at-column.` : has,
    });
  }
  const column = namesOf(Object.keys(columns));
  const scan = await scanFiles(engine, set, columns, column).catch((error: unknown) => {
    if (error instanceof TondoError && error.code === "SOURCE_CHANGED") {
      throw new TondoError("ROWS_INVALID", error.message, {
        ...(error.where === undefined ? {} : { where: error.where }),
        hint: "Mend the file; cast or rename the column there.",
        cause: error,
      });
    }
    throw error;
  });
  const names = Object.keys(columns).filter((name) => name !== at || wanted.some((column) => column.name === at));
  await engine.run(
    `create or replace temp table ${table} as
     select row_number() over () - 1 as row, ${column(at)} as q${names.map((name) => `, ${column(name)}`).join("")} from (${scan})`,
    "reading the training rows",
    signal,
  );
  return { table, rows: await count(engine, path), column, carried };
}

/** What a column is there for. */
function roleOf({ at, carry, vector }: LeftRowsOptions, name: string): string {
  if (name === at) return ", the moment of each row";
  const is = (columns: readonly KeyColumnPlan[]): boolean => columns.some((column) => column.name === name);
  if (is(vector.keys)) return `, a key of the vector ${vector.name}`;
  if (is(vector.inputs)) return `, an input of the vector ${vector.name}`;
  if (is(vector.labelColumns)) return `, which a label of the vector ${vector.name} reads`;
  return carry.includes(name) ? " to carry" : "";
}

async function loadArray(
  options: LeftRowsOptions,
  rows: readonly LeftRow[],
  wanted: readonly KeyColumnPlan[],
): Promise<LoadedRows> {
  const { engine, at, carry, signal } = options;
  if (rows.length > maxRowsInMemory) {
    throw new TondoError(
      "LIMIT_EXCEEDED",
      `${String(rows.length)} rows from memory, and at most ${String(maxRowsInMemory)} are taken`,
      { hint: "Write them to a Parquet file and give its path." },
    );
  }
  const carried = carry.map((name): TableColumn => ({ name, kind: kindOfValues(rows, name) }));
  const given: readonly TableColumn[] = [
    ...wanted.map(({ name, type }) => ({ name, kind: parseTypeName(type).kind })),
    ...carried.filter(({ name }) => !wanted.some((column) => column.name === name)),
  ];
  const column = namesOf(given.map(({ name }) => name));
  const columns: readonly TableColumn[] = [
    { name: "row", kind: "int" },
    { name: "q", kind: "int" },
    ...given.map(({ name, kind }) => ({ name: column(name), kind })),
  ];
  const valuesOf = (row: unknown, i: number): readonly Value[] => {
    if (!isRow(row)) {
      throw new TondoError("ROWS_INVALID", `row ${String(i)} is no object`, {
        hint: "Give rows as objects by column.",
      });
    }
    const moment = momentOf(row, at, i);
    const cells = given.map(({ name, kind }) => {
      const value = admit(Object.hasOwn(row, name) ? row[name] : undefined, kind);
      if (value !== undefined) return value;
      throw new TondoError("ROWS_INVALID", `row ${String(i)}: "${name}" is not of type ${kind}`, {
        hint: "Give a value of that type, or null where it is missing.",
      });
    });
    return [i, moment, ...cells];
  };
  await engine.load(`${table}_given`, columns, mapped(rows, valuesOf), "reading the training rows", signal);
  const selected = columns.map(({ name, kind }) => `${fromCarrier(name, kind)} as ${name}`);
  await engine.run(
    `create or replace temp table ${table} as select ${selected.join(", ")} from ${table}_given order by row`,
    "reading the training rows",
    signal,
  );
  await engine.run(`drop table ${table}_given`, "reading the training rows");
  return { table, rows: rows.length, column, carried };
}

function* mapped<T, U>(items: readonly T[], of: (item: T, i: number) => U): Generator<U> {
  for (const [i, item] of items.entries()) yield of(item, i);
}

/** Names for SQL that neither meet each other, as `km` and `Km` would there, nor any name of a join's own. */
function namesOf(columns: readonly string[]): (name: string) => string {
  const names = new Map(columns.map((name, i) => [name, `in${String(i)}`]));
  return (name) => {
    const own = names.get(name);
    if (own === undefined) throw new TondoError("INTERNAL", `the left rows were loaded without "${name}"`);
    return own;
  };
}

function isRow(row: unknown): row is LeftRow {
  return typeof row === "object" && row !== null && !Array.isArray(row);
}

function momentOf(row: LeftRow, at: string, i: number): Micros {
  const moment = Object.hasOwn(row, at) ? row[at] : undefined;
  if (moment === undefined || moment === null) throw noTime(1, `row ${String(i)}`);
  try {
    return toMicros(moment as Moment, at);
  } catch (error) {
    throw new TondoError(
      "ROWS_INVALID",
      `row ${String(i)}: ${error instanceof Error ? error.message : String(error)}`,
      {
        hint: 'Give a Date, an ISO 8601 time with its offset such as "2001-06-20T12:00:00Z", or microseconds as a bigint.',
        cause: error,
      },
    );
  }
}

/** The kind of a column from memory that nothing declares: that of its first value, or of the first element of its lists. */
function kindOfValues(rows: readonly LeftRow[], name: string): ValueKind {
  let hasLists = false;
  for (const row of rows) {
    // What is no row is refused when its values are taken.
    const value = isRow(row) && Object.hasOwn(row, name) ? row[name] : undefined;
    if (value === null || value === undefined) continue;
    if (!Array.isArray(value)) return kindOfValue(value);
    hasLists = true;
    const item: unknown = value.find((one) => one !== null && one !== undefined);
    if (item !== undefined) return `list<${kindOfValue(item)}>`;
  }
  return hasLists ? "list<string>" : "string";
}

function kindOfValue(value: unknown): ScalarKind {
  if (value instanceof Date) return "timestamp";
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "number":
      return "float";
    case "bigint":
      return "int";
    default:
      return "string";
  }
}

async function count(engine: Engine, where: string): Promise<number> {
  const [row] = await engine.rows(
    `select count(*)::double as n, count(*) filter (where q is null)::double as untimed from ${table}`,
    "counting the training rows",
  );
  const untimed = Number(row?.["untimed"] ?? 0);
  if (untimed > 0) throw noTime(untimed, where);
  return Number(row?.["n"] ?? 0);
}

function noTime(n: number, where: string): TondoError {
  return new TondoError(
    "ROWS_INVALID",
    `${String(n)} of the training rows ${n === 1 ? "has" : "have"} no time between the years 1684 and 2255`,
    {
      where,
      hint: "Each row asks for features as of a moment: fill it in, or leave the row out.",
    },
  );
}
