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
} from "../../../core/index.ts";
import { fromCarrier, type TableColumn } from "../../duckdb/index.ts";
import {
  declaredColumns,
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
  const carried = carry.map((name): TableColumn => ({ name, kind: kindOfValues(rows, name) }));
  const given: readonly TableColumn[] = [
    ...wanted.map(({ name, type }) => ({ name, kind: parseTypeName(type).kind })),
    ...carried.filter(({ name }) => !wanted.some((column) => column.name === name)),
  ];
  const needed = chosenColumns(choice, rows, [at, ...given.map(({ name }) => name)]);
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
      const value = admit(Object.hasOwn(row, name) ? row[name] : undefined, kind);
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

/** The columns that only a choice needs, with their kinds. Numbers that are hashed are keys, and so ints where all of them are whole. */
function chosenColumns(choice: RowChoice, rows: readonly LeftRow[], known: readonly string[]): readonly TableColumn[] {
  const columns = new Map<string, TableColumn>();
  const have = (name: string): boolean => rows.some((row) => isRow(row) && Object.hasOwn(row, name));
  for (const needed of columnsOfChoice(choice)) {
    const { name, isHashed } = needed;
    if (known.includes(name)) continue;
    if (rows.length > 0 && !have(name)) {
      const [first = {}] = rows;
      throw lackingColumn(needed, isRow(first) ? Object.keys(first) : [], choice.written);
    }
    const kind = kindOfValues(rows, name);
    const isWhole = rows.every((row) => typeof row[name] !== "number" || Number.isSafeInteger(row[name]));
    if (columns.get(name)?.kind !== "int")
      columns.set(name, { name, kind: kind === "float" && isHashed && isWhole ? "int" : kind });
  }
  return [...columns.values()];
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
