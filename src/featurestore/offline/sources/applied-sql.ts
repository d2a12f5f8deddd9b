import type { Micros } from "../../../core/index.ts";
import type { AppliedLog } from "../../applied/index.ts";

/** When the rows of a file of the first load were applied, as SQL: before all that could be known. */
const always = "-4611686018427387904";

/** SQL of the moment before which no row of a file was applied, by the load that first read it; missing where none did. */
export function sinceSql({ loads }: AppliedLog, first: number | undefined): string {
  if (first === undefined) return "null::bigint";
  return first === 0 ? `${always}::bigint` : `${momentSql(loads[first]?.appliedAt ?? 0)}::bigint`;
}

/**
 * SQL of when a row was first applied: the first load that took in what was known by `k` and had its file. Missing where none did.
 * Rows of the first load keep their `k`.
 *
 * @param k SQL of when the row says it could be known
 * @param since SQL of what {@link sinceSql} gives for its file
 */
export function appliedSql({ loads }: AppliedLog, k: string, since: string): string {
  const last = loads.at(-1);
  if (last === undefined) return "null::bigint";
  const found = search(loads, k, 0, loads.length - 1);
  // `greatest` passes over what is missing.
  return `case when ${since} is not null and ${k} <= ${momentSql(last.asOf)} then greatest(${since}, ${found}) end`;
}

/** A binary search, since conditions are asked of many rows. */
function search(loads: AppliedLog["loads"], k: string, low: number, high: number): string {
  if (low === high) return low === 0 ? k : `${momentSql(loads[low]?.appliedAt ?? 0)}::bigint`;
  const middle = (low + high) >>> 1;
  const bound = momentSql(loads[middle]?.asOf ?? 0);
  return `case when ${k} <= ${bound} then ${search(loads, k, low, middle)} else ${search(loads, k, middle + 1, high)} end`;
}

function momentSql(moment: Micros): string {
  return String(moment);
}
