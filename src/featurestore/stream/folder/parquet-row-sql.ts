import { elementKind, isList, isScalar, type ScalarKind } from "../../../core/index.ts";
import { duckdbColumn, kindOfDuckdbType, quoteIdentifier } from "../../../dsl/index.ts";
import { sqlText } from "../../duckdb/index.ts";
import { floorNanoseconds } from "../../offline/files/floor-nanoseconds.ts";
import { nothingType, type ParquetSchema, standsTwice } from "../../offline/files/parquet-columns.ts";

/** Within these numbers of JSON are exact. */
const mostExact = "9007199254740991";

/** What no column is read from: a value that the language has no type for is no value of any. */
const noValue = "'{}'::json";

/** SQL of a row of a Parquet file as the event of JSON that says the same, a member a column. Values are those that the file has for loads and training. */
export function rowSql({ types, twice }: ParquetSchema): string {
  const members = [...types].map(
    ([name, type]) =>
      `${sqlText(name)}, ${standsTwice(name, twice) ? noValue : columnSql(quoteIdentifier(name), name, type)}`,
  );
  return `json_object(${members.join(", ")})::varchar`;
}

function columnSql(quoted: string, name: string, type: string | undefined): string {
  if (type === nothingType) return "null";
  const kind = type === undefined ? undefined : kindOfDuckdbType(type);
  const isNanoseconds = type?.toUpperCase().startsWith("TIMESTAMP_NS") ?? false;
  if (kind !== undefined && isScalar(kind)) return scalarSql(name, kind, isNanoseconds);
  // An element that is missing stays where it is: a list loses it as it is decoded, and an embedding is none.
  if (kind !== undefined && isList(kind))
    return `list_transform(${quoted}, lambda one: ${scalarSql("one", elementKind(kind), isNanoseconds)})`;
  return `case when ${quoted} is not null then ${noValue} end`;
}

function scalarSql(name: string, kind: ScalarKind, isNanoseconds: boolean): string {
  const value = isNanoseconds ? duckdbColumn(name, kind, floorNanoseconds) : duckdbColumn(name, kind);
  switch (kind) {
    case "int":
      return `case when ${value} between -${mostExact} and ${mostExact} then to_json(${value}) else to_json((${value})::varchar) end`;
    case "timestamp":
      return `to_json(strftime(make_timestamp(${value}), '%Y-%m-%dT%H:%M:%S.%fZ'))`;
    case "date":
      return `to_json(strftime(date '1970-01-01' + (${value})::int, '%Y-%m-%d'))`;
    default:
      return `to_json(${value})`;
  }
}
