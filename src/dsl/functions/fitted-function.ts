import type { ValueKind } from "../../core/index.ts";
import type { FittedValue, Parameters } from "../plan/index.ts";
import type { Constants, Overload, RawScalar } from "./scalar-function.ts";

/** A constant in the brackets: a count, as in `quantize(10)`, or a percentile, as in `clip(p1, p99)`. */
export type FittedOption =
  | { readonly name: string; readonly kind: "count"; readonly least: number; readonly most: number }
  | { readonly name: string; readonly kind: "percentile" };

/** What one fitted parameter is: a finite number, a value of the argument's kind, or a list of either. */
export type ParameterForm = "number" | "numbers" | "value" | "values";

/** What a fit is of. */
export interface FitContext {
  /** The kind of the argument. */
  readonly kind: ValueKind;
  readonly options: Constants;
  /** How many different values may be counted before `LIMIT_EXCEEDED`. */
  readonly maxDistinct: number;
  /** How many fits go on at the same time, this one among them: they share the memory. No result depends on it. */
  readonly fits: number;
}

/** An example from the manual, run by the tests: fitted on `rows`, `value` becomes `result`. */
export interface FittedExample {
  readonly rows: readonly (number | string | null)[];
  readonly options?: Constants;
  readonly value: number | string | null;
  readonly result: number | string | null;
}

/**
 * One entry of the library of functions that are fitted on training rows. Fitting sees the argument on each training
 * row once per pass; what it found are constants of the function from then on.
 */
export interface FittedFunction {
  readonly name: string;
  /** Raised whenever a result or parameter changes: it is in the fingerprint. */
  readonly version: number;
  readonly doc: string;
  readonly examples: readonly FittedExample[];
  /** The word in the brackets that chooses it, as in `fill(mean)`; absent where it takes none. */
  readonly word?: string;
  /** The constants in the brackets, in order; all are needed. */
  readonly options?: readonly FittedOption[];
  /** Says what is wrong with constants that are right one by one. */
  readonly wrong?: (options: Constants) => string | undefined;
  /** The kinds taken, each with the kind given. An int goes where a float is taken and no int. */
  readonly takes: Readonly<Partial<Record<ValueKind, ValueKind>>>;
  /** Whether the result may be missing, from whether the argument may be. */
  readonly optional: (argument: boolean) => boolean;
  /** A function of several results: the slot becomes one for each, by these suffixes, of those numbers of its result. */
  readonly expands?: (options: Constants) => readonly { readonly suffix: string; readonly part: number }[];
  /** Begins a fit; `passes` says how often it must see all values. */
  readonly fit: (context: FitContext) => Fit;
  /** The parameters that fitting gives, by name. */
  readonly holds: Readonly<Record<string, ParameterForm>>;
  /** The function with its parameters in place, total over raw values of the kind. */
  readonly apply: (parameters: Parameters, kind: ValueKind) => (x: never) => RawScalar;
  /**
   * The same as JavaScript text, where calling would cost more than doing; the argument is a name or constant, so that it
   * may stand there several times, and may be missing.
   */
  readonly inline?: (argument: string, parameters: Parameters, kind: ValueKind) => string;
  /** What is still to be done with the number that the inline text gives, as in an overload. */
  readonly settles?: Overload["settles"];
  /** Its int result is never a bigint, whatever the argument. */
  readonly small?: true;
}

/** A fit under way. Its result does not depend on the order of the values. */
export interface Fit {
  readonly passes: number;
  /**
   * One value of the training rows in pass 0, 1, ...
   *
   * @throws TondoError `LIMIT_EXCEEDED`
   */
  add(x: RawScalar, pass: number): void;
  /** After each pass. */
  endPass(pass: number): void;
  /** After the last pass; `undefined` where there was nothing to fit on. */
  parameters(): Parameters | undefined;
}

/** A fit over the numbers that are there: missing ones are passed over. */
export function overNumbers(
  fit: Omit<Fit, "add" | "endPass"> & {
    readonly add: (x: number, pass: number) => void;
    readonly endPass?: (pass: number) => void;
  },
): Fit {
  return {
    passes: fit.passes,
    add: (x, pass) => {
      if (typeof x === "number" && x === x) fit.add(x, pass);
    },
    endPass: (pass) => fit.endPass?.(pass),
    parameters: () => fit.parameters(),
  };
}

/** A parameter that is a number; what packages hold has been checked by then. */
export function numberOf(parameters: Parameters, name: string): number {
  return Number(parameters[name]);
}

/** A stored value as generated code has it: an int beyond ±(2^53 - 1) is decimal text in JSON. */
export function rawOf(value: number | string, kind: ValueKind): RawScalar {
  return kind === "int" && typeof value === "string" ? BigInt(value) : value;
}

/** The inverse of {@link rawOf}. */
export function storedOf(raw: NonNullable<RawScalar>): number | string {
  return typeof raw === "bigint" ? raw.toString() : raw;
}

/** Whether a fitted parameter has the form that the entry's {@link FittedFunction.holds} says. */
export function hasForm(value: FittedValue | undefined, form: ParameterForm, kind: ValueKind): boolean {
  switch (form) {
    case "number":
      return typeof value === "number" && Number.isFinite(value);
    case "value":
      if (typeof value === "string") return kind === "string" || (kind === "int" && /^-?[1-9]\d{15,18}$/.test(value));
      return typeof value === "number" && kind !== "string" && Number.isFinite(value);
    case "numbers":
      return Array.isArray(value) && value.every((one: FittedValue) => hasForm(one, "number", kind));
    case "values":
      return Array.isArray(value) && value.every((one: FittedValue) => hasForm(one, "value", kind));
  }
}
