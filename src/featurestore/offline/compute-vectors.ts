import { type Progress, type Value } from "../../core/index.ts";
import { compileRows, type Fitted, fromRaw, type RawColumn, type VectorPlan } from "../../dsl/index.ts";
import { carrierOf, Engine, type EngineOptions, toCarrier } from "../duckdb/index.ts";
import { leafPlan } from "./expressions-sql.ts";
import { type LeftRow, loadLeftRows } from "./left-rows.ts";
import { joinTableOf } from "./vector-table.ts";

/** Vectors of some rows by the training path. */
export interface ComputedVectors {
  readonly slots: readonly string[];
  /** For each row, in order, the value of each slot. */
  readonly rows: readonly (readonly Value[])[];
}

/**
 * The vectors of some requests as a training set would have them: the same join, the same generated code. What the consistency check holds
 * against the online path.
 */
export async function computeVectors(options: {
  readonly vector: VectorPlan;
  readonly fitted: Fitted;
  /** Each with `at`, the key columns and the inputs. */
  readonly rows: readonly LeftRow[];
  readonly folder: string;
  readonly engine?: EngineOptions;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}): Promise<ComputedVectors> {
  const { vector, fitted, rows, folder, signal, progress } = options;
  const engine = await Engine.open(options.engine);
  try {
    const left = await loadLeftRows({ engine, vector, rows, at: "at", carry: [], folder, labels: false, signal });
    const asked = { ...vector, labelReads: [], labels: [], labelColumns: [] };
    const table = await joinTableOf({ engine, vector: asked, left, folder, progress, signal });
    const program = compileRows(vector.slots, fitted);
    const columns = program.leaves.map(({ name, kind }) => toCarrier(table.leaf(leafPlan(name, kind)), kind));
    const vectors: (readonly Value[])[] = [];
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
        vectors.push(program.outputs.map(({ kind }, i) => fromRaw(results[i]?.[row] ?? null, kind)));
      }
    }
    return { slots: vector.slots.map(({ name }) => name), rows: vectors };
  } finally {
    engine.close();
  }
}
