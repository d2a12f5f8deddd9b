import { missing } from "./scalar-function.ts";

const hour = 3_600_000_000;
const second = 1_000_000;

/** How many zones may have a formatter and how many hours of all zones are remembered: a request cannot make them grow. */
const zoneLimits = { zones: 1024, hours: 262_144 } as const;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  /** By hour of UTC; NaN for an hour within which the clock was changed. */
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone | undefined>();
let remembered = 0;

/**
 * The clock on the wall of a zone, as microseconds since 1970 as if it were UTC; NaN where there is no such zone or
 * the moment is missing. Offsets are looked up at both ends of an hour of UTC and remembered where they agree: no zone
 * has changed its clock twice within an hour. In the others, some of before 1972, each moment is looked up.
 *
 * The tables are those of the running Node's ICU.
 */
export function localMicros(moment: number, tz: string): number {
  // A missing moment is NaN, for which formats throw.
  if (tz === "UTC" || Number.isNaN(moment)) return moment;
  const zone = zoneOf(tz);
  if (zone === undefined) return missing;
  return moment + offsetAt(zone, moment);
}

function offsetAt(zone: Zone, moment: number): number {
  const index = Math.floor(moment / hour);
  let offset = zone.offsets.get(index);
  if (offset === undefined) {
    const first = offsetByFormat(zone.format, index * hour);
    const last = offsetByFormat(zone.format, (index + 1) * hour - second);
    offset = first === last ? first : missing;
    if (++remembered > zoneLimits.hours) {
      for (const other of zones.values()) other?.offsets.clear();
      remembered = 1;
    }
    zone.offsets.set(index, offset);
  }
  return offset === offset ? offset : offsetByFormat(zone.format, moment);
}

function offsetByFormat(format: Intl.DateTimeFormat, moment: number): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(Math.floor(moment / 1000))) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour: hours = 0, minute = 0, second = 0 } = parts;
  const local = Date.UTC(2000, month - 1, day, hours % 24, minute, second);
  const shifted = new Date(local);
  // Date.UTC reads the years 0 to 99 as 1900 to 1999, so the year goes in by itself.
  shifted.setUTCFullYear(year, month - 1, day);
  return shifted.getTime() * 1000 - Math.floor(moment / 1_000_000) * 1_000_000;
}

function zoneOf(tz: string): Zone | undefined {
  if (zones.has(tz)) return zones.get(tz);
  if (zones.size >= zoneLimits.zones) {
    zones.clear();
    remembered = 0;
  }
  const zone = isZone(tz) ? { format: formatOf(tz), offsets: new Map<number, number>() } : undefined;
  zones.set(tz, zone);
  return zone;
}

/** Whether that is the name of an IANA zone. Offsets such as `+02:00` are no zones. */
export function isZone(tz: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/.test(tz)) return false;
  try {
    formatOf(tz);
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function formatOf(tz: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat("en-US-u-ca-iso8601-nu-latn", {
    timeZone: tz,
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
    hourCycle: "h23",
  });
}

/** The date of a local clock, in the UTC fields of the result. */
export function localDay(local: number): Date {
  return new Date(Math.floor(local / 1000));
}
