export type { ArtifactStore } from "./artifacts/artifact-store.ts";
export { folderArtifacts } from "./artifacts/folder-artifacts.ts";
export {
  type BinaryMetrics,
  evaluateBinary,
  evaluateRegression,
  type Metric,
  type Metrics,
  type RegressionMetrics,
} from "./evaluation/index.ts";
export { defaultLimits, type RegistryLimits } from "./limits.ts";
export type { RegistryChange } from "./changes/changes.ts";
export type { ChangeKind } from "./changes/record-change.ts";
export type { Model, NewModel } from "./models/model.ts";
export { isVersionId, type ModelReference, parseModelReference } from "./names.ts";
export { buildPackage } from "./package/build-package.ts";
export { type FileContents, packageFiles } from "./package/package-files.ts";
export { type ModelPackage, readPackage } from "./package/read-package.ts";
export type { PartitionNode, PartitionState } from "./partition-nodes.ts";
export { formatPath, type PartitionPath } from "./partition-path.ts";
export { openRegistry, type Registry, type RegistryOptions } from "./registry.ts";
export type { NewPromotion, Promotion } from "./releases/promote.ts";
export type { MadeRelease, NewRelease, Release, ReleaseDifference, ReleaseNode } from "./releases/release.ts";
export type { NewRollback, Rollback } from "./releases/rollback.ts";
export type { ModelSnapshot } from "./resolution/model-snapshot.ts";
export type { Resolution, SkippedNode } from "./resolution/resolution.ts";
export type { Resolver, ResolverOptions } from "./resolution/resolver.ts";
export type { MovedTag, TagChange, TagMove, TagState } from "./tags/tag.ts";
export type { TagEntry } from "./tags/tag-ledger.ts";
export { pinnedToParent, type TagTarget } from "./tags/tag-target.ts";
export type { TagPlace } from "./tags/tags.ts";
export type { NewVersion } from "./versions/new-version.ts";
export type { Registration } from "./versions/register-versions.ts";
export type {
  DataReference,
  ModelVersion,
  TrainerReference,
  VectorReference,
  VersionHead,
} from "./versions/version.ts";
export type { VersionPage } from "./versions/versions.ts";
