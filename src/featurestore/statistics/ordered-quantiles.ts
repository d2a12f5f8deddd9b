import { quantileBetween, quantileNeighbours } from "../../dsl/index.ts";

/** Quantiles of values that come in order, each with how often it stands there. */
export class OrderedQuantiles {
  readonly #shares: readonly number[];
  readonly #count: number;
  readonly #wanted: readonly number[];
  readonly #found = new Map<number, number>();
  #next = 0;
  #seen = 0;

  /** Of `count` values in all. */
  constructor(shares: readonly number[], count: number) {
    this.#shares = shares;
    this.#count = count;
    const ranks = count === 0 ? [] : shares.flatMap((share) => quantileNeighbours(share, count));
    this.#wanted = [...new Set(ranks)].sort((a, b) => a - b);
  }

  /** Takes in the next larger value. */
  add(value: number, times: number): void {
    this.#seen += times;
    for (; (this.#wanted[this.#next] ?? Infinity) < this.#seen; this.#next++) {
      this.#found.set(this.#wanted[this.#next] ?? 0, value);
    }
  }

  /** The quantiles in the order of their shares; none of no values. */
  values(): readonly number[] {
    if (this.#count === 0) return [];
    return this.#shares.map((share) => {
      const [low, high] = quantileNeighbours(share, this.#count);
      const part = share * (this.#count - 1) - low;
      return quantileBetween(this.#found.get(low) ?? 0, this.#found.get(high) ?? 0, part);
    });
  }
}
