import type { ValueKind } from "../../core/index.ts";
import type { Carrier } from "./vector-access.ts";

/** How values of a kind travel. Moments, dates and durations are exact in a double; 64-bit ints are not. */
export function carrierOf(kind: ValueKind): Carrier {
  return kind === "string" ? "text" : kind === "int" ? "int" : "number";
}

/** SQL of a value of the language, as {@link carrierOf} its kind. */
export function toCarrier(sql: string, kind: ValueKind): string {
  switch (kind) {
    case "float":
    case "int":
    case "string":
      return sql;
    case "bool":
      return `(${sql})::int::double`;
    default:
      return `(${sql})::double`;
  }
}

/** SQL of a carried value as a value of the language: truth values as BOOLEAN, moments as BIGINT. */
export function fromCarrier(sql: string, kind: ValueKind): string {
  switch (kind) {
    case "float":
    case "int":
    case "string":
      return sql;
    case "bool":
      return `(${sql} = 1)`;
    default:
      return `(${sql})::bigint`;
  }
}

/** SQL of a value of the language as a file's column has it. */
export function toFile(sql: string, kind: ValueKind): string {
  switch (kind) {
    case "timestamp":
      return `make_timestamp(${sql})`;
    case "date":
      return `(date '1970-01-01' + (${sql})::int)`;
    default:
      return sql;
  }
}
