import { isNumeric, parseTypeName, type TypeName, type ValueKind } from "../../core/index.ts";

/** The missing value of a kind, inside generated code. */
export function missingText(kind: ValueKind): string {
  return isNumeric(kind) ? "NaN" : "null";
}

/** A constant as generated code has it. */
export function literalText(constant: {
  readonly type: TypeName;
  readonly value: null | boolean | number | string;
}): string {
  const { value } = constant;
  const { kind } = parseTypeName(constant.type);
  if (value === null) return missingText(kind);
  if (kind === "bool") return value === true ? "1" : "0";
  if (kind === "int" && typeof value === "string") return `(${BigInt(value).toString()}n)`;
  if (kind === "string") return textText(String(value));
  return Number(value) < 0 ? `(${String(Number(value))})` : String(Number(value));
}

/** A text as generated code has it. */
export function textText(text: string): string {
  return JSON.stringify(text).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");
}
