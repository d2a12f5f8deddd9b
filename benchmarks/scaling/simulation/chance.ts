/** Numbers in [0, 1) that look like chance, the same for the same seed. */
export type Chance = () => number;

/** A time until the next of what happens so often on the average, by chance alone (exponential). */
export function gap(chance: Chance, mean: number): number {
  return -mean * Math.log(1 - chance());
}

/** A factor of mean 1 with this standard deviation (uniform), or with the largest that makes it never negative. */
export function spread(chance: Chance, deviation: number): number {
  return 1 + (2 * chance() - 1) * Math.min(1, Math.sqrt(3) * deviation);
}
