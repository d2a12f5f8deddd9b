import { type Engine } from "../duckdb/index.ts";
import type { ChoiceSql } from "./row-choice.ts";

/** What the left rows are made from. */
export interface LeftTableOptions {
  readonly engine: Engine;
  /** The table to make. */
  readonly table: string;
  /** SQL of all rows. */
  readonly relation: string;
  /** SQL of the order they are in; absent where it is that of the relation. */
  readonly order?: string;
  /** SQL of the moment of a row. */
  readonly at: string;
  /** SQL of the columns to keep, by names that are safe in SQL. */
  readonly columns: readonly string[];
  readonly choice: ChoiceSql;
  /** How many rows there are, asked only where some are left out; by default those of the relation are counted. */
  readonly total?: () => Promise<number>;
  readonly signal?: AbortSignal | undefined;
}

/** How many rows were read, and how many were not and why. */
export interface RowsChosen {
  readonly rows: number;
  readonly filtered: number;
  readonly unsampled: number;
}

/** The columns of left rows that say whether a row is held out, and its lot among the rows of its class. */
export const heldColumn = "left_held";
/** See {@link heldColumn}. */
export const lotColumn = "left_lot";
const sampleColumn = "left_sample";

/** Reads the left rows that a choice takes into a table: `row` from 0 in order, `q`, and their columns. */
export async function makeLeftTable(options: LeftTableOptions): Promise<RowsChosen> {
  const { engine, table, relation, order, at, columns, choice, total, signal } = options;
  const { kept, sampled, least, held, lot } = choice;
  const doing = "reading the training rows";
  const count = async (sql: string): Promise<number> => {
    const [row] = await engine.rows(`select count(*)::double as n from ${sql}`, doing, signal);
    return Number(row?.["n"] ?? 0);
  };
  const where = (...conditions: readonly (string | undefined)[]): string => {
    const all = conditions.filter((one) => one !== undefined);
    return all.length === 0 ? "" : ` where ${all.join(" and ")}`;
  };
  const most = least === undefined ? undefined : await leastLots(engine, relation, where(kept), least, signal);
  const selected = [
    `row_number() over (${order === undefined ? "" : `order by ${order}`}) - 1 as row`,
    `${at} as q`,
    ...columns,
    ...(held === undefined ? [] : [`${held} as ${heldColumn}`]),
    ...(lot === undefined ? [] : [`${lot} as ${lotColumn}`]),
    ...(least === undefined ? [] : [`${least.lot} as ${sampleColumn}`]),
  ];
  const within = most === undefined || least === undefined ? undefined : `${least.lot} <= ${most}`;
  await engine.run(
    `create or replace temp table ${table} as select ${selected.join(", ")} from (${relation})${where(kept, sampled, within)}`,
    doing,
    signal,
  );
  if (least !== undefined) await cutTies(options, least.count, signal);
  const rows = await count(table);
  if (kept === undefined && sampled === undefined && least === undefined) return { rows, filtered: 0, unsampled: 0 };
  const all = await (total?.() ?? count(`(${relation})`));
  const passing =
    kept === undefined
      ? all
      : sampled === undefined && least === undefined
        ? rows
        : await count(`(${relation})${where(kept)}`);
  return { rows, filtered: all - passing, unsampled: passing - rows };
}

/** The greatest lot of as many rows as are wanted, as SQL; `undefined` where there are no more. */
async function leastLots(
  engine: Engine,
  relation: string,
  where: string,
  { lot, count }: NonNullable<ChoiceSql["least"]>,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const [row] = await engine.rows(
    `select max(lot)::varchar as most from (select ${lot} as lot from (${relation})${where} order by lot limit ${String(count)})`,
    "drawing the sample",
    signal,
  );
  const most = row?.["most"];
  return typeof most === "string" ? most : undefined;
}

/** Rows whose keys and moments agree have one lot. Which of them are taken follows from what else is in them, not from their order. */
async function cutTies(
  { engine, table, columns }: LeftTableOptions,
  count: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const doing = "drawing the sample";
  const order = [sampleColumn, "q", ...columns, "row"].join(", ");
  await engine.run(
    `create or replace temp table left_drawn as select row_number() over (order by row) - 1 as row, * exclude (row, ${sampleColumn})
     from (select * from ${table} qualify row_number() over (order by ${order}) <= ${String(count)})`,
    doing,
    signal,
  );
  await engine.run(`drop table ${table}`, doing);
  await engine.run(`alter table left_drawn rename to ${table}`, doing);
}
