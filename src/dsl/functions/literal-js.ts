import type { RawScalar } from "./scalar-function.ts";

/** A constant as generated code has it. */
export function constantText(raw: RawScalar): string {
  if (raw === null) return "null";
  if (typeof raw === "string") return textText(raw);
  if (typeof raw === "bigint") return `(${raw.toString()}n)`;
  return raw < 0 ? `(${String(raw)})` : String(raw);
}

/** A text as generated code has it. */
export function textText(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
