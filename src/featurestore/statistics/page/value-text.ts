import { formatDuration, formatMicros, parseTypeName, type Value, type ValueKind } from "../../../core/index.ts";
import type { ColumnStats, DriftBin } from "../feature-statistics.ts";

/** How many digits of a number are shown. */
const digits = 5;

const millisPerDay = 86_400_000;

/** A number of a column for people: moments and days as such. `-` where there is none. */
export function numberText(value: number | null | undefined, kind: ValueKind = "float"): string {
  if (value === null || value === undefined) return "-";
  if (kind === "timestamp") return formatMicros(Math.round(value)).slice(0, 19).replace("T", " ");
  if (kind === "date") return new Date(Math.round(value) * millisPerDay).toISOString().slice(0, 10);
  if (kind === "duration") return formatDuration(Math.round(value));
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 1e-4)) return value.toExponential(digits - 1);
  return Number.isInteger(value) ? value.toLocaleString("en-US") : String(Number(value.toPrecision(digits)));
}

/** A measure between -1 and 1, or near there: `0.0931`. */
export function figureText(value: number | null | undefined): string {
  return value === null || value === undefined ? "-" : String(Number(value.toPrecision(3)));
}

/** A value for people; an empty text is told from none. */
export function valueText(value: Value, kind: ValueKind): string {
  if (value === "") return '""';
  return typeof value === "number" ? numberText(value, kind) : String(value);
}

/** The kind that a column's numbers are shown as: lengths and norms are plain numbers. */
export function numberKind({ type, measure }: Pick<ColumnStats, "type" | "measure">): ValueKind {
  return measure === "length" || measure === "norm" ? "float" : parseTypeName(type).kind;
}

/** What a bin holds. */
export function binText(bin: DriftBin, kind: ValueKind): string {
  if (bin.of === "value") return valueText(bin.value, kind);
  if (bin.of !== "range") return `(${bin.of})`;
  const [from, to] = [numberText(bin.from, kind), numberText(bin.to, kind)];
  if (bin.from !== null && bin.from === bin.to) return from;
  if (bin.from === null) return bin.to === null ? "all" : `${bin.holdsTo ? "≤" : "<"} ${to}`;
  if (bin.to === null) return `${bin.holdsFrom ? "≥" : ">"} ${from}`;
  return `${bin.holdsFrom ? "from" : "over"} ${from} to ${bin.holdsTo ? "" : "under "}${to}`;
}
