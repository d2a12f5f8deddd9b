import { existsSync } from "node:fs";
import path from "node:path";
import { type Engine, sqlText } from "../../src/featurestore/duckdb/index.ts";

/** How many rows are in files of what was pushed to a source, and how many differ by some of their columns. */
export async function rowsInFiles(
  home: string,
  source: string,
  columns: readonly string[],
  engine: Engine,
): Promise<readonly [rows: number, different: number]> {
  const folder = path.join(home, "pushed", source);
  // What was pushed first may not stand.
  if (!existsSync(folder)) return [0, 0];
  const [{ n, different } = {}] = await engine.rows(
    `select count(*)::double as n, count(distinct (${columns.join(", ")}))::double as different
      from read_parquet(${sqlText(path.join(folder, "**", "*.parquet"))}, union_by_name = true)`,
    "reading what was pushed",
  );
  return [Number(n), Number(different)];
}
