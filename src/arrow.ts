/** Training sets as Arrow record batches; needs the optional package `apache-arrow`. */
export {
  defaultBatchRows,
  maxBatchRows,
  trainingBatches,
  type TrainingBatchesOptions,
} from "./featurestore/arrow/index.ts";
