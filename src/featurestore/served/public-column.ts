import { elementKind, isEmbedding, isList, type ScalarKind, type ValueKind } from "../../core/index.ts";
import { quoteIdentifier } from "../../dsl/index.ts";
import { fromCarrier, toFile } from "../duckdb/index.ts";
import { sealedName } from "./sealed-column.ts";
import type { ServedColumn } from "./served-schema.ts";

/** Days that DuckDB's dates hold; a date beyond is NULL in a file. */
export const mostDays: number = 2_000_000_000;

/** SQL of all columns of a sealed part, in their places, as a public file has them: under their names. */
export function publicColumns(columns: readonly Pick<ServedColumn, "name" | "kind">[]): string {
  return columns.map(({ name, kind }, place) => `${publicColumn(place, kind)} as ${quoteIdentifier(name)}`).join(", ");
}

/** SQL of a sealed column as a public file has it. */
function publicColumn(place: number, kind: ValueKind): string {
  const name = sealedName(place);
  if (isEmbedding(kind)) return name;
  if (!isList(kind)) return publicScalar(name, kind);
  const of = elementKind(kind);
  const element = publicScalar("one", of);
  return element === "one" ? name : `list_transform(${name}, lambda one: ${element})`;
}

function publicScalar(sql: string, kind: ScalarKind): string {
  const carried = kind === "int" ? `${sql}::bigint` : sql;
  const value = toFile(fromCarrier(carried, kind), kind);
  return kind === "date" ? `case when abs(${sql}) <= ${String(mostDays)} then ${value} end` : value;
}
