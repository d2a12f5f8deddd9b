import {
  elementKind,
  isEmbedding,
  isList,
  parseTypeName,
  type ScalarKind,
  type TypeName,
  type ValueKind,
} from "../../core/index.ts";

const scalars: Readonly<Record<ScalarKind, string>> = {
  bool: "boolean",
  int: "number | bigint",
  float: "number",
  string: "string",
  timestamp: "number",
  date: "number",
  duration: "number",
};

/** The TypeScript of values as Tondo gives them. @example `valueType("int?") // "number | bigint | null"` */
export function valueType(type: TypeName, options: { readonly optional?: boolean } = {}): string {
  const { kind, optional } = parseTypeName(type);
  const own = isList(kind)
    ? `readonly ${element(scalars[elementKind(kind)])}[]`
    : isEmbedding(kind)
      ? "readonly number[]"
      : scalars[kind];
  return (options.optional ?? optional) ? `${own} | null` : own;
}

/** The TypeScript of values as callers give them: moments may be a `Date`, embeddings arrays of numbers in any form. */
export function givenType(kind: ValueKind): string {
  if (kind === "timestamp") return "number | Date";
  if (isEmbedding(kind)) return "readonly number[] | Float64Array | Float32Array";
  return valueType(kind);
}

function element(type: string): string {
  return type.includes(" ") ? `(${type})` : type;
}
