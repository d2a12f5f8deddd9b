import { type Engine, sqlText } from "../../duckdb/index.ts";
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
  const isChosen = kept !== undefined || sampled !== undefined || least !== undefined;
  const all = isChosen ? await (total?.() ?? count(`(${relation})`)) : 0;
  const isSampled = sampled !== undefined || least !== undefined;
  const passing = !isSampled ? 0 : kept === undefined ? all : await count(`(${relation})${whereAll(kept)}`);
  const most = least === undefined ? undefined : await greatestLot(options, least, passing);
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
    `create or replace temp table ${table} as select ${selected.join(", ")} from (${relation})${whereAll(kept, sampled, within)}`,
    doing,
    signal,
  );
  if (least !== undefined) await cutTies(options, least.count, signal);
  const rows = await count(table);
  if (!isChosen) return { rows, filtered: 0, unsampled: 0 };
  return isSampled
    ? { rows, filtered: all - passing, unsampled: passing - rows }
    : { rows, filtered: all - rows, unsampled: 0 };
}

/** The greatest lot of as many rows as are wanted, as SQL; `undefined` where there are no more than that. */
async function greatestLot(
  { engine, relation, signal, choice }: LeftTableOptions,
  { lot, count, within }: NonNullable<ChoiceSql["least"]>,
  passing: number,
): Promise<string | undefined> {
  if (passing <= count) return undefined;
  // Lots are even: the wanted ones are almost surely below this, and only those are sorted. Where keys come in clumps they are not.
  const share = (count + 6 * Math.sqrt(count) + 100) / passing;
  for (const bound of share < 1 ? [within(share), undefined] : [undefined]) {
    const where = whereAll(choice.kept, bound);
    const [row] = await engine.rows(
      `select max(lot) as most, count(*)::double as n from (select ${lot} as lot from (${relation})${where} order by lot limit ${String(count)})`,
      "drawing the sample",
      signal,
    );
    if (Number(row?.["n"]) === count) return sqlText(String(row?.["most"]));
  }
  return undefined;
}

function whereAll(...conditions: readonly (string | undefined)[]): string {
  const all = conditions.filter((one) => one !== undefined);
  return all.length === 0 ? "" : ` where ${all.join(" and ")}`;
}

/** Rows whose keys and moments agree have one lot. Which of them are taken follows from what else is in them, not from their order. */
async function cutTies(
  { engine, table, columns, choice: { held } }: LeftTableOptions,
  count: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const doing = "drawing the sample";
  const ties = held === undefined ? columns : [...columns, heldColumn];
  const order = [sampleColumn, "q", ...ties, "row"].join(", ");
  await engine.run(
    `create or replace temp table left_drawn as select row_number() over (order by row) - 1 as row, * exclude (row, ${sampleColumn})
     from (select * from ${table} qualify row_number() over (order by ${order}) <= ${String(count)})`,
    doing,
    signal,
  );
  await engine.run(`drop table ${table}`, doing);
  await engine.run(`alter table left_drawn rename to ${table}`, doing);
}
