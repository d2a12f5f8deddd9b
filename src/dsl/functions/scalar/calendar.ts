import { durationUnits, nearestName } from "../../../core/index.ts";
import { addMonths, type CalendarUnit, firstDayOf } from "../calendar.ts";
import {
  type Constants,
  missing,
  type Overload,
  type Parameter,
  type Raw,
  type ScalarFunction,
  whole,
} from "../scalar-function.ts";
import { dateRange, lengthOf, momentOf, unitOf, usesNoZone, zoned } from "../time-forms.ts";
import { clock, local, utc, zoneFinder, zoneTables } from "../time-zone.ts";

const { d, h, m } = durationUnits;
const unit: Parameter = { name: "unit", kind: "string", constant: true };
const calendarUnits: readonly string[] = ["day", "week", "month", "year"] satisfies readonly CalendarUnit[];
const zones = { name: zoneTables, unused: usesNoZone };

function isCalendarUnit(text: string): text is CalendarUnit {
  return calendarUnits.includes(text);
}

/** What is wrong with a unit that is none of these. */
function unitsOf(name: string, units: readonly string[]): NonNullable<ScalarFunction["constants"]> {
  return ({ unit: given }) => {
    if (units.includes(unitOf(given))) return undefined;
    if (["month", "year"].includes(unitOf(given))) {
      return {
        message: `"${String(given)}" has no fixed length, so "${name}" does not count in it`,
        hint: "count days, or compare year(x) * 12 + month(x)",
      };
    }
    const near = nearestName(unitOf(given), units);
    return {
      message: `"${String(given).slice(0, 80)}" is no unit of "${name}"`,
      hint: near === undefined ? `units are ${units.join(", ")}` : `did you mean "${near}"?`,
    };
  };
}

function boundedDate(days: number): number {
  return days >= dateRange.first && days <= dateRange.last ? days : missing;
}

const truncated: Overload = {
  takes: [momentOf("moment"), unit, zoned],
  returns: "timestamp",
  partial: true,
  compute: (constants: Constants) => {
    const to = unitOf(constants["unit"]);
    const find = zoneFinder();
    if (!isCalendarUnit(to) && to !== "hour" && to !== "minute") return () => missing;
    const size = to === "hour" ? h : m;
    const shown = (at: number): number =>
      isCalendarUnit(to) ? firstDayOf(Math.floor(at / d), to) * d : Math.floor(at / size) * size;
    return (moment: number, tz: string) => {
      const zone = find(tz);
      return zone === undefined ? missing : utc(zone, shown(local(zone, moment)), "jump");
    };
  },
  sql: ([moment = "", tz], constants, dialect) => {
    const to = unitOf(constants["unit"]);
    if (tz !== "'UTC'" || !(isCalendarUnit(to) || to === "hour" || to === "minute")) return undefined;
    return dialect.truncated(to, moment);
  },
};

const truncatedDate: Overload = {
  takes: [{ name: "date", kind: "date" }, unit],
  returns: "date",
  partial: true,
  compute: (constants: Constants) => {
    const to = unitOf(constants["unit"]);
    return (days: number) => (isCalendarUnit(to) ? boundedDate(firstDayOf(boundedDate(days), to)) : missing);
  },
};

/** The day that lies so many units later. */
function laterDay(days: number, n: number, to: CalendarUnit): number {
  switch (to) {
    case "day":
      return days + n;
    case "week":
      return days + 7 * n;
    case "month":
      return addMonths(days, n);
    case "year":
      return addMonths(days, 12 * n);
  }
}

const moved: Overload = {
  takes: [momentOf("moment"), { name: "n", kind: "int" }, unit, zoned],
  returns: "timestamp",
  partial: true,
  compute: (constants: Constants) => {
    const by = unitOf(constants["unit"]);
    const find = zoneFinder();
    return (moment: number, n: Raw, tz: string) => {
      const zone = find(tz);
      if (zone === undefined || typeof n !== "number") return missing;
      if (!isCalendarUnit(by)) return whole(moment + n * (lengthOf(by) ?? missing));
      const at = local(zone, moment);
      if (n === 0) return at === at ? moment : missing;
      const day = Math.floor(at / d);
      return utc(zone, laterDay(day, n, by) * d + (at - day * d), "shift");
    };
  },
};

const movedDate: Overload = {
  takes: [{ name: "date", kind: "date" }, { name: "n", kind: "int" }, unit],
  returns: "date",
  partial: true,
  compute: (constants: Constants) => {
    const by = unitOf(constants["unit"]);
    return (days: number, n: Raw) =>
      typeof n === "number" && isCalendarUnit(by) ? boundedDate(laterDay(boundedDate(days), n, by)) : missing;
  },
};

/** The difference of two moments or dates, in a unit; `one` is what they count in. */
function difference(kind: "timestamp" | "date", one: number): Overload {
  return {
    takes: [{ name: "a", kind }, { name: "b", kind }, unit],
    returns: "float",
    partial: true,
    compute: (constants: Constants) => {
      const length = lengthOf(unitOf(constants["unit"])) ?? missing;
      // The larger of the two is a multiple of the other, so that there is one rounding at most.
      return (a: number, b: number) => (length < one ? whole(a - b) * (one / length) : whole(a - b) / (length / one));
    },
    sql: ([a = "", b = ""], constants, dialect) => {
      const length = lengthOf(unitOf(constants["unit"]));
      if (length === undefined) return undefined;
      return length < one ? dialect.span(a, b, "*", one / length) : dialect.span(a, b, "/", length / one);
    },
  };
}

/** Functions of moments and dates that give moments, dates and durations. */
export const calendar: readonly ScalarFunction[] = [
  {
    name: "date",
    version: 1,
    missing: "propagates",
    tables: zones,
    doc: "The date of a moment on the clock of `tz`, an IANA zone (UTC unless given); missing where there is no such zone, or its clock shows a time that is no timestamp.",
    examples: [
      { text: "date(now)", result: 19782 },
      { text: 'date(now, tz: "Pacific/Auckland")', result: 19783 },
    ],
    overloads: [
      {
        takes: [momentOf("moment"), zoned],
        returns: "date",
        partial: true,
        compute: () => {
          const local = clock();
          return (moment: number, tz: string) => Math.floor(local(moment, tz) / d);
        },
        ofClock: {
          takes: [momentOf("shown")],
          returns: "date",
          compute: () => (shown: number) => Math.floor(shown / d),
          inline: ([shown = ""]) => `Math.floor(${shown} / ${String(d)})`,
          inlinePropagates: true,
        },
        sql: ([moment = "", tz], _, dialect) => (tz === "'UTC'" ? dialect.dateOf(moment) : undefined),
      },
    ],
  },
  {
    name: "since",
    version: 1,
    missing: "propagates",
    doc: "How long ago a moment was, counted to `until` (`now` unless given): a duration, below zero for what is to come. `hours(since(x))` is a number.",
    examples: [
      { text: "hours(since(now - 90m))", result: 1.5 },
      { text: "minutes(since(now, now + 1h))", result: 60 },
    ],
    overloads: [
      {
        takes: [momentOf("moment"), { ...momentOf("until"), now: true }],
        returns: "duration",
        partial: true,
        compute: () => (moment: number, until: number) => whole(until - moment),
        inline: ([moment = "", until = ""]) => `whole(${until} - ${moment})`,
        inlinePropagates: true,
        sql: ([moment = "", until = ""], _, dialect) => dialect.integer("-", until, moment),
      },
    ],
  },
  {
    name: "diff",
    version: 1,
    missing: "propagates",
    doc: "`a - b` as a number of seconds, minutes, hours, days of 24 hours, or weeks, with its fraction. Months and years have no fixed length: compare `year(x) * 12 + month(x)`.",
    examples: [
      { text: 'diff(now, now - 90m, "hours")', result: 1.5 },
      { text: 'diff(date(now), date(now - 7d), "days")', result: 7 },
    ],
    constants: unitsOf("diff", ["second", "minute", "hour", "day", "week"]),
    overloads: [difference("timestamp", 1), difference("date", d)],
  },
  {
    name: "trunc",
    version: 1,
    missing: "propagates",
    tables: zones,
    doc: "The moment at which the minute, hour, day, week (its Monday), month or year began that the clock of `tz` shows (UTC unless given). Where the clock was put forward over that time it is the moment of the change; where it showed it twice, the earlier. A date is truncated to its week, month or year.",
    examples: [
      { text: 'hour(trunc(now, "hour"))', result: 12 },
      { text: 'hours(trunc(now, "hour") - trunc(now, "day"))', result: 12 },
      { text: 'diff(trunc(now, "day", tz: "Asia/Kolkata"), trunc(now, "day"), "hours")', result: -5.5 },
      { text: 'day(trunc(date(now), "month"))', result: 1 },
    ],
    constants: unitsOf("trunc", ["minute", "hour", ...calendarUnits]),
    overloads: [truncated, truncatedDate],
  },
  {
    name: "add_calendar",
    version: 1,
    missing: "propagates",
    tables: zones,
    doc: "A moment `n` units later, or earlier where `n` is below zero. Seconds, minutes and hours are of fixed length; days, weeks, months and years go by the calendar and keep the time that the clock of `tz` shows (UTC unless given). Where a month is too short it is its last day; a time that the clock was put forward over is read as later by what was left out, one that it showed twice as the earlier. Where `n` is 0 it is the moment itself. Missing where there is no such zone, or a time that a clock shows is no timestamp.",
    examples: [
      { text: 'day(add(now, 1, "month"))', result: 29 },
      { text: 'day(add(now, 1, "year"))', result: 28 },
      { text: 'diff(add(now, 1, "month", tz: "Europe/Berlin"), now, "days")', result: 29 },
      { text: 'diff(add(now, 2, "months", tz: "Europe/Berlin"), now, "hours")', result: 1439 },
      { text: 'add(date(now), -1, "week")', result: 19775 },
    ],
    constants: unitsOf("add", ["second", "minute", "hour", ...calendarUnits]),
    overloads: [moved, movedDate],
  },
];
