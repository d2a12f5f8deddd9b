/** Microseconds in each unit of the language. A day is 86,400 s; there are no calendar units. */
export const durationUnits = {
  us: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  min: 60_000_000,
  h: 3_600_000_000,
  d: 86_400_000_000,
  w: 604_800_000_000,
} as const;

/** @example `formatDuration(604800000000) // "7d"`: the largest unit that divides it. */
export function formatDuration(micros: number): string {
  if (micros === 0) return "0s";
  for (const unit of ["d", "h", "m", "s", "ms"] as const) {
    if (micros % durationUnits[unit] === 0) return `${String(micros / durationUnits[unit])}${unit}`;
  }
  return `${String(micros)}us`;
}

const hops = [86_400_000_000, 3_600_000_000, 300_000_000, 60_000_000, 10_000_000, 1_000_000] as const;

/**
 * The step by which a window's start moves: the largest of 1 s, 10 s, 1 min, 5 min, 1 h, 1 d that is at most a
 * twelfth of the window, and at least 1 s. Microseconds in and out.
 *
 * @example `hopOf(durationUnits.d * 7) // one hour`
 */
export function hopOf(window: number): number {
  return hops.find((hop) => hop * 12 <= window) ?? 1_000_000;
}

/** The largest multiple of `hop` that is at most `moment`, also before 1970. */
export function floorTo(moment: number, hop: number): number {
  return Math.floor(moment / hop) * hop;
}
