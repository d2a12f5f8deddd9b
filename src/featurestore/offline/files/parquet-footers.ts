import { type Engine, sqlText } from "../../duckdb/index.ts";
import { pathList, readParquet } from "./read-files.ts";

/** What the footers of Parquet files say. */
export interface Footers {
  readonly rows: number;
  /** Between which moments the values of a column lie, microseconds; absent where a footer does not say. */
  readonly times?: { readonly first: bigint; readonly last: bigint };
}

/** How many rows Parquet files have, from their footers. */
export async function countParquet(engine: Engine, files: readonly string[], what: string): Promise<number> {
  const [row] = await engine.rows(
    `select count(*)::double as n from ${readParquet(files)}`,
    `counting the rows of ${what}`,
  );
  return Number(row?.["n"] ?? 0);
}

/** Of more files only the rows are counted: a footer's columns are read one by one, and wide files have many. */
const filesLookedInto = 500;

/** Reads the footers of Parquet files: how many rows they have, and where the values of a column of timestamps lie, if that is soon read. */
export async function readFooters(
  engine: Engine,
  files: readonly string[],
  what: string,
  time?: string,
): Promise<Footers> {
  if (time === undefined || files.length > filesLookedInto) return { rows: await countParquet(engine, files, what) };
  const [row] = await engine.rows(
    `select coalesce(sum(row_group_num_rows), 0)::double as n, count(*) = count(least) and count(*) = count(most) as whole,
       epoch_us(min(least)) as first, epoch_us(max(most)) as last
     from (select row_group_num_rows, try_cast(stats_min_value as timestamptz) as least, try_cast(stats_max_value as timestamptz) as most
       from parquet_metadata(${pathList(files)}) where lower(path_in_schema) = ${sqlText(time.toLowerCase())})`,
    `looking at the times of ${what}`,
  );
  const { first, last, whole } = row ?? {};
  const rows = Number(row?.["n"] ?? 0);
  // A column's path is not always its name.
  if (rows === 0) return readFooters(engine, files, what);
  return whole === true && typeof first === "bigint" && typeof last === "bigint"
    ? { rows, times: { first, last } }
    : { rows };
}
