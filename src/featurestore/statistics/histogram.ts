import type { Histogram } from "./feature-statistics.ts";
import { longTails } from "./statistics-limits.ts";

/** What the edges of a histogram follow from. */
export interface HistogramRange {
  readonly min: number;
  readonly max: number;
  /** The 1st and the 99th percentile. */
  readonly inner: readonly [number, number];
}

/**
 * The edges of so many bins of equal width: from the smallest value to the largest, or, where that is more than
 * {@link longTails} times as wide, from the 1st percentile to the 99th. Of one single value the bins are 1 wide, as in numpy.
 */
export function histogramEdges({ min, max, inner }: HistogramRange, bins: number): readonly number[] {
  const [low, high] = inner;
  const isLong = high > low && max / longTails - min / longTails > high - low;
  let [from, to] = isLong ? [low, high] : [min, max];
  if (from === to) [from, to] = [from - 0.5, to + 0.5];
  const step = (to - from) / bins;
  // From one end of the doubles to the other the way itself is no double.
  const edge = (i: number): number => (step === Infinity ? from * (1 - i / bins) + to * (i / bins) : from + i * step);
  return Array.from({ length: bins + 1 }, (_, i) => (i === bins ? to : edge(i)));
}

/** Counts values that come in order into bins. */
export class HistogramCounts {
  readonly #edges: readonly number[];
  readonly #counts: number[];
  #bin = 0;
  #below = 0;
  #above = 0;

  constructor(edges: readonly number[]) {
    this.#edges = edges;
    this.#counts = new Array<number>(edges.length - 1).fill(0);
  }

  /** Takes in the next larger value. */
  add(value: number, times: number): void {
    const bins = this.#counts.length;
    if (value < (this.#edges[0] ?? 0)) {
      this.#below += times;
      return;
    }
    if (value > (this.#edges[bins] ?? 0)) {
      this.#above += times;
      return;
    }
    while (this.#bin < bins - 1 && value >= (this.#edges[this.#bin + 1] ?? 0)) this.#bin++;
    this.#counts[this.#bin] = (this.#counts[this.#bin] ?? 0) + times;
  }

  histogram(): Histogram {
    return { edges: this.#edges, counts: this.#counts, below: this.#below, above: this.#above };
  }
}
