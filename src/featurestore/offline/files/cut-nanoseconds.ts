import { TondoError, type ValueKind } from "../../../core/index.ts";
import { quoteIdentifier } from "../../../dsl/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import type { ParquetSchema } from "./parquet-columns.ts";

/**
 * Refuses moments before 1970 in columns of nanoseconds with a zone, in files read by this SQL: the engine gives them in microseconds, cut
 * towards 1970, so that they would come out late. Groups of rows that have none are not read for that. Those of the last microsecond before
 * 1970 come out as 1970 and cannot be told from it.
 *
 * @throws TondoError `SOURCE_UNREADABLE`
 */
export async function refuseCutNanoseconds(
  engine: Engine,
  read: string,
  schemas: readonly ParquetSchema[],
  columns: Readonly<Record<string, ValueKind>>,
  what: string,
): Promise<void> {
  for (const name of Object.keys(columns)) {
    const schema = schemas.find(({ cutNanoseconds }) => cutNanoseconds.includes(name));
    if (schema === undefined) continue;
    const found = await engine.rows(
      `select 1 as one from ${read} where ${quoteIdentifier(name)} < timestamptz '1970-01-01 00:00:00+00' limit 1`,
      `reading ${what}`,
    );
    if (found.length === 0) continue;
    throw new TondoError(
      "SOURCE_UNREADABLE",
      `${what}: the column "${name}" has moments before 1970 in nanoseconds with a zone, and they would be cut to the wrong microsecond`,
      { where: schema.file, hint: "Write it in microseconds, or without a zone." },
    );
  }
}
