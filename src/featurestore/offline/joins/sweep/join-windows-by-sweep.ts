import type { ValueKind } from "../../../../core/index.ts";
import type { Raw, RawColumn } from "../../../../dsl/index.ts";
import {
  carrierOf,
  type Chunk,
  chunkRows,
  type Engine,
  fromCarrier,
  type TableAppender,
} from "../../../duckdb/index.ts";
import { tablesOf } from "../join-steps.ts";
import type { JoinUnit } from "../join-unit.ts";
import type { SourceRelation } from "../../sources/source-relation.ts";
import { windowsOf } from "../window-states.ts";
import { type SweepPlan, sweepPlan } from "./sweep-plan.ts";
import { type Passage, passage, passageSql, passagesSql } from "./sweep-sql.ts";
import { type TiedPassing, TieOrder } from "./tie-order.ts";
import { type Passing, WindowSweep } from "./window-sweep.ts";

/** What is swept: tables of left rows (`row`, `q` and the keys) and of their keys, numbered; SQL of the relation's rows that some row may see. */
export interface Swept {
  readonly left: string;
  readonly keys: string;
  readonly events: string;
}

/** Where a sweep left its answers. */
export interface SweptTable {
  /** The table, to be dropped or taken over. */
  readonly table: string;
  /** SQL of the result, from that table. */
  readonly sql: string;
  /** Whether the table is the result as it stands. */
  readonly isResult: boolean;
}

/**
 * Makes a unit's windows as of each left row, `row` and a column a window. The engine sorts events and rows by key and moment, spilling where it must; they are
 * swept as they come. In parts of the keys one part is sorted while another is swept, and the source is read as many times.
 */
export async function joinWindowsBySweep(
  engine: Engine,
  unit: JoinUnit,
  relation: SourceRelation,
  from: Swept,
  { parts = 1, signal }: { readonly parts?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<SweptTable> {
  const doing = `joining ${unit.group.entity}:${unit.group.name}`;
  const plan = sweepPlan(windowsOf(unit), unit.direction);
  const { swept: table } = tablesOf(unit);
  const passages = passagesSql(plan, relation, from, parts);
  await sweepInto(engine, plan, relation, table, passages, doing, signal);
  return { sql: sweptSelect(plan, table), table, isResult: isResult(plan) };
}

/**
 * Sweeps passages, each in order and with keys of its own, into a table of `row` and the plan's outputs as their carriers;
 * see {@link sweptSelect}. Memory follows one key's windows, and its events of one time; the engine holds two passages. `check` is shown each stretch as it comes.
 */
export async function sweepInto(
  engine: Engine,
  plan: SweepPlan,
  relation: Pick<SourceRelation, "hasVersions">,
  table: string,
  passages: readonly Passage[],
  doing: string,
  signal?: AbortSignal,
  check: (passing: Passing, passage: number) => void = () => undefined,
): Promise<void> {
  const columns = plan.outputs.map(({ column: name, kind }) => ({ name, kind }));
  const appender = await engine.appender(table, [{ name: "row", kind: "int" }, ...columns], doing);
  try {
    const answers = new AnswerBuffer(appender, ["int", ...columns.map(({ kind }) => kind)]);
    const sweeps = passages.map(({ ties }) => ({ ties, sweep: new WindowSweep(plan), order: new TieOrder() }));
    const pass = (sweep: WindowSweep, passing: Passing | undefined): void => {
      if (passing === undefined) return;
      sweep.pass(passing, (outputs, rows) => {
        answers.take(outputs, rows);
      });
    };
    const statements = passages.map(({ sql }) => sql);
    for await (const { chunk, statement } of engine.chunksOfEach(statements, doing, signal)) {
      const own = sweeps[statement];
      if (own === undefined) throw new Error(`no passage ${String(statement)}`);
      const passing = passingOf(chunk, plan, relation, own.ties);
      check(passing, statement);
      pass(own.sweep, own.ties.length === 0 ? passing : own.order.take(passing));
    }
    for (const { sweep, order } of sweeps) pass(sweep, order.finish());
    answers.flush();
  } finally {
    appender.close();
  }
}

/** How many columns of a unit's events pass its sweep. */
export function sweptColumns(unit: JoinUnit): number {
  const { inputs, wheres } = sweepPlan(windowsOf(unit), unit.direction);
  return inputs.length + wheres.length;
}

/** Whether what is swept into a table has each row once, and all values in the form of the language. */
function isResult({ horizons, outputs }: SweepPlan): boolean {
  return horizons.length === 1 && outputs.every(({ column, kind }) => fromCarrier(column, kind) === column);
}

/** SQL of what was swept into a table: `row`, once, and the plan's outputs as values of the language. */
export function sweptSelect(plan: SweepPlan, table: string): string {
  // A row asks once about each horizon, and each time learns what belongs to it.
  const several = plan.horizons.length > 1;
  const own = plan.outputs.map(({ column, kind }) => {
    const value = fromCarrier(column, kind);
    return `${several ? `any_value(${value})` : value} as ${column}`;
  });
  return `select row, ${own.join(", ")} from ${table}${several ? " group by row" : ""}`;
}

/** SQL of {@link joinWindowsBySweep}: the rows of the passage are swept into `table`, from which the result is read. */
export function sweepStatements(
  unit: JoinUnit,
  relation: SourceRelation,
  from: Swept,
): { readonly table: string; readonly passage: Passage; readonly result: string } {
  const plan = sweepPlan(windowsOf(unit), unit.direction);
  const { swept: table } = tablesOf(unit);
  return { table, passage: passageSql(plan, relation, from), result: sweptSelect(plan, table) };
}

function passingOf(
  chunk: Chunk,
  plan: SweepPlan,
  relation: Pick<SourceRelation, "hasVersions">,
  ties: Passage["ties"],
): TiedPassing {
  const numbers = (place: number): Float64Array => {
    const column = chunk.column(place, "number");
    return column instanceof Float64Array ? column : Float64Array.from(column, Number);
  };
  const wheres = passage.inputs + plan.inputs.length;
  const inputs = plan.inputs.map(({ kind }, i) => chunk.column(passage.inputs + i, carrierOf(kind)));
  return {
    rows: chunk.rows,
    key: numbers(passage.key),
    moment: numbers(passage.moment),
    asks: numbers(passage.asks),
    at: numbers(passage.at),
    until: relation.hasVersions ? numbers(passage.until) : undefined,
    inputs,
    wheres: plan.wheres.map((_, i) => chunk.column(wheres + i, "number")),
    ties: ties.map((tie) => ("input" in tie ? (inputs[tie.input] ?? []) : chunk.column(tie.own, carrierOf(tie.kind)))),
  };
}

/** Gathers answers until they fill a chunk. */
class AnswerBuffer {
  readonly #appender: TableAppender;
  readonly #columns: readonly (Float64Array | Raw[])[];
  #rows = 0;

  constructor(appender: TableAppender, kinds: readonly ValueKind[]) {
    this.#appender = appender;
    this.#columns = kinds.map((kind) =>
      carrierOf(kind) === "number" ? new Float64Array(chunkRows) : new Array<Raw>(chunkRows).fill(null),
    );
  }

  take(columns: readonly RawColumn[], rows: number): void {
    for (let row = 0; row < rows; row++) {
      for (const [i, column] of this.#columns.entries()) column[this.#rows] = columns[i]?.[row] ?? null;
      if (++this.#rows === chunkRows) this.flush();
    }
  }

  flush(): void {
    if (this.#rows > 0) this.#appender.append(this.#columns, this.#rows);
    this.#rows = 0;
  }
}
