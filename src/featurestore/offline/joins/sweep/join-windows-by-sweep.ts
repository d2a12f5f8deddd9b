import type { RawColumn } from "../../../../dsl/index.ts";
import {
  carrierOf,
  type Chunk,
  chunkRows,
  type Engine,
  fromCarrier,
  type TableAppender,
} from "../../../duckdb/index.ts";
import type { JoinUnit } from "../join-unit.ts";
import type { SourceRelation } from "../../sources/source-relation.ts";
import { windowsOf } from "../window-states.ts";
import { type SweepPlan, sweepPlan } from "./sweep-plan.ts";
import { keysSql, passage, passageSql } from "./sweep-sql.ts";
import { type Passing, WindowSweep } from "./window-sweep.ts";

/**
 * Makes the table of a unit's windows as of each left row: `row` and a column a window. The engine sorts events and rows by key and
 * moment, spilling where it must; they are swept as they come.
 *
 * `left` names a table with `row`, `q` and the keys; `events` is SQL of the relation's rows that some row may see.
 */
export async function joinWindowsBySweep(
  engine: Engine,
  unit: JoinUnit,
  relation: SourceRelation,
  left: string,
  events: string,
  signal?: AbortSignal,
): Promise<void> {
  const doing = `joining ${unit.group.entity}:${unit.group.name}`;
  const plan = sweepPlan(windowsOf(unit), unit.direction);
  const { tables, statements } = sweepSql(unit, plan, relation, left, events);
  const columns = plan.outputs.map(({ column: name, kind }) => ({ name, kind }));
  await engine.run(statements.keys, doing, signal);
  const appender = await engine.appender(tables.swept, [{ name: "row", kind: "int" }, ...columns], doing);
  try {
    const sweep = new WindowSweep(plan);
    const answers = new AnswerBuffer(appender, columns.length + 1);
    for await (const chunk of engine.chunks(statements.passage, doing, signal))
      sweep.pass(passingOf(chunk, plan, relation), (outputs, rows) => {
        answers.take(outputs, rows);
      });
    answers.flush();
  } finally {
    appender.close();
  }
  await engine.run(statements.result, doing, signal);
  for (const table of Object.values(tables)) await engine.run(`drop table ${table}`, doing);
}

/** The statements of {@link joinWindowsBySweep}, in order; between the last two the rows of the passage are swept. */
export function sweepStatements(
  unit: JoinUnit,
  relation: SourceRelation,
  left: string,
  events: string,
): readonly string[] {
  const { statements } = sweepSql(unit, sweepPlan(windowsOf(unit), unit.direction), relation, left, events);
  return [statements.keys, statements.passage, statements.result];
}

function sweepSql(
  unit: JoinUnit,
  plan: SweepPlan,
  relation: SourceRelation,
  left: string,
  events: string,
): {
  readonly tables: Readonly<Record<"keys" | "swept", string>>;
  readonly statements: Readonly<Record<"keys" | "passage" | "result", string>>;
} {
  const tables = { keys: `${unit.name}_keys`, swept: `${unit.name}_swept` };
  // A row asks once about each horizon, and each time learns what belongs to it.
  const several = plan.horizons.length > 1;
  const own = plan.outputs.map(({ column, kind }) => {
    const value = fromCarrier(column, kind);
    return `${several ? `any_value(${value})` : value} as ${column}`;
  });
  return {
    tables,
    statements: {
      keys: `create or replace temp table ${tables.keys} as ${keysSql(relation, left)}`,
      passage: passageSql(plan, relation, { keys: tables.keys, left, events }),
      result: `create or replace temp table ${unit.name} as
        select row, ${own.join(", ")} from ${tables.swept}${several ? " group by row" : ""}`,
    },
  };
}

function passingOf(chunk: Chunk, plan: SweepPlan, relation: SourceRelation): Passing {
  const numbers = (place: number, carrier: "number" | "int"): Float64Array => {
    const column = chunk.column(place, carrier);
    return column instanceof Float64Array ? column : Float64Array.from(column, Number);
  };
  const wheres = passage.inputs + plan.inputs.length;
  return {
    rows: chunk.rows,
    key: numbers(passage.key, "number"),
    moment: numbers(passage.moment, "int"),
    asks: numbers(passage.asks, "number"),
    at: numbers(passage.at, "int"),
    until: relation.hasVersions ? numbers(passage.until, "int") : undefined,
    inputs: plan.inputs.map(({ kind }, i) => chunk.column(passage.inputs + i, carrierOf(kind))),
    wheres: plan.wheres.map((_, i) => chunk.column(wheres + i, "number")),
  };
}

/** Gathers answers until they fill a chunk. */
class AnswerBuffer {
  readonly #appender: TableAppender;
  #columns: RawColumn[][];
  readonly #count: number;
  #rows = 0;

  constructor(appender: TableAppender, count: number) {
    this.#appender = appender;
    this.#count = count;
    this.#columns = [];
  }

  take(columns: readonly RawColumn[], rows: number): void {
    if (this.#rows + rows > chunkRows) this.flush();
    this.#columns.push([...columns]);
    this.#rows += rows;
  }

  flush(): void {
    if (this.#rows === 0) return;
    const joined = Array.from({ length: this.#count }, (_, i) =>
      this.#columns.flatMap((part) => Array.from(part[i] ?? [])),
    );
    this.#appender.append(joined, this.#rows);
    this.#columns = [];
    this.#rows = 0;
  }
}
