export { type ExplainedJoin, explainJoins, type OutsideExpression } from "./explain/explain-sql.ts";
export type { JoinReport, WindowJoin } from "./join.ts";
export type { LeftRow, LeftRows } from "./left-rows.ts";
export { type Manifest, manifestFile, type OutputColumn, type OutputFile, readManifest } from "./manifest.ts";
export type { FileDigest } from "./source-files.ts";
export { type HoldoutMicros, isPeriod, type Part, type PeriodMicros, type SplitMicros } from "./split.ts";
export { computeVectors, type ComputedVectors } from "./compute-vectors.ts";
export { readColumns, type ReadColumnsOptions, writeColumns } from "./read-columns.ts";
export { makeTrainingSet, type TrainingSet, type TrainingSetOptions } from "./training-set.ts";
