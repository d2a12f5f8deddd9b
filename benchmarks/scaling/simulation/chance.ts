/** Numbers in [0, 1) that look like chance, the same for the same seed. */
export type Chance = () => number;

/** Mulberry32: 32 bits of state, of which each step gives a number. */
export function chanceOf(seed: number): Chance {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A time until the next of what happens so often on the average, by chance alone (exponential). */
export function gap(chance: Chance, mean: number): number {
  return -mean * Math.log(1 - chance());
}

/** A factor of mean 1 that is never negative, with this standard deviation at the most one (uniform). */
export function spread(chance: Chance, deviation: number): number {
  return 1 + (2 * chance() - 1) * Math.min(1, Math.sqrt(3) * deviation);
}
