import type { Span } from "../../core/index.ts";
import type { ExpressionPlan } from "../plan/index.ts";
import { parts } from "../plan/index.ts";

/** The features that a slot or label of a vector is made of, steps and keys included. */
export interface FeatureUse {
  readonly vector: string;
  readonly kind: "slot" | "label";
  /** As declared. */
  readonly name: string;
  /** Its slots in the plan: several where its function gives several results. A label is itself. */
  readonly results: readonly string[];
  /** Canonical names, sorted. */
  readonly features: readonly string[];
}

/** Where the parts of a plan were written, and what was written for what: for those who explain a plan, and no part of it. */
export interface Places {
  /** By the names of `about`, and `slot:VECTOR:SLOT` and `label:VECTOR:LABEL` as declared. */
  readonly definitions: ReadonlyMap<string, Span>;
  /** By the very objects of the plan. What the checker added has no place of its own. */
  readonly expressions: ReadonlyMap<ExpressionPlan, Span>;
  readonly uses: readonly FeatureUse[];
}

/** Collects {@link Places} while a project is checked. */
export class PlaceRecorder implements Places {
  readonly definitions: Map<string, Span> = new Map<string, Span>();
  readonly expressions: Map<ExpressionPlan, Span> = new Map<ExpressionPlan, Span>();
  readonly uses: FeatureUse[] = [];

  /** Says where an expression was written; of several places the first stands. */
  put(plan: ExpressionPlan, span: Span): void {
    if (!this.expressions.has(plan)) this.expressions.set(plan, span);
  }

  /** An expression with other leaves, and otherwise the same, was written where the first one was. */
  copy(from: ExpressionPlan, to: ExpressionPlan): void {
    const span = this.expressions.get(from);
    if (span !== undefined) this.put(to, span);
    const own = parts(to);
    for (const [i, part] of parts(from).entries()) {
      const other = own[i];
      if (other !== undefined && other !== part) this.copy(part, other);
    }
  }
}
