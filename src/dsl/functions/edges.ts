/** How many of some ascending edges lie at or below a number; none for NaN. */
export function edgesUpTo(edges: Float64Array, x: number): number {
  let from = 0;
  let to = edges.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((edges[middle] ?? Infinity) <= x) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** How many of some ascending numbers lie below one; those before `from` do. */
export function countBelow(sorted: readonly number[], x: number, from = 0): number {
  let low = from;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Infinity) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
