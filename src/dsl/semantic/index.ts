export {
  type Compilation,
  compile,
  type ParsedProject,
  parseProject,
  undeclaredSources,
  type UndeclaredSource,
} from "./compile.ts";
export { type DeclaredColumn, declaredPlaces, type DeclaredPlace } from "./declared-sources.ts";
export { operatorOnly, written } from "./check-expression.ts";
export type { FeatureUse, Places } from "./places.ts";
export { fittedOfCall, formOf } from "./resolve-fitted.ts";
export { type ExpressionTypes, placeOf } from "./report.ts";
export type { Schema } from "./symbols.ts";
export {
  type FeatureSelection,
  selectFeatures,
  type SelectedColumn,
  type SelectedFeature,
  type SelectionProblem,
} from "./select-features.ts";
export { selectLabels } from "./select-labels.ts";
