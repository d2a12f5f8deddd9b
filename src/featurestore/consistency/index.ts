export { type ComparingOptions, consistency, type ConsistencyOptions } from "./consistency.ts";
export { type LoadedGroup, readLoaded } from "./loaded-groups.ts";
export type { FitOf } from "./replay.ts";
export type {
  ConsistencyExample,
  ConsistencyReport,
  ConsistencyWarning,
  Disagreement,
  OutputConsistency,
} from "./report.ts";
export {
  consistencyText,
  differenceText,
  exactText,
  exampleText,
  isInconsistent,
  requestText,
  verdictText,
} from "./report-text.ts";
export type { LoggedRequest, RequestLog } from "./request-log.ts";
export {
  vectorConsistency,
  type VectorConsistencyContext,
  type VectorConsistencyOptions,
} from "./vector-consistency.ts";
export { consistencyPage } from "./consistency-page.ts";
