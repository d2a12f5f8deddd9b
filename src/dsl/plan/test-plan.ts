import type { Micros, Span, Value } from "../../core/index.ts";
import type { ExpressionPlan } from "./expression-plan.ts";
import type { VectorPlan } from "./plan.ts";

/** One row that a test gives a source. */
export interface TestRowPlan {
  readonly source: string;
  /** The place it comes by, of the source's transports. */
  readonly transport: number;
  /** Columns that are not there are missing. */
  readonly columns: Readonly<Record<string, Value>>;
}

/** A feature under a key that is written out. */
export interface TestFeaturePlan {
  /** Its canonical name. */
  readonly name: string;
  readonly entity: string;
  /** One value for each column of the entity's key. */
  readonly key: readonly Value[];
  /** Whether it looks forward: then no store can be asked for it. */
  readonly forward: boolean;
  /** Over the stored values that the test's vector reads. */
  readonly value: ExpressionPlan;
}

/** What must be true at a moment. */
export interface ExpectationPlan {
  /** Where the condition stands. */
  readonly span: Span;
  readonly at: Micros;
  readonly condition: ExpressionPlan;
  /** What it compares: two values for `==` and its like, one for `is missing` and its like, or nothing. */
  readonly sides: readonly ExpressionPlan[];
  /** What stands between two sides. */
  readonly operator?: string;
  /** The features that it reads, by their place in the test. */
  readonly features: readonly number[];
}

/** A test as checked. No part of a project's plan, nor of any fingerprint. */
export interface TestPlan {
  readonly name: string;
  /** Where its name stands. */
  readonly span: Span;
  readonly rows: readonly TestRowPlan[];
  readonly features: readonly TestFeaturePlan[];
  readonly expectations: readonly ExpectationPlan[];
  /** What all expectations read, under keys that are columns of {@link keys}. It has no slots. */
  readonly vector: VectorPlan;
  /** The keys that are written out, by the name of their column. */
  readonly keys: Readonly<Record<string, Value>>;
}

/** Bounds of a project's tests. */
export const testLimits = { tests: 1000, rows: 1000, expectations: 200 } as const;
