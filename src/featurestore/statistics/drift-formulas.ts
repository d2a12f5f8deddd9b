import { ExactSum } from "../../core/index.ts";
import { smallestShare } from "./statistics-limits.ts";

/** The shares of one bin: of the rows compared with the reference, and of the reference. */
export interface Shares {
  readonly expected: number;
  readonly actual: number;
}

/**
 * The population stability index: the sum over all bins of (actual - expected) * ln(actual / expected), in which a share below
 * {@link smallestShare} counts as that. It is the symmetric Kullback-Leibler divergence of Jeffreys.
 *
 * Source: N. Siddiqi, Credit Risk Scorecards, 2006; H. Jeffreys, An invariant form for the prior probability, 1946.
 */
export function stabilityIndex(bins: readonly Shares[]): number {
  const sum = new ExactSum();
  for (const bin of bins) {
    const expected = Math.max(bin.expected, smallestShare);
    const actual = Math.max(bin.actual, smallestShare);
    sum.add((actual - expected) * Math.log(actual / expected));
  }
  return sum.value() ?? 0;
}

/** What is commonly said of a {@link stabilityIndex}: below 0.1 nothing moved, from 0.25 on much did (Siddiqi). */
export function verdictOf(psi: number): "stable" | "moderate" | "large" {
  return psi < 0.1 ? "stable" : psi < 0.25 ? "moderate" : "large";
}

/**
 * How probable it is that two samples of one continuous distribution lie at least so far apart: Kolmogorov's limit
 * Q(x) = 2 * sum over k of (-1)^(k-1) exp(-2 k^2 x^2) at x = statistic * sqrt(n m / (n + m)). For large samples every difference is
 * significant: look at the statistic itself first.
 *
 * Source: A. N. Kolmogorov, 1933; N. V. Smirnov, 1948. The value is scipy.special.kolmogorov's.
 */
export function kolmogorovProbability(statistic: number, n: number, m: number): number {
  const x = statistic * Math.sqrt((n * m) / (n + m));
  if (x <= 0) return 1;
  // Where the series above converges slowly, the same function by its theta transform.
  if (x < 1) {
    const factor = -(Math.PI * Math.PI) / (8 * x * x);
    let sum = 0;
    for (let k = 1; k <= 9; k += 2) sum += Math.exp(k * k * factor);
    return 1 - (Math.sqrt(2 * Math.PI) / x) * sum;
  }
  let sum = 0;
  for (let k = 6; k >= 1; k--) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * x * x);
  return Math.min(1, Math.max(0, 2 * sum));
}

/** The two-sample statistic of Kolmogorov and Smirnov: the largest distance between the distribution functions of values that come in order. */
export class DistributionDistance {
  readonly #n: number;
  readonly #m: number;
  #below = 0;
  #otherBelow = 0;
  #largest = 0;

  /** Of `n` values on one side and `m` on the other. */
  constructor(n: number, m: number) {
    this.#n = n;
    this.#m = m;
  }

  /** Takes in the next larger value, which stands so often on each side. */
  add(n: number, m: number): void {
    this.#below += n;
    this.#otherBelow += m;
    this.#largest = Math.max(this.#largest, Math.abs(this.#below / this.#n - this.#otherBelow / this.#m));
  }

  statistic(): number {
    return this.#largest;
  }
}
