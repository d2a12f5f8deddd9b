import { daysOf, weekdayOf, yearOf } from "./calendar.ts";
import { maxInt } from "./scalar-function.ts";
import { timeZoneLines } from "./tables/time-zones.ts";

const secondsPerDay = 86_400;
const micros = 1_000_000;
/** The domain of moments ends in this year. */
const lastYear = 2255;

/**
 * A zone in stretches of one offset, microseconds throughout: the stretch `i` begins at the moment `starts[i]` and ends
 * before the next. Before the first and in the last there is no offset (NaN): there the clock would show a time outside
 * the domain of moments.
 */
export interface Zone {
  readonly starts: Float64Array;
  readonly offsets: Float64Array;
  /** The stretch of the moment that was last asked for. */
  from: number;
  until: number;
  offset: number;
}

interface Change {
  readonly from: number;
  readonly offset: number;
}

/** By name: the line of the table, or what was made of it. As many as there are zones, whatever is asked for. */
const zones = new Map<string, string | Zone>();

function names(): ReadonlyMap<string, string | Zone> {
  if (zones.size === 0) {
    for (const line of timeZoneLines)
      for (const name of line.slice(0, line.indexOf("|")).split(",")) zones.set(name, line);
  }
  return zones;
}

/** The names of all zones, links included. */
export function zoneNames(): Iterable<string> {
  return names().keys();
}

/** The zone of that name, made ready when it is first asked for; `undefined` where there is none. */
export function zoneOf(tz: string): Zone | undefined {
  const known = names().get(tz);
  if (typeof known !== "string") return known;
  const zone = readZone(known);
  for (const name of known.slice(0, known.indexOf("|")).split(",")) zones.set(name, zone);
  return zone;
}

function readZone(line: string): Zone {
  const [, offsetTexts = "", places = "", times = "", rule = ""] = line.split("|");
  const offsets = offsetTexts.split(",").map((text) => Number.parseInt(text, 36));
  const changes: Change[] = [{ from: -Infinity, offset: offsets[0] ?? 0 }];
  let from = 0;
  for (const [i, text] of (times === "" ? [] : times.split(" ")).entries()) {
    from += Number.parseInt(text, 36) * (text.endsWith(".") ? 1 : 60);
    changes.push({ from, offset: offsets[Number.parseInt(places.charAt(i), 36)] ?? 0 });
  }
  if (rule !== "") changes.push(...yearsOf(rule.split(",").map(Number), changes.at(-1)?.from ?? 0));
  return stretches(changes);
}

/** What a rule comes to, year by year, after the last change in the table. */
function yearsOf(rule: readonly number[], after: number): readonly Change[] {
  const [standard = 0, summer = 0] = rule;
  const changes: Change[] = [];
  for (let year = yearOf(Math.floor(after / secondsPerDay)); year <= lastYear; year++) {
    // The clock that a rule speaks of is the one before the change.
    const start = { from: secondOf(year, rule.slice(2, 6)) - standard, offset: summer };
    const end = { from: secondOf(year, rule.slice(6, 10)) - summer, offset: standard };
    changes.push(...(start.from < end.from ? [start, end] : [end, start]));
  }
  return changes.filter((change) => change.from > after);
}

/** The seconds of the clock at, say, the second Sunday of March at 2:00. */
function secondOf(year: number, [month = 1, week = 1, weekday = 0, seconds = 0]: readonly number[]): number {
  const first = daysOf(year, month, 1);
  let day = first + ((weekday - weekdayOf(first) + 7) % 7) + (week - 1) * 7;
  // The fifth is the last, which may be the fourth; weekdays recur within the month's 28 to 31 days.
  if (week === 5 && day >= daysOf(month === 12 ? year + 1 : year, (month % 12) + 1, 1)) day -= 7;
  return day * secondsPerDay + seconds;
}

function stretches(changes: readonly Change[]): Zone {
  const starts: number[] = [-Infinity];
  const offsets: number[] = [Number.NaN];
  for (const { from, offset } of changes) {
    if (offset * micros === offsets.at(-1) || from * micros > maxInt) continue;
    starts.push(Math.max(from * micros, -maxInt, -maxInt - offset * micros));
    offsets.push(offset * micros);
  }
  const last = offsets.at(-1) ?? 0;
  starts.push(Math.min(maxInt, maxInt - last) + 1);
  offsets.push(Number.NaN);
  return {
    starts: Float64Array.from(starts),
    offsets: Float64Array.from(offsets),
    from: Infinity,
    until: -Infinity,
    offset: Number.NaN,
  };
}
