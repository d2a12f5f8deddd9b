import { durationUnits, elementKind, isEmbedding, isList, type ValueKind } from "../../../core/index.ts";
import type { DayPart, Dialect, TruncatedUnit } from "./dialect.ts";

const { d, h, m } = durationUnits;

/**
 * Spark SQL without functions of our own. Results are the same with and without ANSI mode, whole-stage code generation and
 * variable substitution: nothing here overflows, divides by 0 or casts what does not fit, and no text holds a sign that any
 * setting gives a meaning.
 */
export const spark: Dialect = {
  name: "spark",
  identifier: (name) => `\`${name.replaceAll("`", "``")}\``,
  literal: sparkLiteral,
  integer: (symbol, a, b) => bound(`${tries[symbol]}(${bounded(a)}, ${bounded(b)})`),
  float: (symbol, a, b) => sparkFloat(symbol === "/" ? `try_divide(${a}, ${b})` : `(${a} ${symbol} ${b})`),
  toFloat: (_kind, value) => `cast(${value} as double)`,
  toInt: (value) => `cast(${value} as bigint)`,
  span: (a, b, symbol, scale) =>
    `(cast(${b === undefined ? bound(a) : bound(`try_subtract(${a}, ${b})`)} as double) ${symbol} ${String(scale)}D)`,
  momentPart: (part, moment) =>
    part === "hour"
      ? `(pmod(${moment}, ${String(d)}L) div ${String(h)}L)`
      : part === "minute"
        ? `(pmod(${moment}, ${String(h)}L) div ${String(m)}L)`
        : partOf(part, daysOf(moment)),
  datePart: (part, days, { first, last }) =>
    `(case when ${days} between ${String(first)}L and ${String(last)}L then ${partOf(part, days)} end)`,
  dateOf: daysOf,
  truncated,
};

const tries = { "+": "try_add", "-": "try_subtract", "*": "try_multiply" } as const;

/**
 * An int within ±(2^53 - 1), or missing: 1,024 times such a number less one is just within 64 bits. The argument stands
 * there once, so that nested arithmetic does not grow.
 */
function bound(value: string): string {
  return `${bounds}(${value}, 1024L), 1L), 10))`;
}
const bounds = "(1L + shiftright(try_subtract(try_multiply";

/** An operand within ±(2^53 - 1): results and small constants are that by themselves. */
function bounded(value: string): string {
  return value.startsWith(bounds) || /^\(-?\d{1,15}L\)$/.test(value) ? value : bound(value);
}

/**
 * A float of the language: NaN and infinities become missing, -0 becomes 0. What is left of a division by infinity is
 * the dividend, or NaN where that was infinite. The argument stands there once.
 */
export function sparkFloat(value: string): string {
  return `(nanvl(${value} % cast('Infinity' as double), cast(null as double)) + 0D)`;
}

/** More days than the domain of moments reaches back, so that what is divided is above 0 and division rounds down. */
const before = 104_250;
/** The same, so that weeks of it end before a Monday. */
const beforeMonday = 104_254;

function daysOf(moment: string): string {
  return `((${moment} + ${String(before * d)}L) div ${String(d)}L - ${String(before)}L)`;
}

function dateFrom(days: string): string {
  return `date_add(date'1970-01-01', try_cast(${days} as int))`;
}

const parts = { year: "year", month: "month", week: "weekofyear", day: "day", dow: "1 + weekday" } as const;

function partOf(part: DayPart, days: string): string {
  return `cast(${parts[part]}(${dateFrom(days)}) as bigint)`;
}

function truncated(unit: TruncatedUnit, moment: string): string {
  if (unit === "month" || unit === "year") {
    const first = `trunc(${dateFrom(daysOf(moment))}, '${unit}')`;
    return bound(`(cast(unix_date(${first}) as bigint) * ${String(d)}L)`);
  }
  const size = { minute: m, hour: h, day: d, week: 7 * d }[unit];
  const offset = String((unit === "week" ? beforeMonday : before) * d);
  return bound(`((${moment} + ${offset}L) div ${String(size)}L * ${String(size)}L - ${offset}L)`);
}

/** Spark's type of the values of a kind: moments, dates and durations are BIGINT. */
export function sparkType(kind: ValueKind): string {
  if (isList(kind)) return `array<${sparkType(elementKind(kind))}>`;
  if (isEmbedding(kind)) return "array<double>";
  return kind === "string" ? "string" : kind === "float" ? "double" : kind === "bool" ? "boolean" : "bigint";
}

function sparkLiteral(kind: ValueKind, value: null | boolean | number | string): string | undefined {
  if (value === null) return `cast(null as ${sparkType(kind)})`;
  switch (kind) {
    case "bool":
      return value === true ? "true" : "false";
    case "string":
      return sparkText(String(value));
    case "float":
      return `(${String(Number(value)).toUpperCase()}D)`;
    default:
      return `(${BigInt(String(value)).toString()}L)`;
  }
}

/**
 * A text. What backslashes and quotes mean depends on settings, and `${x}` may be replaced: all but the plainest texts
 * are written as their bytes.
 */
function sparkText(text: string): string | undefined {
  if (/^[\w .,:@/+-]*$/.test(text) && !text.includes("--")) return `'${text}'`;
  return text.isWellFormed() ? `cast(X'${Buffer.from(text, "utf8").toString("hex")}' as string)` : undefined;
}
