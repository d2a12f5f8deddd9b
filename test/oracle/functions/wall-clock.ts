/*
 * Clocks of time zones by Node's `Intl`; the tests demand that its tables are of the same release of the IANA database.
 */
const second = 1_000_000;
const formats = new Map<string, Intl.DateTimeFormat>();
const shown = new Map<string, Map<number, number>>();

/** Names that the IANA database has beside those that `Intl` lists. */
const others = ["UTC", "GMT", "Etc/UTC", "Asia/Kolkata", "Asia/Kathmandu", "US/Eastern", "America/St_Johns"];
const names: ReadonlySet<string> = new Set([...Intl.supportedValuesOf("timeZone"), ...others]);

/** Whether the IANA database has a zone of this name, spelled so. */
export function isZoneName(name: string): boolean {
  return names.has(name);
}

/** What the clock of a zone shows at a moment, as if it were UTC; microseconds. */
export function wallClock(moment: number, zone: string): number {
  const seconds = Math.floor(moment / second);
  return moment + offsetAt(seconds, zone) * second;
}

/** How far a zone's clock is ahead, seconds. */
function offsetAt(seconds: number, zone: string): number {
  let known = shown.get(zone);
  if (known === undefined) shown.set(zone, (known = new Map<number, number>()));
  let offset = known.get(seconds);
  if (offset === undefined) known.set(seconds, (offset = askFormat(seconds, zone)));
  return offset;
}

function askFormat(seconds: number, zone: string): number {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat("en-US-u-ca-iso8601-nu-latn", {
      timeZone: zone,
      hourCycle: "h23",
      ...{ year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" },
    });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, Number(value)]));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, s = 0] = (
    ["year", "month", "day", "hour", "minute", "second"] as const
  ).map((part) => parts.get(part));
  return Date.UTC(year, month - 1, day, hour, minute, s) / 1000 - seconds;
}

/** Where a clock was put forward over a time. */
export interface Gap {
  /** The moment of the change. */
  readonly change: number;
  /** How far the clock was put forward. */
  readonly leftOut: number;
}

/** The moments at which the clock of a zone shows a time, the earlier first; the gap where there is none. */
export function momentsOf(local: number, zone: string): readonly number[] | Gap {
  const around = 86_400 * second;
  // No zone changes twice within two days: its clock is one of these two around this time.
  const [before, after] = [local - around, local + around].map((moment) =>
    offsetAt(Math.floor(moment / second), zone),
  ) as [number, number];
  const found = [...new Set([before, after])]
    .map((offset) => local - offset * second)
    .filter((moment) => wallClock(moment, zone) === local)
    .sort((a, b) => a - b);
  if (found.length > 0) return found;
  let [low, high] = [Math.floor((local - around) / second), Math.floor((local + around) / second)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle, zone) === before) low = middle;
    else high = middle;
  }
  return { change: high * second, leftOut: (after - before) * second };
}
