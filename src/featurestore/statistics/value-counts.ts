import { TondoError } from "../../core/index.ts";
import type { Engine } from "../duckdb/index.ts";
import type { MeasuredColumn } from "./measured-column.ts";

/** A value and how often it stands on each of the two sides. */
export interface CountedValue {
  readonly value: number | bigint | string;
  /** Among the rows described. */
  readonly n: number;
  /** Among the rows compared with. */
  readonly m: number;
}

/** What the counts of a column come to. */
export interface SideTotals {
  readonly present: number;
  readonly distinct: number;
  readonly min: number;
  readonly max: number;
}

const table = "counted_values";

/**
 * Counts the values of a column: a table of each different one, in order, with how often it stands on each side. All of
 * it is sorted and kept by the engine, which spills what its memory does not hold; {@link walkValues} then reads it as a stream.
 */
export async function countValues(
  engine: Engine,
  rows: string,
  { counted, name, measure }: MeasuredColumn,
  signal: AbortSignal | undefined,
): Promise<readonly [SideTotals, SideTotals]> {
  const doing = `counting the values of ${name}`;
  await engine.run(
    `create or replace temp table ${table} as
     select v, count(*) filter (where side = 0) as n, count(*) filter (where side = 1) as m
     from (select ${counted} as v, side from ${rows}) where v is not null group by v order by v`,
    doing,
    signal,
  );
  const totals = (count: string): string => {
    const extreme = (which: string): string =>
      measure === null ? "0::double" : `coalesce(${which}(v) filter (where ${count} > 0), 0)::double`;
    return `struct_pack(present := coalesce(sum(${count}), 0)::double, "distinct" := count(*) filter (where ${count} > 0)::double,
      min := ${extreme("min")}, max := ${extreme("max")})`;
  };
  const [row] = await engine.rows(
    `select a.present as n, a."distinct" as dn, a.min as n0, a.max as n1, b.present as m, b."distinct" as dm, b.min as m0, b.max as m1
     from (select ${totals("n")} as a, ${totals("m")} as b from ${table})`,
    doing,
    signal,
  );
  const side = (names: readonly [string, string, string, string]): SideTotals => {
    const [present = 0, distinct = 0, min = 0, max = 0] = names.map((key) => Number(row?.[key] ?? 0));
    return { present, distinct, min, max };
  };
  return [side(["n", "dn", "n0", "n1"]), side(["m", "dm", "m0", "m1"])];
}

/** The values that were counted last, in order: numbers by size, texts by code point. */
export async function walkValues(
  engine: Engine,
  { carrier, name }: MeasuredColumn,
  visit: (counted: CountedValue) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const sql = `select v, n::double, m::double from ${table}`;
  let before = -Infinity;
  for await (const chunk of engine.chunks(sql, `reading the values of ${name}`, signal)) {
    const values = chunk.column(0, carrier);
    const ns = chunk.column(1, "number");
    const ms = chunk.column(2, "number");
    for (let i = 0; i < chunk.rows; i++) {
      if (carrier !== "text") before = follows(before, Number(values[i]));
      visit({ value: values[i] as CountedValue["value"], n: Number(ns[i]), m: Number(ms[i]) });
    }
  }
}

/** The table was written in order, and is read as it was written. */
function follows(before: number, value: number): number {
  if (value >= before) return value;
  throw new TondoError("INTERNAL", "the engine gives ordered values in another order");
}

/** Gives back what {@link countValues} keeps. */
export async function dropCounts(engine: Engine): Promise<void> {
  await engine.run(`drop table if exists ${table}`, "counting values");
}
