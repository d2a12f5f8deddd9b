import { elementKind, embeddingSize, isEmbedding, isList, type ScalarKind, type ValueKind } from "../../core/index.ts";
import { dialects, maxInt, sparkFloat } from "../functions/index.ts";

/**
 * What a Spark session must be told before any SQL made here runs in it: names are taken as they are written, and moments
 * without a zone are UTC.
 */
export const sparkSettings: Readonly<Record<string, string>> = {
  "spark.sql.caseSensitive": "true",
  "spark.sql.session.timeZone": "UTC",
  "spark.sql.variable.substitute": "false",
};

/** Midnights, the one before the language's first moment and the one after its last. */
const [firstDay, lastDay] = ["1684-07-28", "2255-06-06"];

/** The day that stands for the infinite one, in Parquet as DuckDB writes it; its opposite for the other. Spark has no infinite dates. */
const infiniteDays = 2 ** 31 - 1;

/**
 * A column of a file as the language's value, in Spark SQL: floats without NaN, infinities and -0, moments as BIGINT
 * microseconds, dates as BIGINT days, lists without their missing elements, embeddings as arrays of DOUBLE: whole, or
 * missing. `column` is a name; it is quoted here.
 */
export function sparkColumn(column: string, kind: ValueKind): string {
  const name = dialects.spark.identifier(column);
  if (isList(kind)) return `filter(${eachElement(name, elementKind(kind))}, one -> one is not null)`;
  if (!isEmbedding(kind)) return scalarColumn(name, kind);
  const size = String(embeddingSize(kind));
  const numbers = `cast(${name} as array<double>)`;
  const there = `filter(${numbers}, one -> ${sparkFloat("one")} is not null)`;
  return `(case when size(${numbers}) = ${size} and size(${there}) = ${size} then ${eachElement(numbers, "float")} end)`;
}

function eachElement(list: string, kind: ScalarKind): string {
  return `transform(${list}, one -> ${scalarColumn("one", kind)})`;
}

function scalarColumn(value: string, kind: ScalarKind): string {
  switch (kind) {
    case "bool":
      return `cast(${value} as boolean)`;
    case "int":
    case "duration":
      return `cast(${value} as bigint)`;
    case "float":
      return sparkFloat(`cast(${value} as double)`);
    case "string":
      return `cast(${value} as string)`;
    case "timestamp": {
      const micros = `unix_micros(cast(${value} as timestamp))`;
      const bounded = `case when ${micros} between -${String(maxInt)}L and ${String(maxInt)}L then ${micros} end`;
      // A date far beyond the domain, such as an infinite one, overflows as a moment.
      return `(case when ${value} between date '${firstDay}' and date '${lastDay}' then ${bounded} end)`;
    }
    case "date": {
      const days = `unix_date(cast(${value} as date))`;
      return `(case when abs(cast(${days} as bigint)) <> ${String(infiniteDays)}L then cast(${days} as bigint) end)`;
    }
  }
}
