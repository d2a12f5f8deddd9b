import type { Engine } from "../duckdb/index.ts";

/** The ranks of a label, once computed for all features that every row with the label has. */
export interface RankedLabel {
  /** SQL of the label. */
  readonly y: string;
  /** How many rows have it. */
  readonly present: number;
  /** A table of its values `y` and twice their mean ranks `r`. */
  readonly table: string;
}

const table = "label_ranks";

/** Ranks a label among all rows that have it. Another one takes its place. */
export async function rankLabel(
  engine: Engine,
  relation: string,
  y: string,
  present: number,
  signal: AbortSignal | undefined,
): Promise<RankedLabel> {
  const rows = `(select ${y} as y from ${relation} where (${y}) is not null)`;
  await engine.run(`create or replace temp table ${table} as ${ranked("y", rows)}`, "ranking columns", signal);
  return { y, present, table };
}

/**
 * Spearman's rank correlation over the rows where both are there: Pearson's of the ranks, in which equal values share the mean of
 * theirs. Twice a mean rank is whole, so that all sums are whole numbers too and exact. `null` where a column is constant there.
 *
 * Source: C. Spearman, 1904; M. G. Kendall, Rank Correlation Methods, 1948, for ties.
 *
 * @param x SQL of the feature
 * @param rows how many rows have both
 */
export async function spearman(
  engine: Engine,
  relation: string,
  x: string,
  label: RankedLabel,
  rows: number,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  if (rows < 2) return null;
  const labelRanks = label.present === rows ? `select * from ${label.table}` : ranked("y", "both_there");
  const [row] = await engine.rows(
    `with both_there as (select ${x} as x, ${label.y} as y from ${relation} where (${x}) is not null and (${label.y}) is not null),
     x_ranked as (${ranked("x", "both_there")}), y_ranked as (${labelRanks})
     select sum(a.r * b.r)::varchar as xy, sum(a.r * a.r)::varchar as xx, sum(b.r * b.r)::varchar as yy
     from both_there join x_ranked a using (x) join y_ranked b using (y)`,
    "ranking columns",
    signal,
  );
  const whole = (name: string): bigint => BigInt(String(row?.[name] ?? "0"));
  const n = BigInt(rows);
  // Twice the sum of all ranks is n (n + 1), whatever the ties.
  const squared = n * (n + 1n) * (n + 1n);
  const [xy, xx, yy] = [whole("xy") - squared, whole("xx") - squared, whole("yy") - squared];
  if (xx === 0n || yy === 0n) return null;
  return Math.min(1, Math.max(-1, Number(xy) / Math.sqrt(Number(xx)) / Math.sqrt(Number(yy))));
}

/** SQL of each different value of a column with twice its mean rank. */
function ranked(column: string, rows: string): string {
  return `select ${column}, (2 * (sum(n) over (order by ${column} rows unbounded preceding)) - n + 1)::hugeint as r
     from (select ${column}, count(*) as n from ${rows} group by ${column})`;
}
