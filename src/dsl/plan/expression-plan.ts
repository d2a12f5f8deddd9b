import type { TypeName } from "../../core/index.ts";

/** A constant. Timestamps, dates and durations are numbers; an int beyond ±(2^53 - 1) is decimal text. */
export interface LiteralPlan {
  readonly node: "literal";
  readonly type: TypeName;
  readonly value: null | boolean | number | string;
}

/** A column of the source (in `at`, `known`, `id`, `by`, aggregate inputs and `where`) or of the left rows (inputs, label columns). */
export interface ColumnPlan {
  readonly node: "column";
  readonly type: TypeName;
  readonly name: string;
}

/** A value that a group stores; in a group's features by its stored name, in a vector by the id of one of its `reads`. */
export interface StoredRefPlan {
  readonly node: "stored";
  readonly type: TypeName;
  readonly name: string;
}

/** The moment of the request, a timestamp. */
export interface NowPlan {
  readonly node: "now";
  readonly type: "timestamp";
}

/** A scalar function or operator, of the library or of the project's own; `function` with `version` names one entry, `options` are constants. */
export interface CallPlan {
  readonly node: "call";
  readonly type: TypeName;
  readonly function: string;
  readonly version: number;
  /** The release of the tables it reads, such as `tz 2026c`. */
  readonly tables?: string;
  /** The function is one of the project's own: the hash of its signature and text. Plans never hold code. */
  readonly user?: { readonly source: string };
  readonly args: readonly ExpressionPlan[];
  readonly options?: Readonly<
    Record<string, null | boolean | number | string | readonly (boolean | number | string)[]>
  >;
}

/** A function fitted on training rows; its parameters stand in {@link Fitted} under `fit`. Vectors only. */
export interface FittedPlan {
  readonly node: "fitted";
  readonly type: TypeName;
  readonly function: string;
  readonly version: number;
  /** `fit0`, `fit1`, ... in the order in which they must be fitted: inner before outer. */
  readonly fit: string;
  readonly arg: ExpressionPlan;
  readonly options?: CallPlan["options"];
}

/** A typed expression of a plan. */
export type ExpressionPlan = LiteralPlan | ColumnPlan | StoredRefPlan | NowPlan | CallPlan | FittedPlan;

/** One thing that fitting found: a number, a text, or a list of them. */
export type FittedValue = number | string | readonly (number | string)[];

/** The parameters that a fit found, by name. Numbers are finite; an int beyond ±(2^53 - 1) is decimal text. */
export type Parameters = Readonly<Record<string, FittedValue>>;

/** What fitting found, by `fit` id, frozen by value. */
export type Fitted = Readonly<Record<string, Parameters>>;
