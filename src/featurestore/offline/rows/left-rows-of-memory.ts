import {
  admit,
  type Micros,
  type Moment,
  type ScalarKind,
  TondoError,
  toMicros,
  type Value,
  type ValueKind,
} from "../../../core/index.ts";
import { fromCarrier, type TableColumn } from "../../duckdb/index.ts";
import {
  declaredColumns,
  declaredKinds,
  type LeftRow,
  leftTable,
  type LeftRowsOptions,
  type LoadedRows,
  maxRowsInMemory,
  namesOf,
  noTime,
} from "./left-rows.ts";
import { makeLeftTable } from "./make-left-table.ts";
import { allRows, choiceSql, columnsAt, columnsOfChoice, lackingColumn, type RowChoice } from "./row-choice.ts";

/**
 * Loads the left rows that are chosen from memory, in order.
 *
 * @throws TondoError as `loadLeftRows`, `LIMIT_EXCEEDED` where there are more than {@link maxRowsInMemory}
 */
export async function loadMemory(options: LeftRowsOptions, rows: readonly LeftRow[]): Promise<LoadedRows> {
  const { engine, at, carry, signal } = options;
  const wanted = declaredColumns(options);
  const choice = options.choice ?? allRows([], at);
  if (rows.length > maxRowsInMemory) {
    throw new TondoError(
      "LIMIT_EXCEEDED",
      `${String(rows.length)} rows from memory, and at most ${String(maxRowsInMemory)} are taken`,
      { hint: "Write them to a Parquet file and give its path." },
    );
  }
  const declared = declaredKinds(options);
  const chosen = columnsOfChoice(choice);
  const hashed = new Set(chosen.flatMap(({ name, isHashed }) => (isHashed === true ? name : [])));
  const columnOf = (name: string): TableColumn => ({
    name,
    kind: declared.get(name) ?? kindOfColumn(rows, name, hashed.has(name)),
  });
  const carried = carry.map(columnOf);
  const given: readonly TableColumn[] = [
    ...wanted.map(({ name }) => columnOf(name)),
    ...carried.filter(({ name }) => !wanted.some((column) => column.name === name)),
  ];
  const known = new Set([at, ...given.map(({ name }) => name)]);
  const others = chosen.filter(({ name }) => !known.has(name));
  for (const needed of others) requireColumn(needed, rows, choice);
  const needed = [...new Set(others.map(({ name }) => name))].map(columnOf);
  const loaded = [...given, ...needed];
  const column = namesOf(loaded.map(({ name }) => name));
  const columns: readonly TableColumn[] = [
    { name: "row", kind: "int" },
    { name: "q", kind: "int" },
    ...loaded.map(({ name, kind }) => ({ name: column(name), kind })),
  ];
  const valuesOf = (row: unknown, i: number): readonly Value[] => {
    if (!isRow(row)) {
      throw new TondoError("ROWS_INVALID", `row ${String(i)} is no object`, {
        hint: "Give rows as objects by column.",
      });
    }
    const moment = momentOf(row, at, i);
    const cells = loaded.map(({ name, kind }) => {
      const isMoment = name === at && kind === "timestamp";
      const value = isMoment ? moment : admit(Object.hasOwn(row, name) ? row[name] : undefined, kind);
      if (value !== undefined) return value;
      throw new TondoError("ROWS_INVALID", `row ${String(i)}: "${name}" is not of type ${kind}`, {
        hint: "Give a value of that type, or null where it is missing.",
      });
    });
    return [i, moment, ...cells];
  };
  const all = `${leftTable}_given`;
  await engine.load(all, columns, mapped(rows, valuesOf), "reading the training rows", signal);
  const selected = columns.map(({ name, kind }) => `${fromCarrier(name, kind)} as ${name}`);
  const kinds = new Map(loaded.map(({ name, kind }) => [name, kind]));
  // The column of the moment has been read as that, whatever else it is.
  const columnAt = columnsAt(at, kinds, (name) => (name === at ? "q" : column(name)));
  const own = given.map(({ name }) => column(name));
  const counts = await makeLeftTable({
    engine,
    table: leftTable,
    relation: `select ${selected.join(", ")} from ${all}`,
    order: "row",
    at: "q",
    columns: own,
    choice: choiceSql(choice, columnAt),
    total: () => Promise.resolve(rows.length),
    signal,
  });
  await engine.run(`drop table ${all}`, "reading the training rows");
  return { table: leftTable, column, carried, columns: own, ...counts };
}

/** A column that a choice names must be in one row at least. */
function requireColumn(
  needed: ReturnType<typeof columnsOfChoice>[number],
  rows: readonly LeftRow[],
  choice: RowChoice,
): void {
  if (rows.length === 0 || rows.some((row) => isRow(row) && Object.hasOwn(row, needed.name))) return;
  const [first = {}] = rows;
  throw lackingColumn(needed, isRow(first) ? Object.keys(first) : [], choice.written);
}

/** The kind of a column that nothing declares. Numbers that are hashed are keys, and so ints where all of them are whole. */
function kindOfColumn(rows: readonly LeftRow[], name: string, isHashed: boolean): ValueKind {
  const kind = kindOfValues(rows, name);
  const isWhole = (row: LeftRow): boolean => {
    const value = isRow(row) && Object.hasOwn(row, name) ? row[name] : undefined;
    return typeof value !== "number" || Number.isSafeInteger(value);
  };
  return kind === "float" && isHashed && rows.every(isWhole) ? "int" : kind;
}

function* mapped<T, U>(items: readonly T[], of: (item: T, i: number) => U): Generator<U> {
  for (const [i, item] of items.entries()) yield of(item, i);
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
