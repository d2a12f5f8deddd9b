import type { ExactAggregate } from "./exact-aggregates.ts";
import type { MeasuredColumn } from "./measured-column.ts";

/**
 * SQL of a column's numbers, as DOUBLEs and multiplied by a power of two so that the largest magnitude is from 1 to 2. That is exact, and exact
 * sums, which count in units of 2^-62 and take no value beyond 2^62, then lose nothing of small numbers and refuse no large ones.
 */
export function scaled({ counted }: MeasuredColumn, min: number, max: number): string {
  return `((${counted})::double * ${sqlNumber(powerFor(Math.max(Math.abs(min), Math.abs(max))))})`;
}

/** What {@link centred} needs to know of numbers in some rows. */
export function centreOf(x: string, filter: string): readonly ExactAggregate[] {
  return (["mean", "min", "max"] as const).map((name) => ({ name, x, filter }));
}

/**
 * SQL of the distance of numbers from their mean, again of a magnitude near 1: what is summed then cancels out no more. `undefined` where
 * there is none, or all are equal.
 *
 * @param centre what {@link centreOf} came to
 */
export function centred(x: string, centre: readonly (number | null)[]): string | undefined {
  const [mean = null, min = null, max = null] = centre;
  if (mean === null || min === null || max === null || min === max) return undefined;
  const scale = powerFor(Math.max(Math.abs(min - mean), Math.abs(max - mean)));
  return `((${x} - (${sqlNumber(mean)})) * ${sqlNumber(scale)})`;
}

/** The power of two that brings a magnitude between 1 and 2, as far as doubles go. */
function powerFor(largest: number): number {
  if (largest === 0) return 1;
  return 2 ** -Math.min(1000, Math.max(-1000, Math.floor(Math.log2(largest))));
}

/** A double in SQL, exactly. */
function sqlNumber(value: number): string {
  return `${value.toExponential()}::double`;
}
