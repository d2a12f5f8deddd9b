import { type ExpressionPlan, parts } from "../plan/index.ts";

/** How large an expression is once everything it names stands in it. */
export interface PlanSize {
  /** Its parts, each counted as often as it stands there. */
  readonly nodes: number;
  readonly depth: number;
}

/** Bounds of one expression, of one part of a key (which every read by it repeats), and of all that one group or vector computes. */
export const planLimits = { nodes: 10_000, depth: 500, key: 500, total: 200_000 } as const;

const known = new WeakMap<ExpressionPlan, PlanSize>();

/** The size of an expression. Shared parts are measured once, so that `a = x + x`, `b = a + a`, ... costs nothing. */
export function planSize(plan: ExpressionPlan): PlanSize {
  const before = known.get(plan);
  if (before !== undefined) return before;
  let nodes = 1;
  let depth = 0;
  for (const part of parts(plan)) {
    const size = planSize(part);
    nodes += size.nodes;
    depth = Math.max(depth, size.depth);
  }
  const size = { nodes, depth: depth + 1 };
  known.set(plan, size);
  return size;
}
