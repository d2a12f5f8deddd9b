import type { CivilPart, DayPart } from "../dialects/index.ts";
import { dateRange, momentOf, usesNoZone, zoned } from "../time-forms.ts";
import { durationUnits } from "../../../core/index.ts";
import { dayOf, monthOf, weekdayOf, weekOf, yearOf } from "../calendar.ts";
import { finite, missing, type Example, type Overload, type ScalarFunction } from "../scalar-function.ts";
import { clock, zoneTables } from "../time-zone.ts";

const { d, h, m, s } = durationUnits;

/** A part of a moment on the clock of a zone. `inline` is the same; a missing moment is NaN in both. */
function ofMoment(name: CivilPart, run: (shown: number) => number, inline?: (shown: string) => string): Overload {
  return {
    takes: [momentOf("moment"), zoned],
    returns: "int",
    partial: true,
    compute: () => {
      const local = clock();
      return (moment: number, tz: string) => run(local(moment, tz));
    },
    ofClock: {
      takes: [momentOf("shown")],
      returns: "int",
      compute: () => run,
      ...(inline === undefined
        ? {}
        : { inline: ([shown = ""]: readonly string[]) => inline(shown), inlinePropagates: true as const }),
    },
    ...(inline === undefined
      ? {}
      : {
          inline: ([moment = "", tz]: readonly string[]) => (tz === '"UTC"' ? inline(moment) : undefined),
          inlinePropagates: true as const,
        }),
    sql: ([moment = "", tz], _, dialect) => (tz === "'UTC'" ? dialect.momentPart(name, moment) : undefined),
  };
}

function ofDate(name: DayPart, run: (days: number) => number): Overload {
  return {
    takes: [{ name: "date", kind: "date" }],
    returns: "int",
    partial: true,
    compute: () => (days: number) => (days >= dateRange.first && days <= dateRange.last ? run(days) : missing),
    sql: ([days = ""], _, dialect) => dialect.datePart(name, days, dateRange),
  };
}

const onClock =
  "on the clock of `tz`, an IANA zone (UTC unless given); missing where there is no such zone, of these very letters, or its clock shows a time that is no timestamp: before 1684-07-28 or after 2255-06-05";

function part(name: string, doc: string, overloads: readonly Overload[], ...examples: Example[]): ScalarFunction {
  return {
    name,
    version: 2,
    missing: "propagates",
    tables: { name: zoneTables, unused: usesNoZone },
    doc: `${doc} ${onClock}.`,
    examples,
    overloads,
  };
}

/** A part of a moment's day, or of a date. */
function dayPart(name: DayPart, doc: string, run: (days: number) => number, ...examples: Example[]): ScalarFunction {
  return part(name, doc, dayParts(name, run), ...examples);
}

function dayParts(name: DayPart, run: (days: number) => number, inline?: (shown: string) => string): Overload[] {
  return [ofMoment(name, (shown) => run(Math.floor(shown / d)), inline), ofDate(name, run)];
}

function inUnit(name: string, unit: number, example: Example): ScalarFunction {
  return {
    name,
    version: 1,
    missing: "propagates",
    doc: `A duration as a number of ${name}.`,
    examples: [example],
    overloads: [
      {
        takes: [{ name: "duration", kind: "duration" }],
        returns: "float",
        compute: () => (x: number) => finite(x / unit),
        inline: ([x = ""]) => `(${x} / ${String(unit)})`,
        inlinePropagates: true,
        sql: ([x = ""], _, dialect) => dialect.span(x, undefined, "/", unit),
      },
    ],
  };
}

function floorMod(x: number, y: number): number {
  return x - Math.floor(x / y) * y;
}

/** Parts of moments and dates, and durations as numbers. */
export const time: readonly ScalarFunction[] = [
  part(
    "hour",
    "The hour, 0 to 23,",
    [
      ofMoment(
        "hour",
        (at) => Math.floor(floorMod(at, d) / h),
        (at) => `(Math.floor(${at} / ${String(h)}) - Math.floor(${at} / ${String(d)}) * 24)`,
      ),
    ],
    { text: "now | hour", result: 12 },
    { text: 'hour(now, tz: "Asia/Kolkata")', result: 18 },
  ),
  part(
    "minute",
    "The minute, 0 to 59,",
    [
      ofMoment(
        "minute",
        (at) => Math.floor(floorMod(at, h) / m),
        (at) => `(Math.floor(${at} / ${String(m)}) - Math.floor(${at} / ${String(h)}) * 60)`,
      ),
    ],
    { text: "minute(now)", result: 34 },
  ),
  part(
    "dow",
    "The day of the week, Monday 1 to Sunday 7,",
    dayParts("dow", weekdayOf, (at) => {
      const days = `Math.floor(${at} / ${String(d)})`;
      return `(${days} - Math.floor((${days} + 3) / 7) * 7 + 4)`;
    }),
    { text: "dow(now)", result: 4 },
  ),
  dayPart(
    "week",
    "The week, 1 to 53, by ISO 8601: weeks begin on Monday and belong to the year that their Thursday lies in,",
    weekOf,
    { text: "week(now)", result: 9 },
    { text: "week(date(now))", result: 9 },
  ),
  dayPart("day", "The day of the month,", dayOf, { text: "day(now)", result: 29 }),
  dayPart("month", "The month, 1 to 12,", monthOf, { text: "month(now)", result: 2 }),
  dayPart("year", "The year,", yearOf, { text: "year(now)", result: 2024 }),
  inUnit("seconds", s, { text: "seconds(1m)", result: 60 }),
  inUnit("minutes", m, { text: "minutes(90s)", result: 1.5 }),
  inUnit("hours", h, { text: "hours(now - now)", result: 0 }),
  inUnit("days", d, { text: "days(36h)", result: 1.5 }),
];
