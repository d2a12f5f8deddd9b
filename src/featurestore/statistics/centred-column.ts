import type { Engine } from "../duckdb/index.ts";
import { exactValues } from "./exact-aggregates.ts";
import type { MeasuredColumn } from "./measured-column.ts";

/** Where a column's numbers lie. */
export interface Spread {
  readonly min: number;
  readonly max: number;
  readonly median: number;
}

/** How a column's numbers are summed: as distances from their median, with magnitudes near 1. */
export interface CentredColumn {
  /** SQL of the numbers as DOUBLEs, multiplied by {@link scale}. */
  readonly scaled: string;
  readonly scale: number;
  /** SQL of the distances, multiplied by {@link scale} and by {@link zoom}. */
  readonly z: string;
  readonly zoom: number;
}

/** How many numbers there are, the sum of their {@link CentredColumn.z}, and that of its squares. */
export interface CentredSums {
  readonly n: number;
  readonly z: number;
  readonly squares: number;
}

/** The mean and the sample deviation of numbers, and the sums that they are made from. */
export interface Moments {
  readonly mean: number;
  readonly std: number | null;
  readonly sums: CentredSums;
}

/**
 * Centres a column. Its scales are powers of two, so that multiplying by them is exact; and as the mean lies within a deviation of the median, sums
 * of squares and products around the median do not cancel out. Exact sums, which count in units of 2^-62 and take no value beyond 2^62,
 * lose nothing of small numbers so, and refuse no large ones.
 */
export function centredColumn({ counted }: MeasuredColumn, { min, max, median }: Spread): CentredColumn {
  const scale = powerFor(Math.max(Math.abs(min), Math.abs(max)));
  const centre = median * scale;
  const zoom = powerFor(Math.max(Math.abs(min * scale - centre), Math.abs(max * scale - centre)));
  const scaled = `((${counted})::double * ${sqlNumber(scale)})`;
  return { scaled, scale, z: `((${scaled} - (${sqlNumber(centre)})) * ${sqlNumber(zoom)})`, zoom };
}

/** The moments of some rows of a column, of which `n`, at least one, have a value: one pass, whose order changes no bit. */
export async function columnMoments(
  engine: Engine,
  rows: string,
  { scaled, scale, z, zoom }: CentredColumn,
  n: number,
  signal: AbortSignal | undefined,
): Promise<Moments> {
  const of = [scaled, z, `${z} * ${z}`].map((x) => ({ name: "sum" as const, x }));
  const sums = await exactValues({ engine, rows, of, doing: "summing columns", signal });
  const [total = 0, sum = 0, squares = 0] = sums.map((value) => value ?? 0);
  const variance = n < 2 ? null : Math.max(0, squares - (sum * sum) / n) / (n - 1);
  return {
    mean: total / n / scale + 0,
    std: variance === null ? null : Math.sqrt(variance) / zoom / scale,
    sums: { n, z: sum, squares },
  };
}

/**
 * Whether squares of distances were too small for the units that they are summed in: where only a few rows of a column are looked at, and
 * those that its scale is made for are not among them. The relative error may then be more than 10^-12.
 */
export function isCoarse(squares: number, n: number): boolean {
  return squares < n * 2 ** -63 * 1e12;
}

/** SQL of numbers centred and scaled for some rows of which {@link isCoarse} is known. `undefined` where all are equal. */
export async function zoomedIn(
  engine: Engine,
  rows: string,
  scaled: string,
  filter: string,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const of = (["mean", "min", "max"] as const).map((name) => ({ name, x: scaled, filter }));
  const [mean = null, min = null, max = null] = await exactValues({
    engine,
    rows,
    of,
    doing: "summing columns",
    signal,
  });
  if (mean === null || min === null || max === null || min === max) return undefined;
  const zoom = powerFor(Math.max(Math.abs(min - mean), Math.abs(max - mean)));
  return `((${scaled} - (${sqlNumber(mean)})) * ${sqlNumber(zoom)})`;
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
