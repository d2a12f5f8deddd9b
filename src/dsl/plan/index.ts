export { columnsOf, parts, replaceLeaves, walk } from "./walk.ts";
export type {
  CallPlan,
  ColumnPlan,
  ExpressionPlan,
  Fitted,
  FittedPlan,
  LiteralPlan,
  NowPlan,
  StoredRefPlan,
} from "./expression-plan.ts";
export type {
  About,
  EntityPlan,
  FeaturePlan,
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
  TransportPlan,
  VectorPlan,
} from "./plan.ts";
export {
  entityFingerprint,
  groupFingerprint,
  sourceFingerprint,
  storedFingerprint,
  vectorFingerprint,
} from "./fingerprint.ts";
