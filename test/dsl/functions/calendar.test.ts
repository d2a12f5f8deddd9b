import { describe, expect, it } from "vitest";
import { toMicros } from "../../../src/core/index.ts";
import { addMonths, dayOf, daysOf, monthOf, weekdayOf, weekOf, yearOf } from "../../../src/dsl/functions/calendar.ts";
import { isZone } from "../../../src/dsl/functions/time-zone.ts";
import { zoneNames } from "../../../src/dsl/functions/zone-table.ts";
import { checkOne, evaluate, planOf, valueOf } from "../check-one.ts";
import { randomNumbers } from "../random-numbers.ts";
import { localMicros } from "./zone-clock.ts";

const day = 86_400_000_000;
const domain = Number.MAX_SAFE_INTEGER;

/** An expression over the moment `t`, the number `n` and the date `x`. */
function at(text: string, moment: string, n: number | null = null): unknown {
  return valueOf(text, { t: "timestamp?", n: "int?" }, { t: toMicros(moment), n });
}

function moment(text: string, of: string, n: number | null = null): string {
  return new Date(Number(at(text, of, n)) / 1000).toISOString().replace(".000Z", "Z");
}

describe("the calendar", () => {
  it("is JavaScript's Date, day by day from 1684 to 2255", () => {
    for (let days = -104_250; days <= 104_249; days++) {
      const date = new Date(days * 86_400_000);
      const ours = [yearOf(days), monthOf(days), dayOf(days), weekdayOf(days) % 7];
      const theirs = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay()];
      if (ours.join() !== theirs.join()) throw new Error(`${String(days)}: ${ours.join()}, not ${theirs.join()}`);
      if (daysOf(yearOf(days), monthOf(days), dayOf(days)) !== days)
        throw new Error(`${String(days)} does not come back`);
    }
  });

  // Python: date(...).isocalendar().week
  it.each([
    ["2020-12-31", 53],
    ["2021-01-03", 53],
    ["2021-01-04", 1],
    ["2024-12-29", 52],
    ["2024-12-30", 1],
    ["2027-01-01", 53],
    ["1969-12-28", 52],
    ["1969-12-29", 1],
    ["1899-12-31", 52],
    ["1900-01-01", 1],
  ])("the week of %s is %i", (text, week) => {
    expect(at("week(t)", text)).toBe(week);
    expect(at("week(date(t))", text)).toBe(week);
  });

  it("counts weeks from the first Thursday of a year", () => {
    for (let days = -104_000; days < 104_000; days += 3) {
      // As the standard words it: the week with the year's first Thursday is 1.
      let monday = days - weekdayOf(days) + 1;
      let week = 1;
      const year = yearOf(monday + 3);
      while (yearOf(monday + 3 - 7) === year) [monday, week] = [monday - 7, week + 1];
      if (weekOf(days) !== week) throw new Error(`${String(days)}: ${String(weekOf(days))}, not ${String(week)}`);
    }
  });

  it("adds months and keeps to the month's last day", () => {
    const of = (text: string, n: number): string =>
      new Date(addMonths(toMicros(text) / day, n) * 86_400_000).toISOString().slice(0, 10);
    expect(of("2024-01-31", 1)).toBe("2024-02-29");
    expect(of("2023-01-31", 1)).toBe("2023-02-28");
    expect(of("2024-02-29", 12)).toBe("2025-02-28");
    expect(of("2024-02-29", -48)).toBe("2020-02-29");
    expect(of("2024-03-31", -1)).toBe("2024-02-29");
    expect(of("1900-03-31", -1)).toBe("1900-02-28");
    expect(of("1970-01-15", -1)).toBe("1969-12-15");
    expect(of("2024-12-31", 2)).toBe("2025-02-28");
  });
});

describe("trunc", () => {
  it.each([
    ["day", "Europe/Berlin", "2024-06-15T10:20:30Z", "2024-06-14T22:00:00Z"],
    ["day", "Europe/Berlin", "2024-06-15T22:20:30Z", "2024-06-15T22:00:00Z"],
    ["hour", "Asia/Kathmandu", "2024-06-15T10:20:30Z", "2024-06-15T10:15:00Z"],
    ["week", "America/New_York", "2024-03-10T18:00:00Z", "2024-03-04T05:00:00Z"],
    ["week", "America/New_York", "2024-03-11T18:00:00Z", "2024-03-11T04:00:00Z"],
    ["month", "America/New_York", "2024-11-30T18:00:00Z", "2024-11-01T04:00:00Z"],
    ["year", "Australia/Lord_Howe", "2024-06-15T10:20:30Z", "2023-12-31T13:00:00Z"],
    // Midnight was left out: the day began at one.
    ["day", "America/Sao_Paulo", "2018-11-04T15:00:00Z", "2018-11-04T03:00:00Z"],
    // Half an hour around midnight was left out: the day began at half past.
    ["day", "America/Toronto", "1919-03-31T05:00:00Z", "1919-03-31T04:30:00Z"],
    // Midnight was twice: the day began with the first.
    ["day", "America/Havana", "2024-11-03T05:30:00Z", "2024-11-03T04:00:00Z"],
    // Two o'clock was twice: both hours read as the first.
    ["hour", "Europe/Berlin", "2024-10-27T01:30:00Z", "2024-10-27T00:00:00Z"],
    // The day before was left out.
    ["day", "Pacific/Apia", "2011-12-30T12:00:00Z", "2011-12-30T10:00:00Z"],
    ["minute", "Africa/Monrovia", "1960-01-01T00:00:45Z", "1960-01-01T00:00:30Z"],
    ["year", "UTC", "1969-06-15T10:20:30Z", "1969-01-01T00:00:00Z"],
    ["week", "UTC", "1969-12-31T10:20:30Z", "1969-12-29T00:00:00Z"],
  ])("to the %s in %s: %s is %s", (unit, tz, given, result) => {
    expect(moment(`trunc(t, "${unit}", tz: "${tz}")`, given)).toBe(result);
    expect(moment(`trunc(t, "${unit}s", tz: "${tz}")`, given)).toBe(result);
  });

  it("is never later, and is itself truncated, at random moments of random zones", () => {
    const seed = Number(process.env["TONDO_SEED"] ?? 5_309);
    const random = randomNumbers(seed);
    const names = [...zoneNames()];
    for (const unit of ["minute", "hour", "day", "week", "month", "year"]) {
      const plan = planOf(`trunc(t, "${unit}", tz: z)`, { t: "timestamp", z: "string" });
      for (let i = 0; i < 400; i++) {
        const z = names[Math.floor(random() * names.length)] ?? "UTC";
        const t = Math.floor((random() * 200 - 70) * 365.25 * day);
        const once = Number(evaluate(plan, { t, z }));
        const where = `seed ${String(seed)}: ${unit} of ${String(t)} in ${z}`;
        expect(once, where).toBeLessThanOrEqual(t);
        expect(evaluate(plan, { t: once, z }), where).toBe(once);
      }
    }
  });

  it("is missing where it began before the domain, and where there is no zone", () => {
    expect(valueOf('trunc(t, "year")', { t: "timestamp" }, { t: -domain })).toBeNull();
    expect(valueOf('trunc(t, "day", tz: z)', { t: "timestamp", z: "string" }, { t: 0, z: "Mars/Olympus" })).toBeNull();
    expect(valueOf('trunc(x, "year")', { x: "date" }, { x: -104_250 })).toBeNull();
    expect(valueOf('trunc(x, "month")', { x: "date" }, { x: 19_782 })).toBe(19_754);
    expect(valueOf('trunc(x, "week")', { x: "date" }, { x: domain })).toBeNull();
    expect(valueOf('trunc(x, "hour")', { x: "date" }, { x: 0 })).toBeNull();
  });
});

describe("add", () => {
  it.each([
    ["day", 1, "Europe/Berlin", "2024-03-30T11:00:00Z", "2024-03-31T10:00:00Z"],
    ["hour", 24, "Europe/Berlin", "2024-03-30T11:00:00Z", "2024-03-31T11:00:00Z"],
    // 02:30 was left out: 03:30.
    ["day", 1, "Europe/Berlin", "2024-03-30T01:30:00Z", "2024-03-31T01:30:00Z"],
    // 02:30 was twice: the first.
    ["day", 1, "Europe/Berlin", "2024-10-26T00:30:00Z", "2024-10-27T00:30:00Z"],
    ["day", -1, "Europe/Berlin", "2024-10-28T01:30:00Z", "2024-10-27T00:30:00Z"],
    ["day", 0, "Europe/Berlin", "2024-10-27T01:30:00Z", "2024-10-27T01:30:00Z"],
    ["month", 1, "UTC", "2024-01-31T12:00:00Z", "2024-02-29T12:00:00Z"],
    ["month", -2, "UTC", "1970-01-31T12:00:00Z", "1969-11-30T12:00:00Z"],
    ["year", -100, "UTC", "2000-02-29T12:00:00Z", "1900-02-28T12:00:00Z"],
    ["week", 2, "Australia/Lord_Howe", "2024-03-30T12:00:00Z", "2024-04-13T12:30:00Z"],
    // The 30th never was: it reads as the 31st.
    ["day", 1, "Pacific/Apia", "2011-12-29T22:00:00Z", "2011-12-30T22:00:00Z"],
  ])("of a %s, %i of them, in %s: %s is %s", (unit, n, tz, given, result) => {
    expect(moment(`add(t, n, "${unit}", tz: "${tz}")`, given, n)).toBe(result);
  });

  it("is missing outside the domain", () => {
    for (const unit of ["second", "hour", "day", "week", "month", "year"]) {
      for (const n of [domain, -domain, 10 ** 13]) expect(at(`add(t, n, "${unit}")`, "2024-01-01", n)).toBeNull();
      expect(at(`add(t, n, "${unit}")`, "2024-01-01")).toBeNull();
    }
    expect(valueOf('add(t, n, "day")', { t: "timestamp", n: "int" }, { t: 0, n: 2n ** 60n })).toBeNull();
    expect(valueOf('add(x, 1, "day")', { x: "date" }, { x: 104_249 })).toBeNull();
    expect(valueOf('add(x, -1, "month")', { x: "date" }, { x: 19_782 })).toBe(19_751);
  });
});

describe("diff, since and dates", () => {
  it("are numbers of a unit, and durations", () => {
    expect(at('diff(t, t - 36h, "days")', "2024-03-31")).toBe(1.5);
    expect(at('diff(t - 36h, t, "week")', "2024-03-31")).toBe(-1.5 / 7);
    expect(at('diff(date(t), date(t - 1d), "hours")', "1969-12-31")).toBe(24);
    expect(at("since(t)", "2024-02-29T12:00:00Z")).toBe(2_096_789_000);
    expect(at("since(t, t - 1h)", "2024-02-29")).toBe(-3_600_000_000);
    expect(valueOf('diff(a, b, "seconds")', { a: "timestamp", b: "timestamp" }, { a: domain, b: -domain })).toBeNull();
  });

  it("have parts only where a moment of the domain has that date", () => {
    for (const part of ["year", "month", "day", "dow", "week"]) {
      for (const x of [-104_251, 104_250, domain, -domain])
        expect(valueOf(`${part}(x)`, { x: "date" }, { x })).toBeNull();
      for (const x of [-104_250, 104_249, 0]) expect(valueOf(`${part}(x)`, { x: "date" }, { x })).not.toBeNull();
    }
    expect(at('date(t, tz: "Asia/Tokyo")', "1970-01-01T15:00:00Z")).toBe(1);
    expect(at('date(t, tz: "America/New_York")', "1970-01-01T04:59:59Z")).toBe(-1);
  });
});

describe("plans", () => {
  it("name the tables that their calls read, and none where the clock is UTC's", () => {
    const tables = (text: string): unknown => {
      const plan = planOf(text, { s: "string", t: "timestamp" });
      return plan.node === "call" ? (plan.tables ?? null) : undefined;
    };
    expect(tables('hour(t, tz: "Europe/Berlin")')).toBe("tz 2026c");
    expect(tables("hour(t, tz: s)")).toBe("tz 2026c");
    expect(tables('trunc(t, "day", tz: s)')).toBe("tz 2026c");
    expect(tables("lower(s)")).toBe("unicode 17.0");
    expect(tables('matches(s, "a")')).toBe("re2js 2.10.0");
    for (const text of ["hour(t)", 'hour(t, tz: "UTC")', "week(date(t))", 'add(t, 1, "month")', "trim(s)"])
      expect(tables(text), text).toBeNull();
  });

  it("of other tables are refused", () => {
    const plan = planOf('hour(t, tz: "Europe/Berlin")', { t: "timestamp" });
    expect(evaluate(plan, { t: 0 })).toBe(1);
    for (const tables of ["tz 2025a", undefined]) {
      const { tables: _, ...rest } = plan as { tables?: string } & typeof plan;
      const other = { ...rest, ...(tables === undefined ? {} : { tables }) } as typeof plan;
      expect(() => evaluate(other, { t: 0 })).toThrow(/tables "(tz 2025a|none)".*"tz 2026c"/);
    }
  });

  it("have a moment only where there is a request", () => {
    expect(checkOne("since(t)", { t: "timestamp" }).diagnostics).toEqual([]);
    expect(checkOne('add_calendar(t, 1, "day")', { t: "timestamp" }).diagnostics.map(({ code }) => code)).toEqual([
      "unknown-function",
    ]);
    expect(isZone("UTC") && localMicros(5, "UTC")).toBe(5);
  });
});
