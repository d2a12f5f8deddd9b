import { type Gap, local, utc } from "../../../src/dsl/functions/time-zone.ts";
import { zoneOf } from "../../../src/dsl/functions/zone-table.ts";

/** What the clock of a zone shows at a moment, by the zone's name; NaN where there is no such zone. */
export function localMicros(moment: number, tz: string): number {
  const zone = zoneOf(tz);
  return zone === undefined ? Number.NaN : local(zone, moment);
}

/** The moment at which the clock of a zone shows a time; NaN where there is no such zone. */
export function utcMicros(shown: number, tz: string, gap: Gap): number {
  const zone = zoneOf(tz);
  return zone === undefined ? Number.NaN : utc(zone, shown, gap);
}
