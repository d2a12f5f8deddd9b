import { TondoError } from "../../core/index.ts";

/** A metric's value, or why it has none on these rows. */
export type Metric = { readonly value: number } | { readonly value: null; readonly reason: string };

/** Metrics by name. */
export type Metrics<Name extends string = string> = Readonly<Record<Name, Metric>>;

/** A metric with a value; one that left the range of doubles has none. */
export function metric(value: number): Metric {
  return Number.isFinite(value) ? { value } : undefinedMetric("the sum is too large for a double");
}

/** A metric that these rows leave undefined. */
export function undefinedMetric(reason: string): Metric {
  return { value: null, reason };
}

/**
 * Checks that labels, scores and weights (if any) are as long as each other, finite, and the weights not negative.
 * @throws TondoError `METRIC_INPUT_INVALID`
 */
export function checkColumns(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights: ArrayLike<number> | undefined,
): void {
  for (const [name, column] of [["scores", scores] as const, ["weights", weights] as const]) {
    if (column !== undefined && column.length !== labels.length) {
      throw invalid(
        `there are ${String(column.length)} ${name} for ${String(labels.length)} labels`,
        "Give one value a row in each column.",
      );
    }
  }
  checkEach("label", labels, Number.isFinite, "a finite number");
  checkEach("score", scores, Number.isFinite, "a finite number");
  if (weights !== undefined) {
    checkEach("weight", weights, (x) => x >= 0 && x < Infinity, "a finite number of at least 0");
  }
}

/**
 * Checks each value of a column.
 * @throws TondoError `METRIC_INPUT_INVALID` at the first that is not as it must be.
 */
export function checkEach(
  name: string,
  column: ArrayLike<number>,
  holds: (x: number) => boolean,
  expected: string,
): void {
  for (let i = 0; i < column.length; i++) {
    const x = column[i] ?? NaN;
    if (holds(x)) continue;
    throw invalid(
      `the ${name} of row ${String(i)} is ${String(x)}, not ${expected}`,
      "Leave out rows without a label or score, and say how many they were.",
      { row: i },
    );
  }
}

function invalid(message: string, hint: string, details: Record<string, unknown> = {}): TondoError {
  return new TondoError("METRIC_INPUT_INVALID", message, { hint, details });
}
