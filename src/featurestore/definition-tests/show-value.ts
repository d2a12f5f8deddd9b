import {
  elementKind,
  formatDuration,
  formatMicros,
  isEmbedding,
  isList,
  parseTypeName,
  type TypeName,
  type Value,
  type ValueKind,
} from "../../core/index.ts";

/** A value as a test would write it. */
export function showValue(value: Value, type: TypeName): string {
  return shown(value, parseTypeName(type).kind);
}

function shown(value: Value, kind: ValueKind): string {
  if (value === null) return "missing";
  if (typeof value === "object") {
    const element = isList(kind) ? elementKind(kind) : "float";
    return `[${value.map((item) => shown(item, element)).join(", ")}]`;
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (isList(kind) || isEmbedding(kind)) return String(value);
  switch (kind) {
    case "timestamp":
      return formatMicros(Number(value));
    case "date":
      return formatMicros(Number(value) * 86_400_000_000).slice(0, 10);
    case "duration":
      return formatDuration(Number(value));
    default:
      return Object.is(value, -0) ? "-0" : String(value);
  }
}
