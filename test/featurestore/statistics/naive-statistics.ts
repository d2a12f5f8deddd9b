/** Statistics as one would write them down, for the tests: whole columns in memory, no care for speed. */

type Cell = number | string | null;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

/** Type 7, by its definition. */
export function naiveQuantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const low = sorted[Math.floor(place)] ?? NaN;
  const high = sorted[Math.ceil(place)] ?? NaN;
  return low + (high - low) * (place - Math.floor(place));
}

/** The rows in which both are there. */
export function pairsOf<X extends Cell, Y extends Cell>(
  xs: readonly X[],
  ys: readonly Y[],
): readonly (readonly [NonNullable<X>, NonNullable<Y>])[] {
  return xs.flatMap((x, i) => {
    const y = ys[i] ?? null;
    return x === null || y === null ? [] : [[x, y] as const];
  });
}

export function naivePearson(pairs: readonly (readonly [number, number])[]): number | null {
  if (new Set(pairs.map(([x]) => x)).size < 2 || new Set(pairs.map(([, y]) => y)).size < 2) return null;
  const [mx, my] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
  const xy = sum(pairs.map(([x, y]) => (x - mx) * (y - my)));
  return xy / Math.sqrt(sum(pairs.map(([x]) => (x - mx) ** 2)) * sum(pairs.map(([, y]) => (y - my) ** 2)));
}

export function naiveSpearman(pairs: readonly (readonly [number, number])[]): number | null {
  const rank = (values: readonly number[]): readonly number[] =>
    values.map((value) => values.filter((x) => x < value).length + (values.filter((x) => x === value).length + 1) / 2);
  const [xs, ys] = [rank(pairs.map(([x]) => x)), rank(pairs.map(([, y]) => y))];
  return naivePearson(xs.map((x, i) => [x, ys[i] ?? NaN]));
}

export function naiveEta(pairs: readonly (readonly [Cell, number])[]): number | null {
  const ys = pairs.map(([, y]) => y);
  if (new Set(ys).size < 2) return null;
  const all = mean(ys);
  const groups = Map.groupBy(pairs, ([x]) => x).values();
  const between = sum([...groups].map((own) => own.length * (mean(own.map(([, y]) => y)) - all) ** 2));
  return Math.sqrt(between / sum(ys.map((y) => (y - all) ** 2)));
}

export function naiveInformation(pairs: readonly (readonly [Cell, Cell])[]): number {
  const n = pairs.length;
  const share = (test: (pair: readonly [Cell, Cell]) => boolean): number => pairs.filter(test).length / n;
  const cells = new Map(pairs.map((pair) => [JSON.stringify(pair), pair]));
  return sum(
    [...cells.values()].map(([x, y]) => {
      const both = share(([a, b]) => a === x && b === y);
      return both * Math.log(both / (share(([a]) => a === x) * share(([, b]) => b === y)));
    }),
  );
}

/** The largest distance of the two distribution functions, at every value of either. */
export function naiveKs(xs: readonly number[], ys: readonly number[]): number {
  const below = (values: readonly number[], at: number): number => values.filter((x) => x <= at).length / values.length;
  return Math.max(...[...xs, ...ys].map((at) => Math.abs(below(xs, at) - below(ys, at))));
}

export function naiveVariation(xs: readonly Cell[], ys: readonly Cell[]): number {
  const share = (values: readonly Cell[], value: Cell): number =>
    values.filter((x) => x === value).length / values.length;
  return sum([...new Set([...xs, ...ys])].map((value) => Math.abs(share(xs, value) - share(ys, value)))) / 2;
}
