import type { ValueKind } from "../../core/index.ts";
import { quoteIdentifier } from "../functions/index.ts";

/**
 * A column of a file as the language's value: floats without NaN, infinities and -0, moments as BIGINT microseconds,
 * dates as BIGINT days. `column` is a name; it is quoted here.
 */
export function duckdbColumn(column: string, kind: ValueKind): string {
  const name = quoteIdentifier(column);
  switch (kind) {
    case "bool":
      return `${name}::boolean`;
    case "int":
    case "duration":
      return `${name}::bigint`;
    case "float":
      return `tondo_float(${name}::double)`;
    case "string":
      return `${name}::varchar`;
    case "timestamp":
      return `tondo_micros(${name})`;
    case "date":
      return `tondo_days(${name}::date)`;
  }
}

/** The language's kind for a DuckDB type; `undefined` where the language has none. */
export function kindOfDuckdbType(type: string): ValueKind | undefined {
  const base = type.replace(/\(.*$/, "").trim().toUpperCase();
  switch (base) {
    case "BOOLEAN":
      return "bool";
    case "TINYINT":
    case "SMALLINT":
    case "INTEGER":
    case "BIGINT":
    case "UTINYINT":
    case "USMALLINT":
    case "UINTEGER":
      return "int";
    case "FLOAT":
    case "DOUBLE":
    case "DECIMAL":
      return "float";
    case "VARCHAR":
    case "ENUM":
    case "UUID":
      return "string";
    case "TIMESTAMP":
    case "TIMESTAMP_S":
    case "TIMESTAMP_MS":
    case "TIMESTAMP_NS":
    case "TIMESTAMP WITH TIME ZONE":
      return "timestamp";
    case "DATE":
      return "date";
    default:
      return undefined;
  }
}

/** The DuckDB type that holds values of a kind in a file that is written. */
export function duckdbType(kind: ValueKind): string {
  switch (kind) {
    case "bool":
      return "BOOLEAN";
    case "int":
    case "duration":
      return "BIGINT";
    case "float":
      return "DOUBLE";
    case "string":
      return "VARCHAR";
    case "timestamp":
      return "TIMESTAMP";
    case "date":
      return "DATE";
  }
}
