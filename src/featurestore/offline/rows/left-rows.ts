import { parseTypeName, TondoError, type ValueKind } from "../../../core/index.ts";
import type { KeyColumnPlan, VectorPlan } from "../../../dsl/index.ts";
import type { Engine, TableColumn } from "../../duckdb/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import type { RowChoice } from "./row-choice.ts";

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
  /** SQL of all columns that it has besides `row` and `q`, by what is in them. */
  readonly columns: readonly string[];
  /** How many rows were not read, for they did not pass the filters or were not of the sample. */
  readonly filtered: number;
  readonly unsampled: number;
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
  readonly places: FilePlaces;
  /** Whether label columns must be there; online requests have none. */
  readonly labels: boolean;
  /** Which rows are read; default: all. */
  readonly choice?: RowChoice | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The table that left rows are loaded into. */
export const leftTable = "left_rows";

/** Names for SQL that neither meet each other, as `km` and `Km` would there, nor any name of a join's own. */
export function namesOf(columns: readonly string[]): (name: string) => string {
  const names = new Map(columns.map((name, i) => [name, `in${String(i)}`]));
  return (name) => {
    const own = names.get(name);
    if (own === undefined) throw new TondoError("INTERNAL", `the left rows were loaded without "${name}"`);
    return own;
  };
}

/** The columns of the left rows that a vector says the types of. */
export function declaredColumns({ vector, labels }: LeftRowsOptions): readonly KeyColumnPlan[] {
  return [...vector.keys, ...vector.inputs, ...(labels ? vector.labelColumns : [])];
}

/** The kinds of the columns that something says the types of, also where they are carried or chosen by: the moment's, and the vector's. */
export function declaredKinds(options: LeftRowsOptions): ReadonlyMap<string, ValueKind> {
  return new Map<string, ValueKind>([
    [options.at, "timestamp"],
    ...declaredColumns(options).map(({ name, type }): [string, ValueKind] => [name, parseTypeName(type).kind]),
  ]);
}

/** Says that rows have no moment. */
export function noTime(n: number, where: string): TondoError {
  return new TondoError(
    "ROWS_INVALID",
    `${String(n)} of the training rows ${n === 1 ? "has" : "have"} no time between the years 1684 and 2255`,
    {
      where,
      hint: "Each row asks for features as of a moment: fill it in, or leave the row out.",
    },
  );
}
