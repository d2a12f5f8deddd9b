import { type AggregateSql, aggregates, type StoredWindowPlan } from "../../../dsl/index.ts";
import type { ProgramHost } from "../../duckdb/index.ts";
import { finalizeCall } from "./finalize-sql.ts";
import type { JoinUnit } from "./join-unit.ts";
import { inputOf, kindOfInput, whereOf } from "../sources/source-relation.ts";

/** A window of a join: its plan, its aggregate's SQL, and names of its own in the SQL that is built. */
export interface Window {
  readonly plan: StoredWindowPlan;
  readonly index: number;
  readonly sql: AggregateSql;
  /** Prefix of the columns of its state. */
  readonly prefix: string;
  /** Result column of the join. */
  readonly column: string;
}

/** The windows that a join's reads need. */
export function windowsOf(unit: JoinUnit): readonly Window[] {
  return unit.reads.map(({ stored, column }) => {
    const plan = unit.group.stored[stored];
    const entry = plan?.kind === "window" ? aggregates.get(plan.aggregate) : undefined;
    if (plan?.kind !== "window" || entry === undefined) throw new Error(`${unit.name} reads a column from events`);
    const sql = entry.sql(kindOfInput(plan), plan.options ?? {});
    return { plan, index: stored, sql, prefix: `st${String(stored)}`, column };
  });
}

/** SQL of a window's state over rows that pass a filter; `order` orders rows for `last`. */
export function updateColumns({ plan, index, sql, prefix }: Window, order: string, filter: string): readonly string[] {
  return sql.columns.map(
    ({ suffix, update }) =>
      `${update(inputOf(plan, index), order, `${filter} and ${whereOf(plan, index)}`)} as ${prefix}_${suffix}`,
  );
}

/** SQL of a window's result from its state's columns: the aggregate's own, or a call of its JavaScript. */
export function finalColumn(engine: ProgramHost, { plan, sql, prefix }: Window): string {
  const column = (suffix: string): string => `${prefix}_${suffix}`;
  return sql.finalize?.(column) ?? finalizeCall(engine, plan, sql.encode(column));
}
