import type { Progress } from "../../../core/index.ts";
import type { VectorPlan } from "../../../dsl/index.ts";
import type { AppliedLog } from "../../applied/index.ts";
import type { EngineOptions } from "../../duckdb/index.ts";
import type { SparkOptions } from "../../spark/index.ts";
import type { Specification, Written } from "../../specification/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import type { JoinPlan } from "../joins/join-plan.ts";
import type { LeftRows } from "../rows/left-rows.ts";
import type { CheckpointOptions } from "./kept-joins.ts";

/** What a training set is made from. */
export interface TrainingSetOptions
  extends
    CheckpointOptions,
    FilePlaces,
    Pick<
      Specification,
      "at" | "carry" | "filters" | "sampling" | "split" | "cutoff" | "classBalance" | "raw" | "knowledge" | "output"
    > {
  readonly vector: VectorPlan;
  /** Parquet or CSV (a path, relative to `folder`), or rows in memory. */
  readonly rows: LeftRows;
  /** When the rows of groups (`entity:group`) were first applied online; of groups that are not here rows are known when they say. */
  readonly applied?: ReadonlyMap<string, AppliedLog>;
  /** What the set is for and from: kept in the manifest, and nothing else. */
  readonly about?: Pick<Specification, "name" | "owner" | "project" | "description" | "features" | "label">;
  /** Where the specification was written, for errors. */
  readonly written?: Written;
  /** How joins are done; default: what the planner chooses. The values are the same. */
  readonly plan?: JoinPlan;
  /** How many different values `vocab`, `onehot` or `fill(mode)` may count; default a million. */
  readonly maxDistinct?: number;
  readonly engine?: EngineOptions;
  /** Joins run in this Spark; default: in the embedded engine. The files come out the same, byte by byte. */
  readonly spark?: SparkOptions;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}
