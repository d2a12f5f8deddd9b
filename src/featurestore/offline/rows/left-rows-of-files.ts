import { parseTypeName, TondoError, type ValueKind } from "../../../core/index.ts";
import { type KeyColumnPlan, piiOutputs } from "../../../dsl/index.ts";
import type { Engine, TableColumn } from "../../duckdb/index.ts";
import { isCsv } from "../files/csv-columns.ts";
import { columnsOfFirst, describeFiles, type FileSet, scanFiles } from "../files/file-scan.ts";
import { countParquet } from "../files/parquet-footers.ts";
import {
  declaredColumns,
  declaredKinds,
  leftTable,
  type LeftRowsOptions,
  type LoadedRows,
  namesOf,
  noTime,
} from "./left-rows.ts";
import { makeLeftTable } from "./make-left-table.ts";
import { readableColumns } from "../files/parquet-columns.ts";
import { allRows, choiceSql, columnsAt, columnsOfChoice, lackingColumn, pruningOf } from "./row-choice.ts";
import { filesOf } from "../files/source-files.ts";

/**
 * Loads the left rows that are chosen from Parquet or CSV files, in order.
 *
 * @throws TondoError as `loadLeftRows`
 */
export async function loadFiles(options: LeftRowsOptions, path: string): Promise<LoadedRows> {
  const { engine, at, carry, places, signal } = options;
  const choice = options.choice ?? allRows([], at);
  const files = await filesOf(path, places, "training rows");
  const set: FileSet = {
    hidden: piiOutputs(options.vector),
    format: isCsv(path) ? "csv" : /\.(arrow|feather|arrows)$/i.test(path) ? "arrow" : "parquet",
    files,
    what: "training rows",
    exactLengths: true,
  };
  const declared = declaredKinds(options);
  const chosen = columnsOfChoice(choice);
  // Types are needed of what nothing declares only, and of CSV they take a look at every row.
  const present = [...carry, ...chosen.map(({ name }) => name)].every((name) => declared.has(name))
    ? readableColumns((await columnsOfFirst(engine, set)).types)
    : await describeFiles(engine, set);
  const kindOf = (name: string): ValueKind | undefined => {
    const type = Object.hasOwn(present, name) ? present[name] : undefined;
    return declared.get(name) ?? (type === undefined ? undefined : parseTypeName(type).kind);
  };
  const carried = carry.map((name): TableColumn => ({ name, kind: kindOf(name) ?? "string" }));
  const columns = new Map([...declared, ...carried.map(({ name, kind }): [string, ValueKind] => [name, kind])]);
  for (const name of columns.keys()) {
    if (Object.hasOwn(present, name)) continue;
    const has = `They have ${Object.keys(present).slice(0, 20).join(", ")}.`;
    throw new TondoError("ROWS_INVALID", `the training rows have no column "${name}"${roleOf(options, name)}`, {
      where: path,
      hint: name === at ? `${has} Say which one is the moment of each row: \`at\`, or --at-column.` : has,
    });
  }
  const isKept = (name: string): boolean =>
    name !== at || carry.includes(at) || declaredColumns(options).some((one) => one.name === at);
  const kept = [...columns.keys()].filter(isKept);
  for (const needed of chosen) {
    const kind = Object.hasOwn(present, needed.name) ? kindOf(needed.name) : undefined;
    if (kind === undefined) throw lackingColumn(needed, Object.keys(present), choice.written);
    columns.set(needed.name, kind);
  }
  const column = namesOf([...columns.keys()]);
  const columnAt = columnsAt(at, columns, column);
  const sql = choiceSql(choice, columnAt);
  const scan = await scanFiles(engine, set, Object.fromEntries(columns), column, (stored) =>
    pruningOf(choice, columnAt, stored),
  ).catch((error: unknown) => {
    throw misfitOfRows(error);
  });
  const own = kept.map(column);
  const counts = await makeLeftTable({
    engine,
    table: leftTable,
    relation: scan,
    at: column(at),
    columns: own,
    choice: sql,
    ...(set.format !== "parquet" ? {} : { total: () => countParquet(engine, files, set.what) }),
    signal,
  });
  await requireTimes(engine, path);
  return { table: leftTable, column, carried, columns: own, ...counts };
}

async function requireTimes(engine: Engine, where: string): Promise<void> {
  const [row] = await engine.rows(
    `select count(*)::double as untimed from ${leftTable} where q is null`,
    "counting the training rows",
  );
  const untimed = Number(row?.["untimed"] ?? 0);
  if (untimed > 0) throw noTime(untimed, where);
}

/** What does not fit of files that can be read: columns, or cells of CSV. */
function misfitOfRows(error: unknown): unknown {
  if (!(error instanceof TondoError)) return error;
  const isCell = error.code === "SOURCE_UNREADABLE" && error.details["column"] !== undefined;
  if (error.code !== "SOURCE_CHANGED" && !isCell) return error;
  return new TondoError("ROWS_INVALID", error.message, {
    ...(error.where === undefined ? {} : { where: error.where }),
    hint: isCell ? (error.hint ?? "") : "Mend the file; cast or rename the column there.",
    details: error.details,
    cause: error,
  });
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
