import type { CallExpression, Identifier, ReferenceExpression } from "../syntax/index.ts";
import type { ExpressionPlan, FittedPlan } from "../plan/index.ts";

/** What an expression's names mean where it stands. Each look-up reports its own errors and then gives `undefined`. */
export interface Scope {
  name(identifier: Identifier): ExpressionPlan | undefined;
  /** Whether a name means something here; absent where fitted functions may not stand. Reports nothing. */
  readonly knows?: (name: string) => boolean;
  /** A `@entity:group:feature`. */
  reference(reference: ReferenceExpression): ExpressionPlan | undefined;
  /** An aggregate with its window. */
  aggregate(call: CallExpression): ExpressionPlan | undefined;
  /** Whether `now` has a meaning. */
  readonly now: boolean;
  /** Gives a fitted function its id, or reports that it may not stand here. */
  fitted(call: CallExpression, plan: Omit<FittedPlan, "node" | "type" | "fit">): string | undefined;
}
