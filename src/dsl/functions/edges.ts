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
