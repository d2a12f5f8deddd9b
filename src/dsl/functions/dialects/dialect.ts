import type { ValueKind } from "../../../core/index.ts";

/** The engines whose SQL is written. */
export type DialectName = "duckdb" | "spark";

/** A part of a day. */
export type DayPart = "year" | "month" | "week" | "day" | "dow";

/** A part of a moment. */
export type CivilPart = DayPart | "hour" | "minute";

/** What a moment can be truncated to. */
export type TruncatedUnit = "minute" | "hour" | "day" | "week" | "month" | "year";

/**
 * What SQL of the exact subset is made of wherever engines differ. A function of the library has one form, which calls
 * these; an engine that lacks one of them does not compile. Operands are whole: a name, a call, or in brackets, and so is what comes
 * back. NULL is missing; moments, dates and durations are 64-bit ints; floats hold no NaN, infinity or -0.
 */
export interface Dialect {
  readonly name: DialectName;
  /** A name, quoted. */
  identifier(name: string): string;
  /** A constant; `undefined` where it has no form. The text `UTC` is `'UTC'` everywhere. */
  literal(kind: ValueKind, value: null | boolean | number | string): string | undefined;
  /** `a + b` and so on of ints: missing where an operand or the result lies beyond ±(2^53 - 1). */
  integer(symbol: "+" | "-" | "*", a: string, b: string): string;
  /** `a + b` and so on of floats; `/` by 0 is missing. */
  float(symbol: "+" | "-" | "*" | "/", a: string, b: string): string;
  /** An int or a truth value as a float. */
  toFloat(kind: "int" | "bool", value: string): string;
  /** A truth value as an int. */
  toInt(value: string): string;
  /** A span of microseconds or days, in a unit: times or divided by a whole number above 0. A span beyond ±(2^53 - 1) is missing. */
  span(a: string, b: string | undefined, symbol: "*" | "/", scale: number): string;
  /** A part of a moment, in UTC. */
  momentPart(part: CivilPart, moment: string): string;
  /** A part of a date; missing outside `first` and `last`, which an engine's dates hold. */
  datePart(part: DayPart, days: string, range: { readonly first: number; readonly last: number }): string;
  /** The date of a moment, in UTC. */
  dateOf(moment: string): string;
  /** The moment at which a unit began, in UTC; missing where that lies outside the domain. */
  truncated(unit: TruncatedUnit, moment: string): string;
}
