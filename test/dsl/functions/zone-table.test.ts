import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { zoneNames, zoneOf } from "../../../src/dsl/functions/zone-table.ts";
import { timeZoneVersion } from "../../../src/dsl/functions/tables/time-zones.ts";
import { isZone } from "../../../src/dsl/functions/time-zone.ts";
import { randomNumbers } from "../random-numbers.ts";
import { localMicros, utcMicros } from "./zone-clock.ts";

const second = 1_000_000;
const day = 86_400 * second;
const domain = Number.MAX_SAFE_INTEGER;

interface Clocks {
  readonly release: string;
  readonly moments: readonly number[];
  readonly offsets: Readonly<Record<string, readonly number[]>>;
  readonly walls: readonly (readonly [zone: string, wall: number, moment: number])[];
}

const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../golden/time-zones/clocks.json"), "utf8"),
) as Clocks;

/** The clock by the running Node's own tables, to the second. */
function formatter(tz: string): (moment: number) => string {
  const two = "2-digit" as const;
  const format = new Intl.DateTimeFormat("sv-SE-u-ca-iso8601-nu-latn", {
    ...{ timeZone: tz, year: "numeric", month: two, day: two, hour: two, minute: two, second: two, hourCycle: "h23" },
  });
  return (moment) => format.format(Math.floor(moment / 1000));
}

function shown(local: number): string {
  return new Date(Math.floor(local / 1000)).toISOString().slice(0, 19).replace("T", " ");
}

describe("the table of time zones", () => {
  it("is of the release that the pinned Node has", () => {
    expect(timeZoneVersion).toBe(process.versions["tz"]);
    expect(golden.release).toBe(timeZoneVersion);
  });

  it("has all zones that the running Node and Python know, links too", () => {
    const known = new Set(zoneNames());
    expect(
      [...Intl.supportedValuesOf("timeZone"), ...Object.keys(golden.offsets)].filter((tz) => !known.has(tz)),
    ).toEqual([]);
    for (const tz of ["UTC", "Etc/UTC", "GMT", "US/Pacific", "Asia/Calcutta", "EST5EDT"])
      expect(isZone(tz), tz).toBe(true);
    for (const tz of ["utc", "europe/berlin", "Factory", "__proto__", "constructor"])
      expect(isZone(tz), tz).toBe(false);
    expect(known.size).toBe(Object.keys(golden.offsets).length);
  });

  it(
    "shows what the running Node shows, around every change of every zone and at random moments",
    { timeout: 120_000 },
    () => {
      const seed = Number(process.env["TONDO_SEED"] ?? 1_718);
      const random = randomNumbers(seed);
      let compared = 0;
      for (const tz of zoneNames()) {
        const node = formatter(tz);
        const changes = [...(zoneOf(tz)?.starts ?? [])].slice(1, -1);
        const moments = changes.flatMap((change) => [change - second, change - 1, change, change + second]);
        for (let i = 0; i < 60; i++) moments.push(Math.floor((random() * 200 - 70) * 365.25 * day));
        for (const moment of moments) {
          const local = localMicros(moment, tz);
          if (Math.abs(moment) > domain || Number.isNaN(local)) continue;
          compared++;
          const [ours, theirs] = [shown(local), node(moment)];
          if (ours !== theirs)
            throw new Error(`seed ${String(seed)}: ${tz} at ${String(moment)}: we say ${ours}, Node ${theirs}`);
        }
      }
      console.log(`seed ${String(seed)}: ${String(compared)} clocks compared with Node's`);
      expect(compared).toBeGreaterThan(400_000);
    },
  );

  it("shows what Python's zoneinfo shows", () => {
    for (const [tz, offsets] of Object.entries(golden.offsets)) {
      const ours = golden.moments.map((moment) => (localMicros(moment * second, tz) - moment * second) / second);
      expect(ours, tz).toEqual(offsets);
    }
  });

  it("reads clocks back as Python's zoneinfo does, in gaps and overlaps", () => {
    for (const [tz, wall, moment] of golden.walls) {
      expect(utcMicros(wall * second, tz, "shift") / second, `${tz} ${shown(wall * second)}`).toBe(moment);
    }
  });

  it("reads back every time it shows: the moment itself, or the earlier of two", () => {
    const random = randomNumbers(2_024);
    const names = [...zoneNames()];
    for (let i = 0; i < 40_000; i++) {
      const tz = names[Math.floor(random() * names.length)] ?? "UTC";
      const starts = zoneOf(tz)?.starts ?? [];
      const near = starts[1 + Math.floor(random() * (starts.length - 1))] ?? 0;
      const moment =
        i % 2 === 0
          ? near + Math.floor((random() - 0.5) * 8 * 3_600 * second)
          : Math.floor((random() - 0.5) * 2 * domain);
      const local = localMicros(moment, tz);
      if (Number.isNaN(local) || Math.abs(moment) > domain) continue;
      for (const gap of ["jump", "shift"] as const) {
        const back = utcMicros(local, tz, gap);
        expect(localMicros(back, tz), `${tz} ${String(moment)}`).toBe(local);
        expect(back).toBeLessThanOrEqual(moment);
        expect(back).toBeGreaterThan(moment - 25 * 3_600 * second);
      }
    }
  });

  it("reads a time that was left out as the change, or as later by what was left out", () => {
    const gap = Date.UTC(2024, 2, 31, 2, 30) * 1000;
    expect(utcMicros(gap, "Europe/Berlin", "jump")).toBe(Date.UTC(2024, 2, 31, 1) * 1000);
    expect(utcMicros(gap, "Europe/Berlin", "shift")).toBe(Date.UTC(2024, 2, 31, 1, 30) * 1000);
    // A day that never was.
    expect(utcMicros(Date.UTC(2011, 11, 30, 12) * 1000, "Pacific/Apia", "jump")).toBe(
      Date.UTC(2011, 11, 30, 10) * 1000,
    );
    const twice = Date.UTC(2024, 9, 27, 2, 30) * 1000;
    for (const way of ["jump", "shift"] as const)
      expect(utcMicros(twice, "Europe/Berlin", way)).toBe(Date.UTC(2024, 9, 27, 0, 30) * 1000);
  });

  it("has no clock outside the domain of moments", () => {
    expect(localMicros(domain, "UTC")).toBe(domain);
    expect(localMicros(-domain, "UTC")).toBe(-domain);
    for (const [moment, tz] of [
      [domain, "Asia/Tokyo"],
      [-domain, "America/New_York"],
      [domain + 1, "UTC"],
      [Number.NaN, "UTC"],
    ] as const)
      expect(localMicros(moment, tz)).toBeNaN();
    expect(utcMicros(domain, "America/New_York", "jump")).toBeNaN();
    expect(utcMicros(-domain, "Asia/Tokyo", "shift")).toBeNaN();
    expect(utcMicros(Number.NaN, "UTC", "shift")).toBeNaN();
  });
});
