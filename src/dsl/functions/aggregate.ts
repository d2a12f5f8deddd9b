import type { ValueKind } from "../../core/index.ts";
import type { Raw } from "./scalar-function.ts";

/**
 * The state of an aggregate: some numbers in a `Float64Array` and, where a number cannot hold it (texts, 64-bit ints),
 * some values beside them. How many of each is fixed by the aggregate and its input's kind.
 */
export interface StateShape {
  readonly numbers: number;
  readonly values: number;
}

/** A state in memory: `numbers` from an offset on, `values` from another. */
export interface StateArrays {
  readonly numbers: Float64Array;
  readonly values: Raw[];
}

/** One row given to an aggregate: its input (ignored by `count` of rows) and its place in time, microseconds. */
export interface Occurrence {
  readonly input: Raw;
  readonly t: number;
}

/** The JavaScript of an aggregate over one kind of input: a commutative monoid, up to the order keys of `last`. */
export interface AggregateCode {
  readonly shape: StateShape;
  /** Makes the state at these offsets the empty one. */
  empty(state: StateArrays, number: number, value: number): void;
  /** Takes one row in, whose input is not missing. Rows of equal time come in the order of the contract's tie-break. */
  update(state: StateArrays, number: number, value: number, row: Occurrence): void;
  /** Takes the second state into the first. */
  merge(
    into: StateArrays,
    number: number,
    value: number,
    from: StateArrays,
    fromNumber: number,
    fromValue: number,
  ): void;
  /** The result; missing is NaN, or `null` for texts. */
  finalize(state: StateArrays, number: number, value: number): Raw;
}

/** One column of a state in SQL. */
export interface StateColumn {
  readonly suffix: string;
  /** Over rows: `x` is the input (or `1` for rows), `order` a struct that orders rows of one key, `filter` a condition. */
  readonly update: (x: string, order: string, filter: string) => string;
  /** Over states: the columns of the states, by suffix, unquoted names already made whole. */
  readonly merge: (column: (suffix: string) => string) => string;
}

/** The SQL (DuckDB) of an aggregate over one kind of input. */
export interface AggregateSql {
  readonly columns: readonly StateColumn[];
  /** The result from a state's columns. */
  readonly finalize: (column: (suffix: string) => string) => string;
  /** From a state's columns the numbers and values of {@link StateShape}, in order, as SQL. */
  readonly encode: (column: (suffix: string) => string) => {
    readonly numbers: readonly string[];
    readonly values: readonly string[];
  };
}

/** One entry of the library of aggregates. */
export interface Aggregate {
  readonly name: string;
  /** Raised whenever a result or a state changes: it is in the fingerprint. */
  readonly version: number;
  readonly doc: string;
  /** Kinds of input, with the kind of the result; `rows`: without an input. */
  readonly takes: Partial<Readonly<Record<ValueKind | "rows", ValueKind>>>;
  /** Whether nothing in the window gives missing (all but `count`). */
  readonly optional: boolean;
  readonly code: (kind: ValueKind | "rows") => AggregateCode;
  readonly sql: (kind: ValueKind | "rows") => AggregateSql;
}
