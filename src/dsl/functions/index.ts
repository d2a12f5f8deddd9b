export type {
  Aggregate,
  AggregateCode,
  AggregateParameter,
  AggregateSql,
  Beats,
  SlideRule,
  StateArrays,
  StateColumn,
  StateShape,
  StoredForm,
} from "./aggregate.ts";
export { type AggregateExample, aggregateExampleText } from "./aggregate-example.ts";
export { aggregates } from "./aggregates/index.ts";
export { type Slide, slideOf, slideRuleOf } from "./slide/index.ts";
export { type ComposedAggregate, composedAggregates } from "./composed-aggregate.ts";
export { fittedFunctions, fittedKey, quantileBetween, quantileNeighbours } from "./fitted/index.ts";
export type { Fit, FitContext, FittedExample, FittedFunction, FittedOption } from "./fitted-function.ts";
export { fitsOf, fittedFault, fittedOf, parametersOf } from "./fitted-of.ts";
export { type Dialect, type DialectName, dialects, sparkFloat, sparkType } from "./dialects/index.ts";
export { constantText } from "./literal-js.ts";
export { literalSql, quoteIdentifier, quoteText, sqlType } from "./literal-sql.ts";
export { hashText } from "./murmur3.ts";
export { scalarFunctions, scalarSections } from "./scalar/index.ts";
export {
  type Constant,
  type Constants,
  type Example,
  finite,
  maxInt,
  missing,
  type Overload,
  type Parameter,
  type Raw,
  type RawCall,
  type RawList,
  type RawScalar,
  type ScalarFunction,
  type Tables,
  takesKind,
  whole,
} from "./scalar-function.ts";
export { clock, isZone, zoneNames } from "./time-zone.ts";
export { overloadOf, tablesOf } from "./overload-of.ts";
export { defineFunction } from "./define-function.ts";
export { type FunctionLibrary, functionLibrary, noFunctions, requireFunctions, userEntry } from "./function-library.ts";
export { fromRaw, isMissingRaw, missingRaw, type RawColumn, rawFromJson, toRaw } from "./raw-value.ts";
export type {
  UserArguments,
  UserExample,
  UserFunction,
  UserFunctionDefinition,
  UserParameters,
  UserResult,
} from "./user-function.ts";
