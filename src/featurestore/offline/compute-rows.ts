import type { Progress, Value } from "../../core/index.ts";
import { compileRows, type Fitted, fromRaw, type Output, type RawColumn, type VectorPlan } from "../../dsl/index.ts";
import type { AppliedRows } from "../applied/index.ts";
import { carrierOf, type Engine, toCarrier } from "../duckdb/index.ts";
import { leafPlan } from "./expressions-sql.ts";
import type { FilePlaces } from "./files/file-places.ts";
import type { JoinPlan } from "./joins/join-plan.ts";
import type { LeftRow } from "./rows/left-rows.ts";
import { loadLeftRows } from "./rows/load-left-rows.ts";
import { joinTableOf } from "./joins/vector-table.ts";

/** What is computed of which rows. */
export interface ComputeRowsOptions {
  readonly engine: Engine;
  /** What is read, labels' reads included. */
  readonly vector: VectorPlan;
  readonly outputs: readonly Output[];
  readonly fitted?: Fitted;
  /** Each with `at`, the key columns and the inputs. */
  readonly rows: readonly LeftRow[];
  readonly places: FilePlaces;
  /** See `JoinOptions.applied`. */
  readonly applied?: ReadonlyMap<string, AppliedRows> | undefined;
  readonly plan?: JoinPlan | undefined;
  readonly progress?: Progress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Expressions over what a vector reads, by the training path: the same join, the same generated code. Row by row, in order. */
export async function computeRows(options: ComputeRowsOptions): Promise<readonly (readonly Value[])[]> {
  const { engine, vector, outputs, fitted = {}, rows, places, applied, plan, progress, signal } = options;
  const left = await loadLeftRows({ engine, vector, rows, at: "at", carry: [], places, labels: false, signal });
  const table = await joinTableOf({ engine, vector, left, places, applied, plan, progress, signal });
  const program = compileRows(outputs, fitted, { functions: engine.functions });
  const columns = program.leaves.map(({ name, kind }) => toCarrier(table.leaf(leafPlan(name, kind)), kind));
  const computed: (readonly Value[])[] = [];
  for await (const chunk of engine.chunks(
    `select ${["1::double", ...columns].join(", ")} from (${table.sql}) order by row`,
    "computing vectors",
    signal,
  )) {
    const values = program.leaves.map(({ kind }, i) => chunk.column(i + 1, carrierOf(kind)));
    const results: RawColumn[] = program.outputs.map(({ kind }) =>
      carrierOf(kind) === "number" ? new Float64Array(chunk.rows) : [],
    );
    program.run(chunk.rows, values, results);
    for (let row = 0; row < chunk.rows; row++) {
      computed.push(program.outputs.map(({ kind }, i) => fromRaw(results[i]?.[row] ?? null, kind)));
    }
  }
  return computed;
}
