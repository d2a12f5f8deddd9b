/** Code points by what they become, as the runs that `case-tables.ts` explains. */
export function mappingRuns(mapping: ReadonlyMap<number, number | readonly number[]>): string {
  const all = [...mapping].map(([from, to]) => [from, typeof to === "number" ? [to] : to] as const);
  const changed = all.filter(([from, to]) => to.length > 1 || to[0] !== from);
  changed.sort(([a], [b]) => a - b);
  const runs: string[] = [];
  let last = 0;
  for (let i = 0; i < changed.length;) {
    const [from, to] = changed[i] ?? [0, []];
    const gap = (from - last).toString(36);
    if (to.length > 1) {
      runs.push([gap, ...to.map((point) => point.toString(36))].join(":"));
      last = from;
      i++;
      continue;
    }
    const difference = (to[0] ?? 0) - from;
    const step = (changed[i + 1]?.[0] ?? 0) - from;
    let count = 1;
    while (continues(changed[i + count], from + count * step, difference)) count++;
    runs.push([gap, ...[count, count === 1 ? 0 : step, difference].map((number) => number.toString(36))].join(","));
    last = from + (count === 1 ? 0 : (count - 1) * step);
    i += count;
  }
  return runs.join(" ");
}

function continues(entry: readonly [number, readonly number[]] | undefined, from: number, difference: number): boolean {
  return entry?.[0] === from && entry[1].length === 1 && (entry[1][0] ?? 0) - from === difference;
}

/** Code points as ranges. */
export function rangeList(points: readonly number[]): string {
  const sorted = [...points].sort((a, b) => a - b);
  const ranges: string[] = [];
  let last = 0;
  for (let i = 0; i < sorted.length;) {
    const from = sorted[i] ?? 0;
    let more = 0;
    while (sorted[i + more + 1] === from + more + 1) more++;
    ranges.push(`${(from - last).toString(36)},${more.toString(36)}`);
    last = from + more;
    i += more + 1;
  }
  return ranges.join(" ");
}
