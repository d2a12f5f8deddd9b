import type { ValueKind } from "../../core/index.ts";
import type { AggregateExample } from "./aggregate-example.ts";
import type { Constants, Raw } from "./scalar-function.ts";

/**
 * The state of an aggregate: some numbers in a `Float64Array` and, where a number cannot hold it (texts, 64-bit ints),
 * some values beside them. How many of each is fixed by the aggregate and its input's kind.
 */
export interface StateShape {
  readonly numbers: number;
  readonly values: number;
}

/** A state in memory: `numbers` from an offset on, `values` from another; see {@link StoredForm} for what values may be. */
export interface StateArrays {
  readonly numbers: Float64Array;
  readonly values: unknown[];
}

/**
 * How the values of a state are kept where they are not raw values of the input's kind: as texts, of which the first
 * character is the version of the encoding. In memory they are objects.
 */
export interface StoredForm {
  readonly encode: (value: unknown) => string;
  /** `undefined` where the text is of a version that this program does not know. */
  readonly decode: (text: string) => object | undefined;
}

/** One row given to an aggregate: its input (ignored by `count` of rows) and its place in time, microseconds. */
export interface Occurrence {
  readonly input: Raw;
  readonly t: number;
}

/** Changes a state at some offsets by another one, at offsets of its own. */
export type MergeStates = (
  into: StateArrays,
  number: number,
  value: number,
  from: StateArrays,
  fromNumber: number,
  fromValue: number,
) => void;

/** The JavaScript of an aggregate over one kind of input: a commutative monoid, up to the order keys of `last`. */
export interface AggregateCode {
  readonly shape: StateShape;
  /** Rows without an input are taken in, too. */
  readonly takesMissing?: true;
  /** Absent where the values of a state are stored as they are. */
  readonly stored?: StoredForm;
  /** Makes the state at these offsets the empty one. */
  empty(state: StateArrays, number: number, value: number): void;
  /** Takes one row in, whose input is not missing unless it {@link takesMissing}. Rows of equal time come in the order of the contract's tie-break. */
  update(state: StateArrays, number: number, value: number, row: Occurrence): void;
  /** Takes the second state into the first. */
  readonly merge: MergeStates;
  /**
   * The same of a second state whose rows may be of the times of the first's, and come behind them in the contract's tie-break. Absent where {@link merge} does that:
   * wherever no tie is broken by order.
   */
  readonly mergeLater?: MergeStates;
  /**
   * Takes `count` states of numbers alone into the first, the last of them first: the one at `fromNumber` and others, each `stride` numbers behind
   * the one before it. What `merge` of one after another does, at less cost. Only where a state has no values.
   */
  mergeRun?(
    into: StateArrays,
    number: number,
    from: Float64Array,
    fromNumber: number,
    stride: number,
    count: number,
  ): void;
  /** Takes the second state, which was merged into the first before, out of it again. Absent where that cannot be. */
  readonly unmerge?: MergeStates;
  /** Takes one row, which was taken in before, out of the state again: what {@link unmerge} of its state alone does, at less cost. */
  remove?(state: StateArrays, number: number, value: number, row: Occurrence): void;
  /** The result; missing is NaN, or `null` for texts. */
  finalize(state: StateArrays, number: number, value: number): Raw;
}

/**
 * Whether a row makes another one needless for as long as it counts itself: what holds of all that an aggregate keeps only the
 * best of. Of rows of equal time the one that comes later in the contract's order is given first.
 */
export type Beats = (input: Raw, t: number, otherInput: Raw, otherT: number) => boolean;

/** How the state follows a window that slides; see `Slide`. Each code finalizes to what the aggregate's own does. */
export type SlideRule =
  /** What was taken in is taken out again: the code has `unmerge`. */
  | { readonly by: "leaving"; readonly code: AggregateCode }
  /** Only the best row matters; `ordered` where it is the order of rows of one time that makes it so. */
  | { readonly by: "best"; readonly code: AggregateCode; readonly beats: Beats; readonly ordered?: true }
  /** Only so many of the latest rows matter. `fill` makes the state of them, in the contract's order, whatever was in it. */
  | {
      readonly by: "latest";
      readonly code: AggregateCode;
      readonly count: number;
      readonly fill: (state: StateArrays, latest: readonly Occurrence[]) => void;
    };

/** One column of a state in SQL. */
export interface StateColumn {
  readonly suffix: string;
  /** Over rows: `x` is the input (or `1` for rows), `order` a struct that orders rows of one key, `filter` a condition. */
  readonly update: (x: string, order: string, filter: string) => string;
}

/** The SQL (DuckDB) of an aggregate over one kind of input. */
export interface AggregateSql {
  readonly columns: readonly StateColumn[];
  /** The result from a state's columns; absent where the JavaScript makes it of the encoded state. */
  readonly finalize?: (column: (suffix: string) => string) => string;
  /** From a state's columns the numbers and values of {@link StateShape}, in order, as SQL. */
  readonly encode: (column: (suffix: string) => string) => {
    readonly numbers: readonly string[];
    readonly values: readonly string[];
  };
}

/** A constant beside an aggregate's input, such as the `n` of `last_k(x, n)`. */
export interface AggregateParameter {
  readonly name: string;
  readonly kind: "int" | "float" | "bool";
  /** Both ends are allowed; numbers only. */
  readonly min?: number;
  readonly max?: number;
  /** Used where it is left out; without one it must be given. A truth value that is the default stands in no plan. */
  readonly default?: number | boolean;
  /** For messages: what it is, and one that is right. */
  readonly what: string;
  readonly example: string;
}

/** One entry of the library of aggregates. */
export interface Aggregate {
  readonly name: string;
  /** Raised whenever a result or a state changes: it is in the fingerprint. */
  readonly version: number;
  readonly doc: string;
  readonly examples: readonly AggregateExample[];
  /** Kinds of input, with the kind of the result; `rows`: without an input. */
  readonly takes: Partial<Readonly<Record<ValueKind | "rows", ValueKind>>>;
  /** Whether nothing in the window gives missing (all but `count`). */
  readonly optional: boolean;
  readonly parameters?: readonly AggregateParameter[];
  /** Aggregates whose states have one name differ in `finalize` only: over one input they share one state. */
  readonly state: (kind: ValueKind | "rows", options: Constants) => string;
  readonly code: (kind: ValueKind | "rows", options: Constants) => AggregateCode;
  /** Absent where `code` has `unmerge`, which is all that it takes. */
  readonly slides?: (kind: ValueKind | "rows", options: Constants) => SlideRule;
  readonly sql: (kind: ValueKind | "rows", options: Constants) => AggregateSql;
}
