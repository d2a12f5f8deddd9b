import { DistributionDistance, kolmogorovProbability, stabilityIndex, verdictOf } from "./drift-formulas.ts";
import { type Binning, quantileBinning, valueBinning } from "./drift-bins.ts";
import type { Drift, DriftBin, TopValue } from "./feature-statistics.ts";
import { driftBins } from "./statistics-limits.ts";
import type { CountedValue } from "./value-counts.ts";

/** How many rows a side has, and how many of them have a value. */
export interface SideSize {
  readonly rows: number;
  readonly present: number;
}

/** What the drift of a column is measured by. */
export interface DriftOptions {
  /** The rows described: what is expected. */
  readonly reference: SideSize;
  readonly compared: SideSize;
  /** Texts and truth values: their shares are compared one by one, not their order. */
  readonly isCategory: boolean;
  /** The values that are bins of their own; of numbers all different ones of both sides, where they are no more than {@link driftBins}. */
  readonly values: readonly TopValue[] | null;
  /** Of numbers with more values: the reference's quantiles at 0, 1/{@link driftBins}, ... 1. */
  readonly quantiles: readonly number[];
}

/** Measures the drift of a column whose values come in order. */
export class DriftMeasure {
  readonly #options: DriftOptions;
  readonly #binning: Binning;
  readonly #distance: DistributionDistance;
  #difference = 0;

  constructor(options: DriftOptions) {
    const { reference, compared, values, quantiles } = options;
    this.#options = options;
    this.#binning = values === null ? quantileBinning(quantiles) : valueBinning(values);
    this.#distance = new DistributionDistance(reference.present, compared.present);
  }

  /** Takes in the next value. */
  add(counted: CountedValue): void {
    const { reference, compared } = this.#options;
    this.#binning.add(counted);
    this.#distance.add(counted.n, counted.m);
    // Over one denominator, and so in whole numbers as far as they go: no order of values changes it.
    this.#difference += Math.abs(counted.n * compared.present - counted.m * reference.present);
  }

  drift(): Drift {
    const { reference, compared, isCategory } = this.#options;
    const { present: n } = reference;
    const { present: m } = compared;
    const comparable = reference.rows > 0 && compared.rows > 0;
    const missing = { of: "missing" as const, n: reference.rows - n, m: compared.rows - m };
    const bins = [...this.#binning.bins(), missing]
      .filter((bin) => bin.n > 0 || bin.m > 0)
      .map(({ n: inReference, m: inCompared, ...bin }): DriftBin => ({
        ...bin,
        expected: share(inReference, reference.rows),
        actual: share(inCompared, compared.rows),
      }));
    const psi = comparable ? stabilityIndex(bins) : null;
    const both = n > 0 && m > 0;
    const statistic = this.#distance.statistic();
    return {
      psi,
      verdict: psi === null ? null : verdictOf(psi),
      ks: isCategory || !both ? null : { statistic, p: kolmogorovProbability(statistic, n, m) },
      totalVariation: isCategory && both ? this.#difference / (2 * n * m) : null,
      presence: comparable ? m / compared.rows - n / reference.rows : null,
      bins,
    };
  }
}

function share(count: number, rows: number): number {
  return rows === 0 ? 0 : count / rows;
}

/** The shares of {@link DriftOptions.quantiles}. */
export const driftShares: readonly number[] = Array.from({ length: driftBins + 1 }, (_, i) => i / driftBins);
