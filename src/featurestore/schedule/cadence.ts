/** How often a job starts, spread evenly over each hour, day or week: what one line of cron can say for ever, without a month's end in it. */
export interface Cadence {
  readonly per: "hour" | "day" | "week";
  /** Starts in each hour, day or week. */
  readonly times: number;
  /** The longest time between two starts, minutes. */
  readonly minutes: number;
}

/**
 * The rarest cadence with at most so many whole minutes, at least 1, between two starts. A week is the longest.
 *
 * @example
 * ```ts
 * cadenceWithin(25); // { per: "hour", times: 3, minutes: 20 }: as many starts as every 25 minutes takes in an hour, spread evenly
 * cadenceWithin(2 * 1440); // { per: "week", times: 4, minutes: 2880 }
 * ```
 */
export function cadenceWithin(minutes: number): Cadence {
  if (minutes < 60) return evenly("hour", 60, minutes, 1);
  if (minutes < 1440) return evenly("day", 24, Math.floor(minutes / 60), 60);
  return evenly("week", 7, Math.min(7, Math.floor(minutes / 1440)), 1440);
}

/** As few starts as leave at most so many of a period's units between two. */
function evenly(per: Cadence["per"], units: number, most: number, unitMinutes: number): Cadence {
  const times = Math.ceil(units / most);
  return { per, times, minutes: Math.ceil(units / times) * unitMinutes };
}

/** The minutes of the hour at which a cadence starts, where it begins so many minutes after the hour. */
export function startMinutes({ per, times }: Cadence, offset: number): readonly number[] {
  if (per !== "hour") return [offset];
  return spread(times, 60)
    .map((minute) => (minute + offset) % 60)
    .sort((a, b) => a - b);
}

/**
 * The five fields of cron for a cadence, in whatever zone cron takes. Steps, ranges and lists as every cron knows them; days of the month are
 * never named, for months have different lengths.
 *
 * @example `cronFields({ per: "hour", times: 3, minutes: 20 }, 5) // "5-59/20 * * * *"`
 */
export function cronFields(cadence: Cadence, offset: number): string {
  const { per, times } = cadence;
  const minute = field(startMinutes(cadence, offset), 60);
  const hour = per === "hour" ? "*" : per === "day" ? field(spread(times, 24), 24) : "0";
  const weekday = per === "week" ? field(spread(times, 7), 7) : "*";
  return `${minute} ${hour} * * ${weekday}`;
}

/**
 * Offsets that keep the starts of several cadences apart, each as far from those before it as it can be: loads of one home cannot run at once.
 */
export function offsetsOf(cadences: readonly Cadence[]): readonly number[] {
  const taken: number[] = [];
  return cadences.map((cadence) => {
    let best = { offset: 0, distance: -1 };
    for (let offset = 0; offset < 60; offset++) {
      const distance = distanceTo(taken, startMinutes(cadence, offset));
      if (distance > best.distance) best = { offset, distance };
    }
    taken.push(...startMinutes(cadence, best.offset));
    return best.offset;
  });
}

function distanceTo(taken: readonly number[], minutes: readonly number[]): number {
  let least = 60;
  for (const a of taken) {
    for (const b of minutes) {
      const apart = Math.abs(a - b);
      least = Math.min(least, apart, 60 - apart);
    }
  }
  return least;
}

/** So many of the numbers below `of`, the gaps between which differ by 1 at the most, also from the last to the first of the next round. */
function spread(times: number, of: number): readonly number[] {
  return Array.from({ length: times }, (_, i) => Math.floor((i * of) / times));
}

function field(values: readonly number[], size: number): string {
  if (values.length === size) return "*";
  const [first = 0] = values;
  const step = size / values.length;
  if (values.length === 1 || !Number.isInteger(step)) return values.join(",");
  return first === 0 ? `*/${String(step)}` : `${String(first)}-${String(size - 1)}/${String(step)}`;
}
