import { elementKind, isEmbedding, isList, type ValueKind } from "../../core/index.ts";

/** An identifier in SQL, quoted. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in SQL. Texts with a null byte have no literal form: give `undefined`. */
export function quoteText(text: string): string | undefined {
  return text.includes("\0") ? undefined : `'${text.replaceAll("'", "''")}'`;
}

/** The SQL type of values of a kind inside the engine: moments, dates and durations are BIGINT, embeddings lists of DOUBLE. */
export function sqlType(kind: ValueKind): string {
  if (isList(kind)) return `${sqlType(elementKind(kind))}[]`;
  if (isEmbedding(kind)) return "double[]";
  return kind === "string" ? "varchar" : kind === "float" ? "double" : kind === "bool" ? "boolean" : "bigint";
}

/** A constant in SQL; moments, dates and durations are BIGINT. `undefined` where it has no literal form. */
export function literalSql(kind: ValueKind, value: null | boolean | number | string): string | undefined {
  if (value === null) {
    return `null::${sqlType(kind)}`;
  }
  switch (kind) {
    case "bool":
      return value === true ? "true" : "false";
    case "string":
      return quoteText(String(value));
    case "float": {
      const text = String(Number(value));
      return text.includes("e") ? `((${text})::double)` : `(${text}e0)`;
    }
    default:
      // A cast binds tighter than a minus, and 2^63 alone does not fit.
      return `((${BigInt(String(value)).toString()})::bigint)`;
  }
}
