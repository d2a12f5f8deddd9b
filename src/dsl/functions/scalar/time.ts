import { durationUnits } from "../../../core/index.ts";
import { finite, missing, type Example, type Parameter, type ScalarFunction } from "../scalar-function.ts";
import { localDay, localMicros } from "../time-zone.ts";

const zoned: readonly Parameter[] = [
  { name: "moment", kind: "timestamp" },
  { name: "tz", kind: "string", default: "UTC" },
];
const { d, h, m, s } = durationUnits;

function part(name: string, doc: string, run: (local: number) => number, ...examples: Example[]): ScalarFunction {
  return {
    name,
    version: 1,
    missing: "propagates",
    doc: `${doc} on the clock of \`tz\`, an IANA zone (UTC unless given); missing where there is no such zone.`,
    examples,
    overloads: [
      {
        takes: zoned,
        returns: "int",
        partial: true,
        compute: () => (moment: number, tz: string) => {
          const local = localMicros(moment, tz);
          return local === local ? run(local) : missing;
        },
      },
    ],
  };
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
      },
    ],
  };
}

function floorMod(x: number, y: number): number {
  return x - Math.floor(x / y) * y;
}

/** Functions of moments and durations. */
export const time: readonly ScalarFunction[] = [
  part(
    "hour",
    "The hour, 0 to 23,",
    (local) => Math.floor(floorMod(local, d) / h),
    { text: "now | hour", result: 12 },
    { text: 'hour(now, tz: "Asia/Kolkata")', result: 18 },
  ),
  part("minute", "The minute, 0 to 59,", (local) => Math.floor(floorMod(local, h) / m), {
    text: "minute(now)",
    result: 34,
  }),
  part("dow", "The day of the week, Monday 1 to Sunday 7,", (local) => floorMod(Math.floor(local / d) + 3, 7) + 1, {
    text: "dow(now)",
    result: 4,
  }),
  part("day", "The day of the month,", (local) => localDay(local).getUTCDate(), { text: "day(now)", result: 29 }),
  part("month", "The month, 1 to 12,", (local) => localDay(local).getUTCMonth() + 1, { text: "month(now)", result: 2 }),
  part("year", "The year,", (local) => localDay(local).getUTCFullYear(), { text: "year(now)", result: 2024 }),
  inUnit("seconds", s, { text: "seconds(1m)", result: 60 }),
  inUnit("minutes", m, { text: "minutes(90s)", result: 1.5 }),
  inUnit("hours", h, { text: "hours(now - now)", result: 0 }),
  inUnit("days", d, { text: "days(36h)", result: 1.5 }),
];
