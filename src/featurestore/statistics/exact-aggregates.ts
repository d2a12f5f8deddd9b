import { TondoError } from "../../core/index.ts";
import { type AggregateCode, aggregates, type AggregateSql } from "../../dsl/index.ts";
import type { Engine } from "../duckdb/index.ts";

/** One of the language's own aggregates over an expression. */
export interface ExactAggregate {
  readonly name: "sum" | "mean" | "std" | "min" | "max";
  /** SQL of a DOUBLE, or `null`. */
  readonly x: string;
  /** Which rows are taken in; default: all that have a value. */
  readonly filter?: string;
}

/** What is asked for: several aggregates over the same rows, in one pass. */
export interface AggregateQuery {
  readonly engine: Engine;
  /** The relation. */
  readonly rows: string;
  readonly of: readonly ExactAggregate[];
  /** SQL of what rows are grouped by; without it they are one group. */
  readonly by?: string;
  readonly doing: string;
  readonly signal: AbortSignal | undefined;
}

const noOrder = "row(0)";

/**
 * Exact aggregates group by group, `null` where the language says missing: the engine adds whole numbers, the language's own code rounds them
 * once. The groups come in any order.
 */
export async function* exactGroups(query: AggregateQuery): AsyncGenerator<readonly (number | null)[]> {
  const { engine, rows, of, by, doing, signal } = query;
  if (of.length === 0) return;
  const states = of.map(({ name, x, filter = "true" }, i) => {
    const { code, sql } = aggregate(name);
    const at = String(i);
    const column = (suffix: string): string => `a${at}_${suffix}`;
    return {
      code,
      given: `${x} as x${at}, ${filter} and x${at} is not null as f${at}`,
      updates: sql.columns.map(({ suffix, update }) => `${update(`x${at}`, noOrder, `f${at}`)} as ${column(suffix)}`),
      numbers: sql.encode(column).numbers,
    };
  });
  const given = states.map((state) => state.given).join(", ");
  const updates = states.flatMap((state) => state.updates).join(", ");
  const numbers = states.flatMap((state) => state.numbers).map((number) => `(${number})::double`);
  const sql = `select ${numbers.join(", ")} from
    (select ${updates} from
    (select ${by ?? "0"} as b, ${given} from ${rows}) ${by === undefined ? "" : "group by b"})`;
  for await (const chunk of engine.chunks(sql, doing, signal)) {
    const columns = Array.from(numbers, (_, i) => chunk.column(i, "number"));
    for (let row = 0; row < chunk.rows; row++) {
      let next = 0;
      yield states.map(({ code, numbers: own }) => {
        const state = Float64Array.from(own, (_, i) => Number(columns[next + i]?.[row]));
        next += own.length;
        const value = Number(code.finalize({ numbers: state, values: [] }, 0, 0));
        return Number.isNaN(value) ? null : value;
      });
    }
  }
}

/** The same over all rows at once. */
export async function exactValues(query: Omit<AggregateQuery, "by">): Promise<readonly (number | null)[]> {
  for await (const values of exactGroups(query)) return values;
  return [];
}

function aggregate(name: string): { readonly code: AggregateCode; readonly sql: AggregateSql } {
  const found = aggregates.get(name);
  if (found === undefined) throw new TondoError("INTERNAL", `no aggregate "${name}"`);
  return { code: found.code("float", {}), sql: found.sql("float", {}) };
}
