import { sqlText } from "../../duckdb/index.ts";

/** CSV as RFC 4180 has it: an empty field is missing, `""` is an empty text, whatever a sniffer would think. */
const csvForm = `delim = ',', quote = '"', escape = '"', nullstr = ''`;

/** A folder `column=value` above a file gives no column: otherwise its value would stand in place of the file's own. */
const ownColumns = "hive_partitioning = false";

/** SQL of a list of paths, taken as they are: DuckDB would read `*`, `?` and `[` in them as patterns. */
export function pathList(files: readonly string[]): string {
  return `[${files.map((file) => sqlText(file.replaceAll(/[*?[]/g, "[$&]"))).join(", ")}]`;
}

/** SQL that reads Parquet files with the columns that they themselves have; further settings may be said. */
export function readParquet(files: readonly string[], ...settings: readonly string[]): string {
  return `read_parquet(${[pathList(files), ownColumns, ...settings].join(", ")})`;
}

/** SQL that reads CSV files with a header, of the form that all of ours have; further settings may be said. */
export function readCsv(files: readonly string[], ...settings: readonly string[]): string {
  return `read_csv(${[pathList(files), "header = true", csvForm, ownColumns, ...settings].join(", ")})`;
}
