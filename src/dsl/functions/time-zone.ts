import { missing } from "./scalar-function.ts";

const hour = 3_600_000_000;

/** How many zones may have a formatter and how many hours may be remembered: a request cannot make them grow. */
const zoneLimits = { zones: 1024, hours: 65_536 } as const;

interface Zone {
  readonly format: Intl.DateTimeFormat;
  readonly offsets: Map<number, number>;
}

const zones = new Map<string, Zone | undefined>();

/**
 * The clock on the wall of a zone, as microseconds since 1970 as if it were UTC; NaN where there is no such zone.
 * Offsets are looked up once an hour of UTC and remembered: no zone has changed its clock within one since 1970,
 * but for a handful whose change fell on a half hour, where the quarter hours are looked up.
 *
 * The tables are those of the running Node's ICU.
 */
export function localMicros(moment: number, tz: string): number {
  if (tz === "UTC") return moment;
  const zone = zoneOf(tz);
  if (zone === undefined) return missing;
  return moment + offsetAt(zone, moment);
}

function offsetAt(zone: Zone, moment: number): number {
  const quarter = Math.floor(moment / (hour / 4));
  const known = zone.offsets.get(quarter);
  if (known !== undefined) return known;
  const start = quarter * (hour / 4);
  const offset = offsetByFormat(zone.format, start);
  if (zone.offsets.size >= zoneLimits.hours) zone.offsets.clear();
  zone.offsets.set(quarter, offset);
  return offset;
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
  if (zones.size >= zoneLimits.zones) zones.clear();
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
