/** The parameters that fitting found: a few named finite numbers. */
export type Parameters = Readonly<Record<string, number>>;

/**
 * One entry of the library of functions that are fitted on training rows. All take and give a float; fitting sees the
 * argument on each training row once per pass, NaN where it is missing.
 */
export interface FittedFunction {
  readonly name: string;
  /** Raised whenever a result changes: it is in the fingerprint. */
  readonly version: number;
  readonly doc: string;
  /** The word in the brackets that chooses it, as in `fill(mean)`; absent where it takes none. */
  readonly word?: string;
  /** Whether the result may be missing, from whether the argument may be. */
  readonly optional: (argument: boolean) => boolean;
  /** Begins a fit; `passes` says how often it must see all values. */
  readonly fit: () => Fit;
  /** The function with its parameters in place; `x` is NaN where missing. */
  readonly apply: (parameters: Parameters) => (x: number) => number;
}

/** A fit under way. Its result does not depend on the order of the values. */
export interface Fit {
  readonly passes: number;
  /** One value of the training rows in pass 0, 1, ... */
  add(x: number, pass: number): void;
  /** After each pass. */
  endPass(pass: number): void;
  /** After the last pass; `undefined` where there was nothing to fit on. */
  parameters(): Parameters | undefined;
}
