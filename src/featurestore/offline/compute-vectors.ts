import type { Progress, Value } from "../../core/index.ts";
import type { Fitted, VectorPlan } from "../../dsl/index.ts";
import { Engine, type EngineOptions } from "../duckdb/index.ts";
import { computeRows } from "./compute-rows.ts";
import { type FilePlaces, holdingFiles } from "./files/file-places.ts";
import type { LeftRow } from "./rows/left-rows.ts";

/** What is computed of which rows, by which files. */
export interface ComputeVectorsOptions extends FilePlaces {
  readonly vector: VectorPlan;
  readonly fitted: Fitted;
  /** Each with `at`, the key columns and the inputs. */
  readonly rows: readonly LeftRow[];
  readonly engine?: EngineOptions;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

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
export function computeVectors(options: ComputeVectorsOptions): Promise<ComputedVectors> {
  return holdingFiles(options, options, compute);
}

async function compute(options: ComputeVectorsOptions): Promise<ComputedVectors> {
  const { vector, fitted, rows, signal, progress } = options;
  const engine = await Engine.open(options.engine);
  try {
    const asked = { ...vector, labelReads: [], labels: [], labelColumns: [] };
    const outputs = vector.slots;
    const computed = await computeRows({
      engine,
      vector: asked,
      outputs,
      fitted,
      rows,
      places: options,
      progress,
      signal,
    });
    return { slots: vector.slots.map(({ name }) => name), rows: computed };
  } finally {
    engine.close();
  }
}
