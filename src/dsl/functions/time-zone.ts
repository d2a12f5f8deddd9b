import { maxInt, missing } from "./scalar-function.ts";
import { timeZoneVersion } from "./tables/time-zones.ts";
import { type Zone, zoneNames, zoneOf } from "./zone-table.ts";

/** The table that clocks come from, as fingerprints name it. */
export const zoneTables: string = `tz ${timeZoneVersion}`;

export { zoneNames };

/** Further than any clock has been from UTC, microseconds. */
const farthest = 16 * 3_600_000_000;

/** Whether that is the name of an IANA zone, letter by letter. Offsets such as `+02:00` are no zones. */
export function isZone(tz: string): boolean {
  return zoneOf(tz) !== undefined;
}

/** Finds zones by name and remembers the last: most rows ask for the one that the row before asked for. */
export function zoneFinder(): (tz: string) => Zone | undefined {
  let name = "UTC";
  let zone = zoneOf(name);
  return (tz) => {
    if (tz !== name) {
      zone = zoneOf(tz);
      name = tz;
    }
    return zone;
  };
}

/** {@link local} of a zone by its name, for many rows; NaN where there is no such zone. */
export function clock(): (moment: number, tz: string) => number {
  const find = zoneFinder();
  return (moment, tz) => {
    const zone = find(tz);
    return zone === undefined ? missing : local(zone, moment);
  };
}

/**
 * The clock on the wall of a zone, as microseconds since 1970 as if it were UTC; NaN where the moment is missing, or the clock
 * shows a time outside the domain of moments. A zone remembers the stretch of one offset, most often half a year,
 * in which it was last asked for a moment; others are searched for.
 */
export function local(zone: Zone, moment: number): number {
  if (!(moment >= zone.from && moment < zone.until)) {
    if (moment !== moment) return missing;
    const i = stretchAt(zone, moment);
    zone.from = zone.starts[i] ?? -Infinity;
    zone.until = zone.starts[i + 1] ?? Infinity;
    zone.offset = zone.offsets[i] ?? missing;
  }
  return moment + zone.offset;
}

/**
 * What a time stands for that the clock never showed, because it was put forward over it: `"jump"` is the moment of the
 * change, `"shift"` the time later by what was left out (02:30 reads as 03:30), as `zoneinfo`, Java and Temporal read it.
 */
export type Gap = "jump" | "shift";

/**
 * The moment at which the clock of a zone shows a time. Where it showed it twice, because it was put back, it is the
 * earlier; NaN where it lies outside the domain of moments.
 */
export function utc(zone: Zone, shown: number, gap: Gap): number {
  if (!(shown >= -maxInt && shown <= maxInt)) return missing;
  const { starts, offsets } = zone;
  for (let i = Math.max(1, stretchAt(zone, shown - farthest)); i < starts.length - 1; i++) {
    const offset = offsets[i] ?? missing;
    // The first stretch whose clock ends behind this time shows it first, or begins behind it.
    if (shown >= (starts[i + 1] ?? Infinity) + offset) continue;
    const start = starts[i] ?? -Infinity;
    if (shown >= start + offset) return shown - offset;
    if (i === 1) return missing;
    return gap === "jump" ? start : shown - (offsets[i - 1] ?? missing);
  }
  return missing;
}

/** The last stretch that begins at or before a moment. */
function stretchAt({ starts }: Zone, moment: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? Infinity) <= moment) low = middle;
    else high = middle - 1;
  }
  return low;
}
