import { OrderStatistics } from "./order-statistics.ts";

/** Some quantiles of all values, exact and linear between neighbours (type 7 of Hyndman and Fan; numpy's default). */
export interface Quantiles {
  readonly passes: number;
  add(x: number, pass: number): void;
  endPass(pass: number): void;
  /** The quantiles in the order of their shares; `undefined` where there was no value. */
  values(): readonly number[] | undefined;
}

/** Begins to look for the quantiles of some shares, each from 0 to 1, beside other fits: `fits` with this one. */
export function quantiles(shares: readonly number[], fits: number): Quantiles {
  const ranks = (count: number): readonly number[] => [
    ...new Set(count === 0 ? [] : shares.flatMap((share) => neighbours(share, count))),
  ];
  const statistics = new OrderStatistics(ranks, shares.length * 2, fits);
  return {
    passes: statistics.passes,
    add: (x, pass) => {
      statistics.add(x, pass);
    },
    endPass: (pass) => {
      statistics.endPass(pass);
    },
    values: () => {
      if (statistics.count === 0) return undefined;
      return shares.map((share) => {
        const [low, high] = neighbours(share, statistics.count);
        const part = share * (statistics.count - 1) - low;
        return between(statistics.value(low), statistics.value(high), part);
      });
    },
  };
}

/** The ranks on both sides of a share. */
function neighbours(share: number, count: number): readonly [number, number] {
  const low = Math.floor(share * (count - 1));
  return [low, Math.min(low + 1, count - 1)];
}

/** The point at a part of the way from `a` to `b`, from the nearer end, as numpy does it. */
function between(a: number, b: number, part: number): number {
  const way = b - a;
  // From one end of the doubles to the other the way itself is no double.
  if (way === Infinity) return a * (1 - part) + b * part;
  return (part >= 0.5 ? b - way * (1 - part) : a + way * part) + 0;
}
