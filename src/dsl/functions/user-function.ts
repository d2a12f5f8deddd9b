import type { TypeName } from "../../core/index.ts";

/** What `compute` is given for a parameter of a kind; a list or an embedding is its own, to be changed at will. */
type Given<K extends string> = K extends `list<${infer E}>`
  ? Given<E>[]
  : K extends `embedding(${string}`
    ? Float64Array
    : K extends "int"
      ? number | bigint
      : K extends "bool"
        ? boolean
        : K extends "string"
          ? string
          : number;

/** What `compute` may answer with for a kind. */
type Answer<K extends string> = K extends `list<${infer E}>`
  ? readonly (Answer<E> | null)[]
  : K extends `embedding(${string}`
    ? Float64Array | Float32Array | readonly number[]
    : K extends "int" | "float"
      ? number | bigint
      : K extends "timestamp"
        ? number | Date
        : Given<K>;

/** The arguments of a user function by the names and types of its parameters. */
export type UserArguments<T extends UserParameters> = {
  [N in keyof T]: T[N] extends `${infer K}?` ? Given<K> | null : Given<T[N]>;
};

/** The result of a user function of a type. */
export type UserResult<R extends TypeName> = R extends `${infer K}?` ? Answer<K> | null | undefined : Answer<R>;

/** The parameters of a user function: their types by their names, in order. */
export type UserParameters = Readonly<Record<string, TypeName>>;

/** What a user function is known to give, for its readers; checked when the function is defined. */
export interface UserExample<A = Readonly<Record<string, unknown>>, R = unknown> {
  readonly given: A;
  readonly result: R;
}

/** A function of a project's own, as `defineFunction` takes it. */
export interface UserFunctionDefinition<T extends UserParameters, R extends TypeName> {
  /** How it is called in `.tondo` files: letters, digits and `_`, no `__`, and no word that the language has. */
  readonly name: string;
  /** A whole number of at least 1, in the fingerprint: raise it whenever something that `compute` uses changes a result. */
  readonly version: number;
  /**
   * Its parameters in order, such as `{ visits: "int", since: "duration?" }`. Where the argument of one without `?` is missing
   * the result is, and nothing is called; one with `?` is handed `null`.
   */
  readonly takes: T;
  /** With `?` where `compute` may answer with `null`, NaN, an infinite number or a moment outside the domain: all these are missing. */
  readonly returns: R;
  /**
   * The function itself. It must be pure: the same arguments give the same answer, always and on every machine. No clock, no chance,
   * no I/O, no state, nothing that depends on locale or time zone of the machine. It must answer for all values of its types.
   */
  readonly compute: (given: UserArguments<T>) => UserResult<R>;
  /** What it is, for editors. */
  readonly doc?: string;
  readonly examples?: readonly UserExample<UserArguments<T>, UserResult<R>>[];
}

/** A function of a project's own: see `defineFunction`. */
export interface UserFunction {
  readonly name: string;
  readonly version: number;
  readonly takes: UserParameters;
  readonly returns: TypeName;
  readonly doc: string;
  readonly examples: readonly UserExample[];
  /** SHA-256 of the signature and of the text of `compute`: it is in the fingerprint of all that calls it. */
  readonly source: string;
  readonly compute: (given: never) => unknown;
}
