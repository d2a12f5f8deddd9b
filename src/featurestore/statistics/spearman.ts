import type { Engine } from "../duckdb/index.ts";

/**
 * Spearman's rank correlation over the rows where both are there: Pearson's of the ranks, in which equal values share the mean of
 * theirs. Twice a mean rank is whole, so that all sums are whole numbers too and exact. `null` where a column is constant there.
 *
 * Source: C. Spearman, 1904; M. G. Kendall, Rank Correlation Methods, 1948, for ties.
 *
 * @param x SQL of one column
 * @param y SQL of the other
 */
export async function spearman(
  engine: Engine,
  rows: string,
  x: string,
  y: string,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const ranked = (column: string): string =>
    `select ${column}, (2 * (sum(n) over (order by ${column} rows unbounded preceding)) - n + 1)::hugeint as r
     from (select ${column}, count(*) as n from both_there group by ${column})`;
  const [row] = await engine.rows(
    `with both_there as (select ${x} as x, ${y} as y from ${rows} where (${x}) is not null and (${y}) is not null),
     x_ranked as (${ranked("x")}), y_ranked as (${ranked("y")})
     select count(*)::varchar as n, sum(a.r * b.r)::varchar as xy, sum(a.r * a.r)::varchar as xx, sum(b.r * b.r)::varchar as yy
     from both_there join x_ranked a using (x) join y_ranked b using (y)`,
    "ranking columns",
    signal,
  );
  const whole = (name: string): bigint => BigInt(String(row?.[name] ?? "0"));
  const n = whole("n");
  // Twice the sum of all ranks is n (n + 1), whatever the ties.
  const squared = n * (n + 1n) * (n + 1n);
  const [xy, xx, yy] = [whole("xy") - squared, whole("xx") - squared, whole("yy") - squared];
  if (n < 2n || xx === 0n || yy === 0n) return null;
  return Math.min(1, Math.max(-1, Number(xy) / Math.sqrt(Number(xx)) / Math.sqrt(Number(yy))));
}
