export { type ConsistentRequest, expectConsistent, type ExpectConsistentOptions } from "./expect-consistent.ts";
export { open, type Tondo } from "./open.ts";
export type { OpenOptions, WorkOptions } from "./open-options.ts";
export {
  type AnyProject,
  type Clock,
  type ErrorCode,
  errorCodes,
  formatMicros,
  type Micros,
  type Moment,
  type Progress,
  type ProjectTypes,
  type Register,
  type RegisteredProject,
  type Status,
  systemClock,
  TondoError,
  toMicros,
  type Value,
} from "./core/index.ts";
export { connect, type ConnectOptions, type Database } from "./database/index.ts";
export {
  defineFunction,
  type UserArguments,
  type UserFunction,
  type UserFunctionDefinition,
  type UserParameters,
  type UserResult,
} from "./dsl/index.ts";
export {
  consistencyPage,
  type ConsistencyReport,
  consistencyText,
  cronJobs,
  type CronJobOptions,
  type CrontabOptions,
  crontabText,
  featureStats,
  type FeatureStats,
  type FeatureStatsOptions,
  type Freshness,
  type GroupFreshness,
  type GroupGenerations,
  type KeptGeneration,
  kubernetesText,
  type LoggedRequest,
  type Manifest,
  type OutputConsistency,
  type Reproduction,
  type ReproduceOptions,
  type RollbackResult,
  type Schedule,
  type ScheduledJob,
  type SourceDatabase,
  type SourceDatabases,
  statisticsPage,
  type TableExtraction,
  type TrainingSet,
  type VectorConsistencyOptions,
} from "./featurestore/index.ts";
export type { Prediction, PredictRequest } from "./serving/index.ts";
export { linearTrainer, logisticTrainer, processTrainer, type Trainer } from "./training/index.ts";
