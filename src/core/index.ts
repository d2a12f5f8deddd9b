export { accountName } from "./account-name.ts";
export { makeDurableFolder, syncFile, syncFolder, temporaryBeside, writeFileAtomic } from "./atomic-file.ts";
export { parseBytes } from "./byte-size.ts";
export { canonicalJson, type Json, sha256 } from "./canonical-json.ts";
export { type CanonicalName, formatCanonicalName, parseCanonicalName } from "./canonical-name.ts";
export { defined } from "./defined.ts";
export { type Diagnostic, renderDiagnostic, type Severity, type SourceFile, type Span } from "./diagnostic.ts";
export { durationUnits, floorTo, formatDuration, hopOf } from "./duration.ts";
export { type ErrorCode, errorCodes } from "./error-code.ts";
export {
  addExact,
  carryExact,
  ExactSum,
  exactSumDomain,
  exactSumLimbs,
  exactSumRoom,
  exactValue,
  inExactDomain,
  mergeExact,
  subtractExact,
  unmergeExact,
} from "./exact-sum.ts";
export { lockFile } from "./file-lock.ts";
export { hiddenValue } from "./hidden-value.ts";
export { loadPeer } from "./load-peer.ts";
export { type Clock, formatMicros, type Micros, type Moment, systemClock, toMicros } from "./moment.ts";
export { nearestName } from "./nearest-name.ts";
export { ownFolder, type OwnFolder } from "./own-folder.ts";
export { type Progress, type ProgressPart, silentProgress } from "./progress.ts";
export type {
  AnyProject,
  FeatureName,
  FeatureTypes,
  GivenKey,
  GivenValue,
  GroupName,
  KeysOf,
  LabelName,
  ProjectTypes,
  Register,
  RegisteredProject,
  VectorName,
  VectorTypes,
} from "./project-types.ts";
export { shareText } from "./share-text.ts";
export { TondoError, type TondoErrorOptions } from "./tondo-error.ts";
export { admit, compareCodePoints, normalInt, type Scalar, type Status, type Value, worseStatus } from "./value.ts";
export {
  elementKind,
  type EmbeddingKind,
  embeddingKind,
  embeddingSize,
  isEmbedding,
  isList,
  isNumeric,
  isScalar,
  type ListKind,
  maxEmbeddingSize,
  parseTypeName,
  type ScalarKind,
  scalarKinds,
  type TypeName,
  typeName,
  type ValueKind,
  type ValueType,
} from "./value-type.ts";
export { visible } from "./visible.ts";
export { waitUntil } from "./wait-until.ts";
