import { type ExpressionPlan, parts } from "../../../src/dsl/index.ts";

/** How many calls stand within one another. */
export function depthOf(plan: ExpressionPlan): number {
  return plan.node === "call" ? 1 + Math.max(0, ...parts(plan).map(depthOf)) : 0;
}
