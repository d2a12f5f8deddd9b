import { quantileBetween, quantileNeighbours } from "./linear-quantile.ts";
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
    ...new Set(count === 0 ? [] : shares.flatMap((share) => quantileNeighbours(share, count))),
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
        const [low, high] = quantileNeighbours(share, statistics.count);
        const part = share * (statistics.count - 1) - low;
        return quantileBetween(statistics.value(low), statistics.value(high), part);
      });
    },
  };
}
