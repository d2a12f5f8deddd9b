import type { Engine } from "../duckdb/index.ts";
import { centred, centreOf } from "./centred.ts";
import { type ExactAggregate, exactValues } from "./exact-aggregates.ts";

/** Two columns of numbers: SQL of DOUBLEs of magnitudes near 1. */
export interface NumberPair {
  readonly x: string;
  readonly y: string;
}

/**
 * Pearson's correlation of several pairs, each over the rows where both are there: two passes over the rows for all of them together.
 * The first gives the means, the second sums products of the distances from them, corrected for the rounding of the means; all
 * sums are exact, so that no order of rows changes a bit. `null` where a column is constant there, or of fewer than two rows.
 *
 * Source: K. Pearson, 1895; two passes with correction as in T. F. Chan, G. H. Golub, R. J. LeVeque, 1983.
 */
export async function pearson(
  engine: Engine,
  rows: string,
  pairs: readonly NumberPair[],
  signal: AbortSignal | undefined,
): Promise<readonly (number | null)[]> {
  const query = (of: readonly ExactAggregate[]): Promise<readonly (number | null)[]> =>
    exactValues({ engine, rows, of, doing: "correlating columns", signal });
  const filters = pairs.map(({ x, y }) => `(${x}) is not null and (${y}) is not null`);
  const centres = await query(
    pairs.flatMap(({ x, y }, i) => [x, y].flatMap((one) => centreOf(one, filters[i] ?? "true"))),
  );
  const sumsOf = pairs.map(({ x, y }, i): readonly ExactAggregate[] => {
    const a = centred(x, centres.slice(6 * i, 6 * i + 3));
    const b = centred(y, centres.slice(6 * i + 3, 6 * i + 6));
    if (a === undefined || b === undefined) return [];
    const terms = ["1::double", a, b, `${a} * ${a}`, `${b} * ${b}`, `${a} * ${b}`];
    return terms.map((term) => ({ name: "sum", x: term, filter: filters[i] ?? "true" }));
  });
  const sums = await query(sumsOf.flat());
  let next = 0;
  return sumsOf.map((own) => {
    if (own.length === 0) return null;
    const [n = 0, a = 0, b = 0, aa = 0, bb = 0, ab = 0] = sums.slice(next, next + 6).map((sum) => sum ?? 0);
    next += own.length;
    const scale = Math.sqrt(aa - (a * a) / n) * Math.sqrt(bb - (b * b) / n);
    return Math.min(1, Math.max(-1, (ab - (a * b) / n) / scale));
  });
}
