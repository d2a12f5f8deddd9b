import {
  elementKind,
  formatDuration,
  formatMicros,
  isList,
  type Micros,
  type Scalar,
  type Value,
  type ValueKind,
} from "../../core/index.ts";
import { printable } from "./style.ts";

const millisPerDay = 86_400_000;

/** A count with its thousands separated: `12,345`. */
export function count(n: number): string {
  return n.toLocaleString("en-US");
}

/** `1 row`, `12,345 rows`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}

/** A number to so many significant digits; `-` where there is none. */
export function decimal(value: number | null | undefined, digits = 6): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return "-";
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(digits)));
}

/** A value of the language for people; moments as ISO 8601. */
export function valueText(value: Value, kind: ValueKind): string {
  if (value === null) return "-";
  if (typeof value === "object") return arrayText(value, kind);
  if (typeof value === "string") return printable(value);
  if (typeof value === "number") {
    if (kind === "timestamp") return formatMicros(value);
    if (kind === "date") return new Date(value * millisPerDay).toISOString().slice(0, 10);
    if (kind === "duration") return formatDuration(value);
    if (kind === "float") return decimal(value);
  }
  return String(value);
}

/** How many elements of a list are shown. */
const shownElements = 8;

function arrayText(values: readonly Scalar[], kind: ValueKind): string {
  const of = isList(kind) ? elementKind(kind) : "float";
  const shown = values.slice(0, shownElements).map((value) => valueText(value, of));
  const left = values.length - shown.length;
  return `[${shown.join(", ")}${left > 0 ? `, ... ${count(left)} more` : ""}]`;
}

/** A moment to the second, in UTC: `2024-03-01 12:00:00`. */
export function momentText(micros: Micros): string {
  return formatMicros(micros).slice(0, 19).replace("T", " ");
}

/** A stretch of time to two units: `3.2 s`, `4 min 5 s`, `2 d 3 h`. */
export function spanText(seconds: number): string {
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : String(Math.round(seconds))} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${String(Math.floor(whole / 60))} min ${String(whole % 60)} s`;
  if (whole < 86_400) return `${String(Math.floor(whole / 3600))} h ${String(Math.floor((whole % 3600) / 60))} min`;
  return `${String(Math.floor(whole / 86_400))} d ${String(Math.floor((whole % 86_400) / 3600))} h`;
}
