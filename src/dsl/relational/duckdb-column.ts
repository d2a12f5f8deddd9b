import {
  elementKind,
  embeddingSize,
  isEmbedding,
  isList,
  isScalar,
  type ScalarKind,
  type ValueKind,
} from "../../core/index.ts";
import { quoteIdentifier } from "../functions/index.ts";

/**
 * A column of a file as the language's value: floats without NaN, infinities and -0, moments as BIGINT microseconds,
 * dates as BIGINT days, lists without their missing elements, embeddings as lists of DOUBLE: whole, or missing.
 * `column` is a name; it is quoted here.
 *
 * @param moment gives a moment as microseconds, by SQL of what the file has
 */
export function duckdbColumn(
  column: string,
  kind: ValueKind,
  moment: (value: string) => string = (value) => `tondo_micros(${value})`,
): string {
  const name = quoteIdentifier(column);
  const scalarOf = (value: string, of: ScalarKind): string =>
    of === "timestamp" ? moment(value) : scalarColumn(value, of);
  if (isList(kind))
    return `list_filter(${eachElement(name, elementKind(kind), scalarOf)}, lambda one: one is not null)`;
  if (!isEmbedding(kind)) return scalarOf(name, kind);
  const size = String(embeddingSize(kind));
  const numbers = `${name}::double[]`;
  return `case when len(${numbers}) = ${size} and len(list_filter(${numbers}, lambda one: isfinite(one))) = ${size} then ${eachElement(numbers, "float", scalarOf)} end`;
}

function eachElement(list: string, kind: ScalarKind, scalarOf: (value: string, kind: ScalarKind) => string): string {
  return `list_transform(${list}, lambda one: ${scalarOf("one", kind)})`;
}

function scalarColumn(value: string, kind: Exclude<ScalarKind, "timestamp">): string {
  switch (kind) {
    case "bool":
      return `${value}::boolean`;
    case "int":
    case "duration":
      return `${value}::bigint`;
    case "float":
      return `tondo_float(${value}::double)`;
    case "string":
      return `${value}::varchar`;
    case "date":
      return `tondo_days(${value}::date)`;
  }
}

/** The language's kind for a DuckDB type; `undefined` where the language has none. Arrays of a fixed size are lists. */
export function kindOfDuckdbType(type: string): ValueKind | undefined {
  const [, element] = /^(.*)\[\d*\]$/.exec(type.trim()) ?? [];
  if (element !== undefined) {
    const of = kindOfDuckdbType(element);
    return of === undefined || !isScalar(of) ? undefined : `list<${of}>`;
  }
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
  if (isList(kind)) return `${duckdbType(elementKind(kind))}[]`;
  if (isEmbedding(kind)) return "DOUBLE[]";
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
