import type { Dialect, DialectName } from "./dialect.ts";
import { duckdb } from "./duckdb.ts";
import { spark } from "./spark.ts";

export type { CivilPart, DayPart, Dialect, DialectName } from "./dialect.ts";
export { sparkFloat, sparkType } from "./spark.ts";

/** The dialects, by name. */
export const dialects: Readonly<Record<DialectName, Dialect>> = { duckdb, spark };
