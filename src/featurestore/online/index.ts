export { codecVersion, maxKeyBytes } from "./codec/index.ts";
export type { EntityKeys, KeyPart } from "./entity-keys.ts";
export {
  createFeatureReader,
  defaultFeatureReaderLimits,
  FeatureReader,
  type FeatureReaderLimits,
  type FeatureReaderOptions,
  type FeatureRow,
  type GetOptions,
  type PreparedVector,
} from "./feature-reader.ts";
export type { GroupLayout, RowLayout, WindowLayout } from "./group-layout.ts";
export { type EarlierPointer, type GroupPointer, groupName, type LoadCounts, type Rollback } from "./group-pointer.ts";
export type { FeatureValue } from "./names-program.ts";
export type {
  GenerationWriter,
  OnlineStore,
  PointerSwitch,
  RecordBatch,
  RecordVisitor,
  StoreView,
} from "./online-store.ts";
export type { VectorRequest } from "./vector-keys.ts";
export type { VectorAnswer } from "./vector-program.ts";
