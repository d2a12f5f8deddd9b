export { columnsOf, isSecondHop, parts, readIds, replaceLeaves, storedNames, walk } from "./walk.ts";
export type {
  CallPlan,
  ColumnPlan,
  ExpressionPlan,
  Fitted,
  FittedPlan,
  FittedValue,
  LiteralPlan,
  NowPlan,
  Parameters,
  StoredRefPlan,
} from "./expression-plan.ts";
export type {
  About,
  EntityPlan,
  FeaturePlan,
  FileTransportPlan,
  GroupPlan,
  KeyColumnPlan,
  LabelPlan,
  ProjectPlan,
  ReadPlan,
  RolePlan,
  SlotPlan,
  SourcePlan,
  StoredColumnPlan,
  StoredPlan,
  StoredWindowPlan,
  TableTransportPlan,
  TopicTransportPlan,
  TransportPlan,
  VectorPlan,
} from "./plan.ts";
export {
  type ExpectationPlan,
  type TestFeaturePlan,
  testLimits,
  type TestPlan,
  type TestRowPlan,
} from "./test-plan.ts";
export { type Pii, piiOf, piiOutputs } from "./pii.ts";
export { type ReadName, readName } from "./read-name.ts";
export { type SourceExpression, sourceExpressions } from "./source-expressions.ts";
export { filesAtRest, lagOf, tableParts, type TableParts, databaseTables } from "./transports.ts";
export {
  entityFingerprint,
  fittedFingerprint,
  groupFingerprint,
  sourceFingerprint,
  storedFingerprint,
  vectorFingerprint,
} from "./fingerprint.ts";
