/**
 * A value on one line, for people: as JSON, but for what is missing and for whole numbers beyond doubles, which stand as they are. What
 * JSON does not hold is named, so that anything can be handed in.
 */
export function valueText(value: unknown): string {
  if (value === null) return "missing";
  if (value instanceof Promise) return "a promise";
  if (typeof value === "function" || typeof value === "symbol") return `a ${typeof value}`;
  if (Array.isArray(value) || value instanceof Float64Array || value instanceof Float32Array)
    return `[${Array.from<unknown, string>(value, partText).join(",")}]`;
  return partText(value);
}

function partText(value: unknown): string {
  if (typeof value === "bigint" || typeof value === "number" || value === undefined) return String(value);
  try {
    // Of a symbol, say, it is no text.
    const text: unknown = JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? String(part) : part));
    return String(text);
  } catch {
    return "an object that JSON does not hold";
  }
}
