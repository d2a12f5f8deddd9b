export { defaultBatchRows, maxBatchRows, trainingBatches, type TrainingBatchesOptions } from "./training-batches.ts";
