export type { AnswerLog, ServedAnswer, ServedScore, VectorAnswerLog } from "./answer-log.ts";
export { readApplied, readAppliedLogs } from "./applied-record.ts";
export { codecVersion, maxKeyBytes } from "./codec/index.ts";
export type { EntityKeys, KeyPart } from "./entity-keys.ts";
export { createFeatureReader, FeatureReader, type FeatureRow, type PreparedVector } from "./feature-reader.ts";
export type { FeatureValue } from "./feature-value.ts";
export type { GroupLayout, RowLayout, WindowLayout } from "./group-layout.ts";
export { type EarlierPointer, type GroupPointer, groupName, type LoadCounts, type Rollback } from "./group-pointer.ts";
export {
  type GenerationRecords,
  type GenerationWriter,
  type OnlineStore,
  type PackedBytes,
  type PointerSwitch,
  type PushedVisitor,
  type RecordBatch,
  recordBatch,
  type RecordChange,
  type RecordVisitor,
  type StoreView,
} from "./online-store.ts";
export {
  defaultFeatureReaderLimits,
  type FeatureReaderLimits,
  type FeatureReaderOptions,
  type GetOptions,
  type PushedRows,
  type PushRows,
  type ReadCallOptions,
  type ReadingOptions,
  type VectorGetOptions,
} from "./reader-options.ts";
export type { Feed, LoggedRow, NewFeed, Push, Pushed, PushedGroup, PushedPlace, PushedStore } from "./pushed-store.ts";
export type { RecordCacheOptions } from "./record-cache.ts";
export { type RequestKeys, type RequestReader, requestReader } from "./request-reader.ts";
export type { VectorRequest } from "./vector-keys.ts";
export type { VectorAnswer } from "./vector-program.ts";
export type { VectorRow } from "./vector-rows.ts";
