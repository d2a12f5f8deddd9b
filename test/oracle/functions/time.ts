import type { Value } from "../../../src/core/index.ts";
import type { CallPlan } from "../../../src/dsl/plan/index.ts";
import { intAt, type NaiveFunction, numberAt, type Present, textAt, textOption, whole } from "./naive-function.ts";
import { isZoneName, momentsOf, wallClock } from "./wall-clock.ts";

const microsPerDay = 86_400_000_000;
const lengths: Readonly<Record<string, number>> = {
  second: 1_000_000,
  minute: 60_000_000,
  hour: 3_600_000_000,
  day: microsPerDay,
  week: 7 * microsPerDay,
};

/** A unit, of one or many. */
function unitOf(call: CallPlan): string {
  return textOption(call, "unit").replace(/s$/, "");
}

function isDate(call: CallPlan): boolean {
  return call.args[0]?.type.startsWith("date") === true;
}

/** The date that the clock shows, and what it shows since midnight. */
interface Shown {
  /** Days since 1970. */
  readonly day: number;
  /** Microseconds. */
  readonly time: number;
}

/** What the clock of a zone shows, within what moments may be. */
function shownBy(moment: number, zone: string): Shown | null {
  if (!isZoneName(zone)) return null;
  const local = wallClock(moment, zone);
  if (!Number.isSafeInteger(local)) return null;
  const day = Math.floor(local / microsPerDay);
  return { day, time: local - day * microsPerDay };
}

/** A part of a date or of what a clock shows. */
function part(of: (date: Date, time: number) => number): NaiveFunction {
  return (args, call) => {
    const shown = isDate(call) ? dateOf(numberAt(args, 0)) : shownBy(numberAt(args, 0), textAt(args, 1));
    return shown === null ? null : of(new Date(shown.day * 86_400_000), shown.time);
  };
}

/** A date of which some moment may be. */
function dateOf(day: number): Shown | null {
  const farthest = Number.MAX_SAFE_INTEGER / microsPerDay;
  return day >= Math.floor(-farthest) && day <= Math.floor(farthest) ? { day, time: 0 } : null;
}

function weekday(date: Date): number {
  return date.getUTCDay() === 0 ? 7 : date.getUTCDay();
}

/** The week by ISO 8601, counted from the one that the fourth of January lies in. */
function week(date: Date): number {
  const thursday = new Date(date.getTime() + (4 - weekday(date)) * 86_400_000);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return Math.floor((thursday.getTime() - first) / (7 * 86_400_000)) + 1;
}

/** The day that a unit of the calendar began with. */
function firstDay(day: number, unit: string): number | null {
  const date = new Date(day * 86_400_000);
  switch (unit) {
    case "day":
      return day;
    case "week":
      return day - weekday(date) + 1;
    case "month":
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1) / 86_400_000;
    case "year":
      return Date.UTC(date.getUTCFullYear(), 0, 1) / 86_400_000;
    default:
      return null;
  }
}

/** A day some units of the calendar later; the last of its month where that is shorter. */
function laterDay(day: number, n: number, unit: string): number | null {
  const date = new Date(day * 86_400_000);
  switch (unit) {
    case "day":
      return day + n;
    case "week":
      return day + 7 * n;
    case "month":
    case "year": {
      const months = date.getUTCFullYear() * 12 + date.getUTCMonth() + n * (unit === "year" ? 12 : 1);
      const [year, month] = [Math.floor(months / 12), months - Math.floor(months / 12) * 12];
      // No day is so far off.
      if (Math.abs(year) > 9999) return null;
      const first = new Date(0).setUTCFullYear(year, month, 1);
      const length = (new Date(0).setUTCFullYear(year, month + 1, 1) - first) / 86_400_000;
      return first / 86_400_000 + Math.min(date.getUTCDate(), length) - 1;
    }
    default:
      return null;
  }
}

/** A number of microseconds that a moment may be. */
function moment(micros: number | null): Value {
  return micros !== null && Number.isSafeInteger(micros) ? micros : null;
}

function trunc(args: readonly Present[], call: CallPlan): Value {
  const unit = unitOf(call);
  if (isDate(call)) {
    const shown = dateOf(numberAt(args, 0));
    const first = shown === null ? null : firstDay(shown.day, unit);
    return first === null ? null : (dateOf(first)?.day ?? null);
  }
  const zone = textAt(args, 1);
  const shown = shownBy(numberAt(args, 0), zone);
  if (shown === null) return null;
  const length = lengths[unit];
  const isClock = length !== undefined && length < microsPerDay;
  const first = isClock ? shown.day : firstDay(shown.day, unit);
  if (first === null) return null;
  const local = first * microsPerDay + (isClock ? Math.floor(shown.time / length) * length : 0);
  if (!Number.isSafeInteger(local)) return null;
  const found = momentsOf(local, zone);
  return moment("change" in found ? found.change : (found[0] ?? null));
}

function add(args: readonly Present[], call: CallPlan): Value {
  const unit = unitOf(call);
  if (isDate(call)) {
    const shown = dateOf(numberAt(args, 0));
    return whole([intAt(args, 1)], (n = 0n) => {
      const day = shown === null ? null : laterDay(shown.day, Number(n), unit);
      return day !== null && dateOf(day) !== null ? BigInt(day) : null;
    });
  }
  const zone = textAt(args, 2);
  const length = lengths[unit];
  if (!isZoneName(zone)) return null;
  if (length !== undefined && length < microsPerDay) {
    return whole([intAt(args, 0), intAt(args, 1)], (a = 0n, n = 0n) => a + n * BigInt(length));
  }
  const n = intAt(args, 1);
  const shown = shownBy(numberAt(args, 0), zone);
  if (shown !== null && n === 0n) return numberAt(args, 0);
  const day = shown === null || n > 1_000_000_000n || n < -1_000_000_000n ? null : laterDay(shown.day, Number(n), unit);
  if (shown === null || day === null) return null;
  const local = day * microsPerDay + shown.time;
  if (!Number.isSafeInteger(local)) return null;
  const found = momentsOf(local, zone);
  if (!("change" in found)) return moment(found[0] ?? null);
  const later = momentsOf(local + found.leftOut, zone);
  return "change" in later ? null : moment(later[0] ?? null);
}

/** Functions of moments, dates and durations. */
export const timeFunctions: Readonly<Record<string, NaiveFunction>> = {
  year: part((date) => date.getUTCFullYear()),
  month: part((date) => date.getUTCMonth() + 1),
  day: part((date) => date.getUTCDate()),
  week: part(week),
  dow: part(weekday),
  hour: part((_date, time) => Math.floor(time / 3_600_000_000)),
  minute: part((_date, time) => Math.floor(time / 60_000_000) % 60),
  date: (args) => shownBy(numberAt(args, 0), textAt(args, 1))?.day ?? null,
  since: (args) => whole([intAt(args, 1), intAt(args, 0)], (until = 0n, from = 0n) => until - from),
  diff: (args, call) => {
    const difference = whole([intAt(args, 0), intAt(args, 1)], (a = 0n, b = 0n) => a - b);
    const length = lengths[unitOf(call)];
    if (typeof difference !== "number" || length === undefined) return null;
    if (!isDate(call)) return difference / length;
    return length < microsPerDay ? difference * (microsPerDay / length) : difference / (length / microsPerDay);
  },
  trunc,
  add_calendar: add,
  seconds: (args) => numberAt(args, 0) / 1_000_000,
  minutes: (args) => numberAt(args, 0) / 60_000_000,
  hours: (args) => numberAt(args, 0) / 3_600_000_000,
  days: (args) => numberAt(args, 0) / microsPerDay,
};
