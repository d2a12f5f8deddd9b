import type { Chance } from "./chance.ts";

/** How many of the first keys are summed one by one. */
const exact = 1_000_000;

/** The sum of `1 / i^s` for `i` from 1 to `keys`: the first ones by themselves, the others by the integral (Euler and Maclaurin). */
export function harmonic(keys: number, s: number): number {
  let sum = 0;
  const first = Math.min(keys, exact);
  for (let i = 1; i <= first; i++) sum += i ** -s;
  if (keys <= exact) return sum;
  const whole = s === 1 ? Math.log(keys / exact) : (keys ** (1 - s) - exact ** (1 - s)) / (1 - s);
  return sum + whole + (keys ** -s - exact ** -s) / 2;
}

/** What share of all events the hottest of so many keys has. */
export function hottestShare(keys: number, s: number): number {
  return 1 / harmonic(keys, s);
}

/**
 * The share of each of `parts` partitions, where key `i` of `keys` has `1 / i^s` of all events and goes to a partition by chance: the hottest million keys each by itself, the others evenly,
 * as so many come to.
 */
export function partShares(keys: number, s: number, parts: number, chance: Chance): Float64Array {
  const whole = harmonic(keys, s);
  const shares = new Float64Array(parts);
  let named = 0;
  for (let i = 1; i <= Math.min(keys, exact); i++) {
    const share = i ** -s / whole;
    const part = Math.floor(chance() * parts);
    shares[part] = (shares[part] ?? 0) + share;
    named += share;
  }
  return shares.map((share) => share + (1 - named) / parts);
}
