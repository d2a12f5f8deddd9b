/**
 * What scores a model: loaded from its `model.json`, holds no file and no connection, and gives the same bits for the
 * same vector wherever and however often it runs, one row at a time or many.
 */
export interface Runtime {
  /** The model's kind, such as `linear`. */
  readonly kind: string;
  /** What a score is: a number in the label's unit, or the probability of the label being 1. */
  readonly output: "number" | "probability";
  /** The slots of the vector it takes, in order. */
  readonly slots: readonly string[];
  /**
   * Scores one vector, given in the order of {@link slots} with NaN where a slot is missing. `null` where a slot is
   * missing, where the length is not that of the slots, or where the score is no finite number. Never throws.
   */
  score(values: ArrayLike<number>): number | null;
  /** Scores `rows` vectors given as a column a slot; NaN where {@link score} says `null`, else the same bits. */
  scoreMany(columns: readonly ArrayLike<number>[], rows: number): Float64Array;
}

/** What a model may take up; see the defaults in {@link defaultRuntimeLimits}. */
export interface RuntimeLimits {
  /** Bytes of a `model.json`. */
  readonly maxBytes: number;
  /** Slots of a model's vector. */
  readonly maxSlots: number;
}

/** 64 MiB of JSON, 100,000 slots. */
export const defaultRuntimeLimits: RuntimeLimits = { maxBytes: 64 * 2 ** 20, maxSlots: 100_000 };
