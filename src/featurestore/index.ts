export type { AppliedFile, AppliedLoad, AppliedLog } from "./applied/index.ts";
export * from "./backfill/index.ts";
export * from "./catalog/index.ts";
export * from "./consistency/index.ts";
export * from "./definition-tests/index.ts";
export * from "./erase/index.ts";
export * from "./extract/index.ts";
export { type Cell, Engine, type EngineOptions, type TableColumn } from "./duckdb/index.ts";
export * from "./freshness/index.ts";
export * from "./generations/index.ts";
export { type HomeLock, lockHome } from "./home-lock.ts";
export * from "./materialize/index.ts";
export * from "./offline/index.ts";
export * from "./online/index.ts";
export { operations, type Operations, type OperationsContext } from "./operations.ts";
export {
  atRest,
  type AtRestOptions,
  defaultPushLimits,
  pushedErasure,
  pushing,
  type PushingOptions,
  type PushLimits,
} from "./pushed/index.ts";
export * from "./s3/index.ts";
export * from "./schedule/index.ts";
export * from "./served/index.ts";
export * from "./specification/index.ts";
export { makeSpecifiedSet, type SpecifiedSetContext, type TrainingSetCall } from "./specified-set.ts";
export type { SparkOptions } from "./spark/index.ts";
export * from "./statistics/index.ts";
export * from "./stream/index.ts";
