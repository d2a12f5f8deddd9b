import type { Value } from "../../core/index.ts";
import type { Engine } from "../duckdb/index.ts";
import { DriftMeasure, driftShares } from "./drift.ts";
import type { ColumnStats, ColumnSummary, Histogram, NumberStats } from "./feature-statistics.ts";
import { HistogramCounts, histogramEdges } from "./histogram.ts";
import type { MeasuredColumn } from "./measured-column.ts";
import { OrderedQuantiles } from "./ordered-quantiles.ts";
import { driftBins, driftCategories, innerShares, quantileShares } from "./statistics-limits.ts";
import { TopValues } from "./top-values.ts";
import { type CountedValue, countValues, dropCounts, type SideTotals, walkValues } from "./value-counts.ts";

/** The exact mean and sample deviation of a column of numbers. */
export interface Moments {
  readonly mean: number | null;
  readonly std: number | null;
}

/** One side of a comparison. */
export interface Side {
  readonly rows: number;
  /** Of the column's numbers. */
  readonly moments: Moments;
}

/** What a column is described by. */
export interface DescribeOptions {
  readonly engine: Engine;
  /** A relation of both sides' rows. */
  readonly rows: string;
  readonly column: MeasuredColumn;
  readonly here: Side;
  /** `null` where there is nothing to compare the column with. */
  readonly against: Side | null;
  readonly bins: number;
  readonly top: number;
  readonly signal?: AbortSignal | undefined;
}

/** Describes one column: its values are counted by the engine, and what follows from counts in order is found in two walks over them. */
export async function describeColumn(options: DescribeOptions): Promise<ColumnStats> {
  const { engine, rows, column, here, against, signal } = options;
  const totals = await countValues(engine, rows, column, signal);
  const first = new FirstWalk(options, totals);
  await walkValues(engine, column, (counted) => first.add(counted), signal);
  const second = new SecondWalk(options, totals, first);
  await walkValues(engine, column, (counted) => second.add(counted), signal);
  await dropCounts(engine);
  const { name, role, type, measure } = column;
  return {
    ...{ name, role, type, measure },
    ...summary(options, here, totals[0], first.here, second.histogram(0)),
    against: against === null ? null : summary(options, against, totals[1], first.there, second.histogram(1)),
    drift: second.drift(),
  };
}

function summary(
  { column: { measure } }: DescribeOptions,
  { rows, moments }: Side,
  { present, distinct, min, max }: SideTotals,
  found: Found,
  histogram: Histogram | undefined,
): ColumnSummary {
  const isCounted = measure === "value" || measure === null;
  const values = found.quantiles.values();
  const numbers: NumberStats | null =
    histogram === undefined || present === 0
      ? null
      : {
          ...{ min, max, mean: moments.mean, std: moments.std, zeros: found.zeros },
          quantiles: quantileShares.map((share, i) => ({ share, value: values[i] ?? 0 })),
          histogram,
        };
  return {
    ...{ rows, present, presence: rows === 0 ? null : present / rows },
    ...{ distinct: isCounted ? distinct : null, numbers, top: isCounted ? found.top.values() : [] },
  };
}

/** What the first walk finds of one side. */
interface Found {
  readonly quantiles: OrderedQuantiles;
  readonly top: TopValues;
  zeros: number;
}

/** Quantiles and the most frequent values: what the second walk's bins follow from. */
class FirstWalk {
  readonly here: Found;
  readonly there: Found;
  /** The reference's quantiles for the bins of drift, and those of both sides for the edges of histograms. */
  readonly cuts: OrderedQuantiles;
  readonly inner: OrderedQuantiles;
  /** The reference's most frequent values, and all different ones of both sides while they are few. */
  readonly categories: TopValues = new TopValues(driftCategories);
  readonly few: TopValues = new TopValues(driftBins + 1);
  readonly #isBool: boolean;
  readonly #isText: boolean;

  constructor({ top, column }: DescribeOptions, [here, there]: readonly [SideTotals, SideTotals]) {
    const side = ({ present }: SideTotals): Found => ({
      quantiles: new OrderedQuantiles(quantileShares, present),
      top: new TopValues(top),
      zeros: 0,
    });
    this.here = side(here);
    this.there = side(there);
    this.cuts = new OrderedQuantiles(driftShares, here.present);
    this.inner = new OrderedQuantiles(innerShares, here.present + there.present);
    this.#isBool = column.kind === "bool";
    this.#isText = column.measure === null;
  }

  add({ value, n, m }: CountedValue): void {
    const shown = this.shown(value);
    this.here.top.add(shown, n);
    this.there.top.add(shown, m);
    this.categories.add(shown, n);
    this.few.add(shown, n + m);
    if (this.#isText) return;
    const x = Number(value);
    this.here.quantiles.add(x, n);
    this.there.quantiles.add(x, m);
    this.cuts.add(x, n);
    this.inner.add(x, n + m);
    if (x !== 0) return;
    this.here.zeros += n;
    this.there.zeros += m;
  }

  /** A counted value as the language shows it. */
  shown(value: CountedValue["value"]): Value {
    return this.#isBool ? value === 1 : value;
  }
}

/** Histograms and drift. */
class SecondWalk {
  readonly #histograms: readonly [HistogramCounts, HistogramCounts] | undefined;
  readonly #drift: DriftMeasure | undefined;

  constructor(
    { column: { measure, kind }, here, against, bins }: DescribeOptions,
    [totals, others]: readonly [SideTotals, SideTotals],
    first: FirstWalk,
  ) {
    if (measure !== null) {
      const some = [totals, others].filter(({ present }) => present > 0);
      const [low = 0, high = 0] = first.inner.values();
      const edges = histogramEdges(
        {
          min: some.reduce((least, { min }) => Math.min(least, min), Infinity),
          max: some.reduce((most, { max }) => Math.max(most, max), -Infinity),
          inner: [low, high],
        },
        bins,
      );
      if (some.length > 0) this.#histograms = [new HistogramCounts(edges), new HistogramCounts(edges)];
    }
    if (against === null) return;
    const isCategory = measure === null || kind === "bool";
    const few = first.few.values();
    this.#drift = new DriftMeasure({
      reference: { rows: here.rows, present: totals.present },
      compared: { rows: against.rows, present: others.present },
      isCategory,
      values: isCategory
        ? first.categories.values()
        : few.length <= driftBins || totals.present === 0
          ? few.slice(0, driftBins)
          : null,
      quantiles: first.cuts.values(),
    });
  }

  add(counted: CountedValue): void {
    this.#drift?.add(counted);
    if (this.#histograms === undefined) return;
    const x = Number(counted.value);
    this.#histograms[0].add(x, counted.n);
    this.#histograms[1].add(x, counted.m);
  }

  histogram(side: 0 | 1): Histogram | undefined {
    return this.#histograms?.[side].histogram();
  }

  drift(): ReturnType<DriftMeasure["drift"]> | null {
    return this.#drift?.drift() ?? null;
  }
}
