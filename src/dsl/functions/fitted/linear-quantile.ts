/**
 * The ranks, from 0, on both sides of a share of so many ordered values: type 7 of Hyndman and Fan, numpy's default.
 *
 * @example `quantileNeighbours(0.5, 4) // [1, 2]`
 */
export function quantileNeighbours(share: number, count: number): readonly [low: number, high: number] {
  const low = Math.floor(share * (count - 1));
  return [low, Math.min(low + 1, count - 1)];
}

/** The point at a part of the way from `a` to `b`, from the nearer end, as numpy does it. */
export function quantileBetween(a: number, b: number, part: number): number {
  const way = b - a;
  // From one end of the doubles to the other the way itself is no double.
  if (way === Infinity) return a * (1 - part) + b * part;
  return (part >= 0.5 ? b - way * (1 - part) : a + way * part) + 0;
}
