import type { Engine } from "../duckdb/index.ts";
import { type CentredSums, isCoarse, zoomedIn } from "./centred-column.ts";
import { exactValues } from "./exact-aggregates.ts";

/** A column of numbers to correlate: SQL of its distances from the median, and their sums over all rows that have one. */
export interface Correlated {
  /** SQL of the numbers that nothing was taken from: near to a median far away, distances from that have lost what they differ by. */
  readonly scaled: string;
  readonly z: string;
  readonly sums: CentredSums;
}

/** Two columns, and how many rows have both. */
export interface NumberPair {
  readonly x: Correlated;
  readonly y: Correlated;
  readonly rows: number;
}

/**
 * Pearson's correlation of several pairs, each over the rows where both are there, in one pass over the rows: of columns without missing values
 * there, only the products are still to be summed. Pairs for whose rows a column's scale is too coarse are looked at closer. The sums are exact, so that no order of rows changes a bit. `null` for fewer
 * than two rows; of a column that is constant in them the result means nothing.
 *
 * Source: K. Pearson, 1895; around a centre and corrected for it as in T. F. Chan, G. H. Golub, R. J. LeVeque, 1983.
 */
export async function pearson(
  engine: Engine,
  relation: string,
  pairs: readonly NumberPair[],
  signal: AbortSignal | undefined,
): Promise<readonly (number | null)[]> {
  const found = await products(engine, relation, pairs, signal);
  const results: (number | null)[] = [];
  for (const [i, pair] of pairs.entries()) {
    const sums = found[i];
    const isPoor = sums !== undefined && (isCoarse(sums.xx, pair.rows) || isCoarse(sums.yy, pair.rows));
    results.push(correlation(isPoor ? await closer(engine, relation, pair, signal) : sums));
  }
  return results;
}

/** The sums of squares and of products of distances from the means, over the rows of a pair. */
interface PairSums {
  readonly xx: number;
  readonly yy: number;
  readonly xy: number;
}

function correlation(sums: PairSums | undefined): number | null {
  const scale = sums === undefined ? 0 : Math.sqrt(sums.xx) * Math.sqrt(sums.yy);
  return sums !== undefined && scale > 0 ? Math.min(1, Math.max(-1, sums.xy / scale)) : null;
}

/** The same, of columns that are centred and scaled anew for the rows of the pair. */
async function closer(
  engine: Engine,
  relation: string,
  { x, y, rows }: NumberPair,
  signal: AbortSignal | undefined,
): Promise<PairSums | undefined> {
  const filter = `(${x.z}) is not null and (${y.z}) is not null`;
  const a = await zoomedIn(engine, relation, x.scaled, filter, signal);
  const b = await zoomedIn(engine, relation, y.scaled, filter, signal);
  if (a === undefined || b === undefined) return undefined;
  const unknown = { n: -1, z: 0, squares: 0 };
  const pair = { x: { scaled: a, z: a, sums: unknown }, y: { scaled: b, z: b, sums: unknown }, rows };
  const [sums] = await products(engine, relation, [pair], signal);
  return sums;
}

async function products(
  engine: Engine,
  relation: string,
  pairs: readonly NumberPair[],
  signal: AbortSignal | undefined,
): Promise<readonly (PairSums | undefined)[]> {
  const expressions: string[] = [];
  const asked = (x: string): (() => number) => {
    const at = expressions.push(x) - 1;
    return () => values[at] ?? 0;
  };
  /** The sums of one column over the rows of a pair. */
  const own = ({ z, sums }: Correlated, other: Correlated, rows: number): (() => readonly [number, number]) => {
    if (sums.n === rows) return () => [sums.z, sums.squares];
    const both = `case when (${other.z}) is not null then ${z} end`;
    const [sum, squares] = [asked(both), asked(`(${both}) * (${z})`)];
    return () => [sum(), squares()];
  };
  const parts = pairs.map(({ x, y, rows }) => ({
    a: own(x, y, rows),
    b: own(y, x, rows),
    product: asked(`${x.z} * ${y.z}`),
  }));
  const of = expressions.map((x) => ({ name: "sum" as const, x }));
  const values = await exactValues({ engine, rows: relation, of, doing: "correlating columns", signal });
  return parts.map(({ a, b, product }, i) => {
    const { rows: n = 0 } = pairs[i] ?? {};
    if (n < 2) return undefined;
    const [[x, xx], [y, yy]] = [a(), b()];
    return { xx: xx - (x * x) / n, yy: yy - (y * y) / n, xy: product() - (x * y) / n };
  });
}
