import { describe, expect, it } from "vitest";
import { durationUnits, toMicros } from "../../../src/core/index.ts";
import { isZone } from "../../../src/dsl/functions/time-zone.ts";
import { checkOne, valueOf } from "../check-one.ts";
import { localMicros } from "./zone-clock.ts";

/** The clock on the wall, as `YYYY-MM-DD hh:mm:ss.uuuuuu`. */
function wall(moment: string, tz: string): string {
  const local = localMicros(toMicros(moment), tz);
  const whole = new Date(Math.floor(local / 1000)).toISOString().slice(0, 19).replace("T", " ");
  const micros = local - Math.floor(local / 1_000_000) * 1_000_000;
  return micros === 0 ? whole : `${whole}.${String(micros).padStart(6, "0")}`;
}

// Expected clocks by the IANA database (Python's zoneinfo gives the same).
const clocks: readonly (readonly [moment: string, tz: string, clock: string])[] = [
  // Into summer time: an hour that never was, to the microsecond.
  ["2024-03-31T00:59:59.999999Z", "Europe/Berlin", "2024-03-31 01:59:59.999999"],
  ["2024-03-31T01:00:00Z", "Europe/Berlin", "2024-03-31 03:00:00"],
  // Out of it: an hour that was twice.
  ["2024-10-27T00:59:59.999999Z", "Europe/Berlin", "2024-10-27 02:59:59.999999"],
  ["2024-10-27T01:00:00Z", "Europe/Berlin", "2024-10-27 02:00:00"],
  ["2024-03-10T09:59:59Z", "America/Los_Angeles", "2024-03-10 01:59:59"],
  ["2024-03-10T10:00:00Z", "America/Los_Angeles", "2024-03-10 03:00:00"],
  // Offsets of half an hour, and of three quarters.
  ["2024-01-01T00:00:00Z", "Asia/Kolkata", "2024-01-01 05:30:00"],
  ["2024-01-01T00:00:00Z", "Asia/Kathmandu", "2024-01-01 05:45:00"],
  ["2024-01-01T00:00:00Z", "America/St_Johns", "2023-12-31 20:30:00"],
  // A summer time of half an hour.
  ["2024-04-06T14:59:59Z", "Australia/Lord_Howe", "2024-04-07 01:59:59"],
  ["2024-04-06T15:00:00Z", "Australia/Lord_Howe", "2024-04-07 01:30:00"],
  // Samoa left out a day.
  ["2011-12-30T09:59:59Z", "Pacific/Apia", "2011-12-29 23:59:59"],
  ["2011-12-30T10:00:00Z", "Pacific/Apia", "2011-12-31 00:00:00"],
  // Before 1970.
  ["1969-12-31T23:59:59.999999Z", "UTC", "1969-12-31 23:59:59.999999"],
  ["1969-12-31T23:59:59.999999Z", "Europe/London", "1970-01-01 00:59:59.999999"],
  ["1945-05-24T00:00:00Z", "Europe/Berlin", "1945-05-24 03:00:00"],
  // Local mean time, with seconds, and a change within an hour of UTC.
  ["1880-01-01T00:00:00Z", "Europe/Amsterdam", "1880-01-01 00:17:30"],
  ["1972-01-07T00:44:29Z", "Africa/Monrovia", "1972-01-06 23:59:59"],
  ["1972-01-07T00:44:30Z", "Africa/Monrovia", "1972-01-07 00:44:30"],
  ["1972-01-07T00:44:29.999999Z", "Africa/Monrovia", "1972-01-06 23:59:59.999999"],
  ["1972-01-07T00:10:00Z", "Africa/Monrovia", "1972-01-06 23:25:30"],
];

describe("the clock on the wall", () => {
  it.each(clocks)("%s in %s is %s", (moment, tz, clock) => {
    expect(wall(moment, tz)).toBe(clock);
    // And again, from what was remembered.
    expect(wall(moment, tz)).toBe(clock);
  });

  it("agrees with the formatter at each quarter of an hour around every change of a year", () => {
    for (const tz of ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Tehran"]) {
      const format = new Intl.DateTimeFormat("sv-SE", { timeZone: tz, dateStyle: "short", timeStyle: "medium" });
      for (let moment = toMicros("2021-03-01"); moment < toMicros("2021-04-20"); moment += durationUnits.m * 15 + 1) {
        const local = new Date(Math.floor(localMicros(moment, tz) / 1000)).toISOString().slice(0, 19).replace("T", " ");
        expect(local).toBe(format.format(Math.floor(moment / 1000)));
      }
    }
  });

  it("is missing where there is no such zone, or none is known", () => {
    expect(localMicros(0, "Europe/Nowhere")).toBeNaN();
    for (const tz of ["", "+02:00", "UTC+2", "Europe/Berlin\0", "../etc", "a".repeat(100)])
      expect(isZone(tz), tz).toBe(false);
    expect(valueOf("hour(now, tz: z)", { z: "string?" }, { z: "Mars/Olympus" })).toBeNull();
    expect(valueOf("hour(now, tz: z)", { z: "string?" }, { z: null })).toBeNull();
    expect(valueOf("hour(now, tz: z)", { z: "string?" }, { z: "Asia/Kolkata" })).toBe(18);
    expect(checkOne('hour(now, tz: "Mars/Olympus")').diagnostics.map(({ code }) => code)).toEqual(["unknown-zone"]);
  });

  it("does not grow with what requests ask for", () => {
    for (let i = 0; i < 5_000; i++) expect(localMicros(0, `Nowhere/Town${String(i)}`)).toBeNaN();
    expect(localMicros(0, "Asia/Kolkata")).toBe(19_800_000_000);
  });

  it("gives the parts of a date by that clock", () => {
    const row = { t: toMicros("2023-12-31T23:30:00Z") };
    const of = (text: string): unknown => valueOf(text, { t: "timestamp" }, row);
    const parts = ["year", "month", "day", "dow", "hour", "minute"].map((part) =>
      of(`${part}(t, tz: "Europe/Berlin")`),
    );
    expect(parts).toEqual([2024, 1, 1, 1, 0, 30]);
    expect(["year", "month", "day", "dow", "hour"].map((part) => of(`${part}(t)`))).toEqual([2023, 12, 31, 7, 23]);
  });
});
