import { elementKind, isEmbedding, isList, type ValueKind } from "../../../core/index.ts";
import { duckdbType } from "../../../dsl/index.ts";
import { toFile } from "../../duckdb/index.ts";
import type { FileChoice } from "../../specification/index.ts";

/** The options of a `copy` that writes such files. */
export function copyOptions({ format, compression, compressionLevel, rowGroupRows }: FileChoice): string {
  if (format === "csv")
    return `format csv, header true, delim ',', quote '"', escape '"', nullstr '', new_line '\\r\\n', compression ${compression === "uncompressed" ? "none" : compression}`;
  return [
    `format parquet, compression ${compression}`,
    ...(compressionLevel === undefined ? [] : [`compression_level ${String(compressionLevel)}`]),
    ...(rowGroupRows === undefined ? [] : [`row_group_size ${String(rowGroupRows)}`]),
  ].join(", ");
}

/**
 * SQL of a value of the language as such a file has it. CSV has moments as ISO 8601 in UTC with six digits of a second, dates as ISO 8601,
 * durations as microseconds, floats by the shortest digits that mean no other, and lists as JSON.
 */
export function inFile(sql: string, kind: ValueKind, format: FileChoice["format"]): string {
  if (format === "parquet") return toFile(sql, kind);
  if (kind === "timestamp") return momentText(sql);
  if (!isList(kind) && !isEmbedding(kind)) return toFile(sql, kind);
  const isOfMoments = isList(kind) && elementKind(kind) === "timestamp";
  const list = isOfMoments ? `list_transform(${sql}, lambda one: ${momentText("one")})` : toFile(sql, kind);
  return `to_json(${list})::varchar`;
}

/** ISO 8601 in UTC, to the microsecond. */
function momentText(sql: string): string {
  return `strftime(make_timestamp(${sql}), '%Y-%m-%dT%H:%M:%S.%fZ')`;
}

/** SQL of a list from {@link inFile}'s text in CSV, as a Parquet file would have it. */
export function listOfText(sql: string, kind: ValueKind): string {
  const element = isList(kind) ? elementKind(kind) : "float";
  switch (element) {
    case "timestamp":
      return `list_transform(${sql}::json::varchar[], lambda one: one::timestamptz)`;
    case "date":
      return `list_transform(${sql}::json::varchar[], lambda one: one::date)`;
    default:
      return `${sql}::json::${duckdbType(element)}[]`;
  }
}
