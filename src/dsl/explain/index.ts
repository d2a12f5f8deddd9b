export { explain, type ExplainContext, type ExplainedPlan, type Explanation } from "./explain.ts";
export { expressionText, storedText } from "./expression-text.ts";
export type { Fact } from "./facts.ts";
export type { Lineage, SourceLineage, StoredLineage } from "./lineage.ts";
export { type PlanNode, readText } from "./plan-tree.ts";
export { type ExplainedProgram, explainProgram } from "./program.ts";
export { explainable, type UnknownSubject } from "./subject.ts";
