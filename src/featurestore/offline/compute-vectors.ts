import type { Progress, Value } from "../../core/index.ts";
import type { Fitted, VectorPlan } from "../../dsl/index.ts";
import type { AppliedLog, AppliedRows } from "../applied/index.ts";
import { Engine, type EngineOptions } from "../duckdb/index.ts";
import { computeRows } from "./compute-rows.ts";
import { type FilePlaces, holdingFiles } from "./files/file-places.ts";
import type { LeftRow } from "./rows/left-rows.ts";
import { appliedGroups, appliedTo } from "./sets/applied-groups.ts";
import { digestSource, type SourceFile } from "./sources/source-digests.ts";

/** What is computed of which rows, by which files. */
export interface ComputeVectorsOptions extends FilePlaces {
  readonly vector: VectorPlan;
  readonly fitted: Fitted;
  /** Each with `at`, the key columns and the inputs. */
  readonly rows: readonly LeftRow[];
  /** When rows were first applied online, by `entity:group`: they are known from then on, and those that were pushed from when they count. Without it rows are known when they say. */
  readonly applied?: ReadonlyMap<string, AppliedLog>;
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
      applied: await appliedRowsOf(options),
      progress,
      signal,
    });
    return { slots: vector.slots.map(({ name }) => name), rows: computed };
  } finally {
    engine.close();
  }
}

async function appliedRowsOf(options: ComputeVectorsOptions): Promise<ReadonlyMap<string, AppliedRows> | undefined> {
  const { vector, applied, signal } = options;
  if (applied === undefined) return undefined;
  const files = new Map<string, readonly SourceFile[]>();
  for (const source of vector.sources) files.set(source.name, await digestSource(source, options, signal));
  return appliedGroups(vector, appliedTo(vector, applied), files);
}
