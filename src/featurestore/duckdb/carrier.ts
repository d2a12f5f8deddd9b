import { elementKind, isEmbedding, isList, type ScalarKind, type ValueKind } from "../../core/index.ts";
import type { Carrier, ScalarCarrier } from "./vector-access.ts";

/** How values of a kind travel. Moments, dates and durations are exact in a double; 64-bit ints are not. */
export function carrierOf(kind: ValueKind): Carrier {
  if (isList(kind)) return `${scalarCarrier(elementKind(kind))} list`;
  return isEmbedding(kind) ? "embedding" : scalarCarrier(kind);
}

function scalarCarrier(kind: ScalarKind): ScalarCarrier {
  return kind === "string" ? "text" : kind === "int" ? "int" : "number";
}

/** SQL of a value of the language, as {@link carrierOf} its kind. */
export function toCarrier(sql: string, kind: ValueKind): string {
  return converted(sql, kind, (value, scalar) => {
    switch (scalar) {
      case "float":
      case "int":
      case "string":
        return value;
      case "bool":
        return `(${value})::int::double`;
      default:
        return `(${value})::double`;
    }
  });
}

/** SQL of a carried value as a value of the language: truth values as BOOLEAN, moments as BIGINT. */
export function fromCarrier(sql: string, kind: ValueKind): string {
  return converted(sql, kind, (value, scalar) => {
    switch (scalar) {
      case "float":
      case "int":
      case "string":
        return value;
      case "bool":
        return `(${value} = 1)`;
      default:
        return `(${value})::bigint`;
    }
  });
}

/** SQL of a value of the language as a file's column has it. */
export function toFile(sql: string, kind: ValueKind): string {
  return converted(sql, kind, (value, scalar) => {
    switch (scalar) {
      case "timestamp":
        return `make_timestamp(${value})`;
      case "date":
        return `(date '1970-01-01' + (${value})::int)`;
      default:
        return value;
    }
  });
}

/** The same for each element of a list; an embedding is of floats, which stay as they are. */
function converted(sql: string, kind: ValueKind, each: (value: string, kind: ScalarKind) => string): string {
  if (isEmbedding(kind)) return sql;
  if (!isList(kind)) return each(sql, kind);
  const element = each("one", elementKind(kind));
  return element === "one" ? sql : `list_transform(${sql}, lambda one: ${element})`;
}
