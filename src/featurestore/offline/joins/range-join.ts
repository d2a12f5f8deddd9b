import { floorDivide } from "../files/floor-sql.ts";

/** Left rows with a range of time each, and right rows with a moment each, to be paired within equal keys. */
export interface RangeJoin {
  /** A relation with `row`, the keys, `lo` and `hi` (BIGINT microseconds, `lo <= moment < hi`); empty ranges pair with nothing. */
  readonly left: string;
  readonly right: string;
  readonly keys: readonly string[];
  /** The right side's moment. */
  readonly moment: string;
  /** The longest range, microseconds: the size of the buckets. */
  readonly width: number;
  /** What is selected of `a` (left) and `b` (right), with `group by` if any. */
  readonly select: string;
  /** A further condition over `a` and `b`. */
  readonly condition?: string;
  readonly groupBy?: string;
}

/**
 * A range join as an equality join. DuckDB joins on keys by hash and looks at every pair of a key; with few keys and many
 * rows that never ends. So time is cut into buckets as long as the longest range, each right row lies in one, each left row
 * asks at the most two.
 */
export function rangeJoin({ left, right, keys, moment, width, select, condition, groupBy }: RangeJoin): string {
  const size = String(Math.max(1, Math.ceil(width)));
  const bucket = (sql: string): string => floorDivide(sql, size);
  const on = keys.map((key) => `a.${key} = b.${key}`).join(" and ");
  return `select ${select}
    from (select *, unnest(case when ${bucket("lo")} = ${bucket("hi - 1")} then [${bucket("lo")}] else [${bucket("lo")}, ${bucket("hi - 1")}] end) as bucket
          from (${left}) where lo < hi) a
    join (select *, ${bucket(moment)} as bucket from (${right})) b
      on a.bucket = b.bucket and ${on} and b.${moment} >= a.lo and b.${moment} < a.hi${condition === undefined ? "" : ` and ${condition}`}
    ${groupBy === undefined ? "" : `group by ${groupBy}`}`;
}
