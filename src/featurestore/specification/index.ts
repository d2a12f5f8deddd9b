export { checkPeriods } from "./check-periods.ts";
export {
  type Comparison,
  type ComparisonName,
  comparisons,
  comparisonsOf,
  type Filter,
  filterLimits,
  type FilterValue,
} from "./filter.ts";
export { specificationSchema } from "./json-schema.ts";
export type { Path } from "./path.ts";
export { checkSpecification, meantName, type ReadSpecification, readSpecification } from "./read-specification.ts";
export type { Problem } from "./shape.ts";
export {
  type ByHash,
  type ClassBalance,
  type ColumnLabel,
  type FeatureChoice,
  type FeatureLabel,
  hashRule,
  type Holdout,
  type Knowledge,
  knowledges,
  type LabelChoice,
  type Period,
  type Sampling,
  type Specification,
  type Split,
} from "./specification.ts";
export { normalChoice, normalComparison, normalSpecification } from "./normal.ts";
export { specifiedVector } from "./specified-vector.ts";
export {
  type Compression,
  type FileChoice,
  fileChoice,
  inFolder,
  type Output,
  outputBytes,
  outputFolder,
  type OutputFormat,
} from "./output.ts";
export { specificationError, type Written } from "./specification-error.ts";
