import { isEmbedding, isList, type TypeName, type Value, type ValueKind } from "../../core/index.ts";
import type { ExpressionPlan } from "../plan/index.ts";
import type { Dialect } from "./dialects/index.ts";

/**
 * A value inside generated code: numbers for every scalar kind but string, with NaN for missing (bool is 0 or 1; an int
 * beyond ±(2^53 - 1) is a bigint); a list is an array of such values, none of them missing, an embedding a
 * `Float64Array` of its size, finite throughout; missing is `null` for these two and for strings. Nothing that is read
 * is ever written to. Functions give a
 * bigint only where an argument is one or a list of ints; those of a project's own, whenever they return an int.
 */
export type Raw = RawScalar | RawList | Float64Array;

/** A value inside generated code that has no parts. */
export type RawScalar = number | bigint | string | null;

/** A list inside generated code. */
export type RawList = readonly (number | bigint | string)[];

/** A function over raw values, as it is called: its arguments are of the kinds that it takes, which the checker has seen to. */
export type RawCall = (...args: readonly Raw[]) => Raw;

/** Constants given to a function, by parameter name. */
export type Constant = null | boolean | number | string | readonly (boolean | number | string)[];
export type Constants = Readonly<Record<string, Constant>>;

/** One parameter. A `constant` one must be written out, all others are any expression. */
export interface Parameter {
  readonly name: string;
  /**
   * Kinds taken; `T` is any kind, the same for all `T` of the call, and `list<T>` a list of it; `embedding` is one of any
   * size, the same for all of the call. An int goes where a float is taken. A constant list is written out: `[1, 2]`.
   */
  readonly kind: ValueKind | "T" | "list<T>" | "embedding" | "int list" | "number list" | "text list";
  readonly constant?: true;
  /** Used where the argument is left out. */
  readonly default?: boolean | number | string;
  /** The moment of the request where the argument is left out. */
  readonly now?: true;
  /** A missing argument is handed to a user function; where it is not optional its result is missing then. */
  readonly optional?: true;
  /** Any number of these, one at least; last parameter only. */
  readonly rest?: true;
}

/** One way to call a function. */
export interface Overload {
  readonly takes: readonly Parameter[];
  /** `embedding` is one of the size of those taken, or of `size`. */
  readonly returns: ValueKind | "T" | "embedding";
  /** How many numbers the embedding has that it returns, where constants say so. */
  readonly size?: (constants: Constants) => number;
  /** What is wrong with the constants where embeddings of that size are taken; `undefined` where nothing is. */
  readonly refuses?: (constants: Constants, size: number) => string | undefined;
  /** May be missing where no argument is: outside the function's domain. */
  readonly partial?: true;
  /**
   * The function itself, total over its arguments' raw values. Where the entry's null rule is `propagates` it is
   * never called with a missing one; where it is `handles`, one more argument follows: the missing value of the
   * result's kind. Constants come once, so that tables can be made ready.
   */
  readonly compute: (constants: Constants) => (...args: never[]) => Raw;
  /**
   * The same as JavaScript text, where calling would cost more than doing. Arguments are names or constants, so that
   * they may stand there several times; `finite` and `whole` may be called. Where the entry handles missing values
   * itself, one more text follows: the missing value of the result's kind. `exact` says of each argument whether it is a
   * number, never a bigint. `undefined` where these arguments have none.
   */
  readonly inline?: (args: readonly string[], constants: Constants, exact: readonly boolean[]) => string | undefined;
  /** What is still to be done with the number that the inline text gives: what {@link finite} does, or the same for ints. */
  readonly settles?: "finite" | "whole";
  /** Its int result is never a bigint, whatever the arguments. */
  readonly small?: true;
  /** The inline text gives NaN for a NaN argument by itself, so no test is needed. */
  readonly inlinePropagates?: true;
  /**
   * The same of a moment and a zone, in two steps: of what the zone's clock shows then, which is read once however many
   * ask for it. `compute` comes to the same.
   */
  readonly ofClock?: Overload;
  /**
   * The same in SQL, bit by bit, for the exact subset; SQL's NULL is missing. The dialect gives what engines write
   * differently. `undefined` where these constants have no SQL form.
   */
  readonly sql?: (args: readonly string[], constants: Constants, dialect: Dialect) => string | undefined;
}

/** A column that an example reads, since what it holds has no literal form. */
export interface ExampleColumn {
  readonly type: TypeName;
  readonly value: Value;
}

/** An example from the manual, run by the tests. `now` is 2024-02-29T12:34:56.789Z. */
export interface Example {
  readonly text: string;
  readonly result: Value;
  /** The columns it reads, by name. */
  readonly given?: Readonly<Record<string, ExampleColumn>>;
}

/** Tables that a function's results come from, of one release, such as those of time zones. */
export interface Tables {
  /** What plans name, such as `tz 2026c`. */
  readonly name: string;
  /** Whether a call with these arguments does without them. */
  readonly unused?: (args: readonly ExpressionPlan[]) => boolean;
}

/** One entry of the library. */
export interface ScalarFunction {
  readonly name: string;
  /** Raised whenever a result changes: it is in the fingerprint. */
  readonly version: number;
  /** `propagates`: missing where any argument is; `handles`: says itself, and its result may be missing iff `optional` says so. */
  readonly missing: "propagates" | "handles";
  readonly optional?: (args: readonly boolean[]) => boolean;
  /** Reads tables that have releases of their own: plans name the release, see `tablesOf`. */
  readonly tables?: Tables;
  /** What distinguishes a project's own function from others of its name: the hash of its signature and text. */
  readonly user?: { readonly source: string };
  readonly doc: string;
  readonly examples: readonly Example[];
  readonly overloads: readonly Overload[];
  /** What is wrong with constants that are of the right kind. The function is total nonetheless: it is then missing. */
  readonly constants?: (constants: Constants) => { readonly message: string; readonly hint: string } | undefined;
  /**
   * Stands for a chain of this other function, which the plan has instead: `case(a, x, b, y, z)` is `if(a, x, if(b, y, z))`. The
   * overload says what one link takes.
   */
  readonly chain?: string;
  /** A function of several results: the slot becomes one for each, by these suffixes and functions. */
  readonly expands?: (
    constants: Constants,
  ) => readonly { readonly suffix: string; readonly function: string; readonly constants: Constants }[];
}

/** Whether a parameter that is no constant takes arguments of a kind, other arguments aside. */
export function takesKind(taken: Parameter["kind"], kind: ValueKind): boolean {
  if (taken === "T") return true;
  if (taken === "list<T>") return isList(kind);
  return taken === "embedding" ? isEmbedding(kind) : taken === kind;
}

/** NaN: missing, inside generated code. */
export const missing: number = Number.NaN;

/**
 * The longest text that a function makes of several, in UTF-16 units: what would be longer is missing. Functions of one text do
 * not need it: they give parts of it, or its other case, which is at most three times as long however often it is asked for.
 */
export const maxTextLength = 1_048_576;

/** The largest int that arithmetic knows. */
export const maxInt = 9007199254740991;

/** A float result: infinite becomes missing, -0 becomes 0. */
export function finite(value: number): number {
  return value - value === 0 ? value + 0 : missing;
}

/** A whole result: missing beyond ±(2^53 - 1), -0 becomes 0. */
export function whole(value: number): number {
  return value >= -maxInt && value <= maxInt ? value + 0 : missing;
}
