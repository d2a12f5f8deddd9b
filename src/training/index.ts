export { type Columns, columnsOf, gatherColumns, sliceColumns } from "./columns.ts";
export { type MissingPolicy } from "./complete-rows.ts";
export { type Evaluation } from "./evaluate-scores.ts";
export { linearTrainer } from "./linear-trainer.ts";
export { logisticTrainer } from "./logistic-trainer.ts";
export {
  processTrainer,
  type ProcessTrainerLimits,
  type ProcessTrainerOptions,
  type WriteParquet,
} from "./process-trainer.ts";
export { trainModel, type TrainModelOptions, type TrainModelResult } from "./train-model.ts";
export {
  type NodeRange,
  type TrainedModel,
  type Trainer,
  type TrainerParameters,
  type TrainInput,
  type TrainNodesInput,
} from "./trainer.ts";
export { type Fallback, type PartitionResult, type ResolvedScores } from "./judge-partitions.ts";
export { globalLevel, type LevelValues } from "./partition-tree.ts";
export {
  type PartitionedRows,
  trainPartitioned,
  type TrainPartitionedOptions,
  type TrainPartitionedResult,
} from "./train-partitioned.ts";
export { type Golden, type GoldenRow } from "./golden-rows.ts";
export { type ModelSealer, modelSealer } from "./seal-model.ts";
export { trainAndRegister, type TrainAndRegisterOptions, type TrainAndRegisterResult } from "./train-and-register.ts";
