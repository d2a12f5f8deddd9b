import { normalInt, type ValueKind } from "../../../core/index.ts";
import type { Raw } from "../scalar-function.ts";

/** A value that a state holds, as text. */
export function elementText(value: Raw): string {
  return String(value);
}

/** The value that a text of a state stands for; SQL and JavaScript write floats differently, and both exactly. */
export function elementOf(text: string, kind: ValueKind | "rows"): Raw {
  if (kind === "string") return text;
  return kind === "int" ? normalInt(BigInt(text)) : Number(text);
}

/** SQL of an input as a value that has such a text: truth values as 0 and 1. */
export function elementSql(x: string, kind: ValueKind | "rows"): string {
  return kind === "bool" ? `${x}::int` : x;
}
