import { type CentredColumn, centredColumn, columnMoments, type Moments } from "./centred-column.ts";
import type { Engine } from "../duckdb/index.ts";
import { DriftMeasure, driftShares } from "./drift.ts";
import type { ColumnStats, ColumnSummary, Histogram, NumberStats } from "./feature-statistics.ts";
import { HistogramCounts, histogramEdges, type HistogramRange } from "./histogram.ts";
import type { MeasuredColumn } from "./measured-column.ts";
import type { Correlated } from "./pearson.ts";
import { OrderedQuantiles } from "./ordered-quantiles.ts";
import { driftBins, driftCategories, quantileShares } from "./statistics-limits.ts";
import { TopValues } from "./top-values.ts";
import { type CountedValue, countValues, dropCounts, type SideTotals, walkValues } from "./value-counts.ts";

/** A column described, and how its numbers are summed. */
export interface DescribedColumn {
  readonly column: MeasuredColumn;
  readonly stats: ColumnStats;
  /** SQL of the distances from the median, and their sums in the rows described; `null` of texts and where no row has a value. */
  readonly numbers: Correlated | null;
}

/** What a column is described by. */
export interface DescribeOptions {
  readonly engine: Engine;
  /** A relation of both sides' rows. */
  readonly rows: string;
  readonly column: MeasuredColumn;
  /** How many rows are described. */
  readonly here: number;
  /** How many rows they are compared with; `null` where there is nothing to compare the column with. */
  readonly against: number | null;
  readonly bins: number;
  readonly top: number;
  readonly signal?: AbortSignal | undefined;
}

/** Describes one column: its values are counted by the engine, and what follows from counts in order is found in two walks over them. */
export async function describeColumn(options: DescribeOptions): Promise<DescribedColumn> {
  const { engine, rows, column, here, against, signal } = options;
  const totals = await countValues(engine, rows, column, signal);
  const first = new FirstWalk(options, totals);
  await walkValues(engine, column, (counted) => first.add(counted), signal);
  const second = new SecondWalk(options, totals, first);
  await walkValues(engine, column, (counted) => second.add(counted), signal);
  await dropCounts(engine);
  const { name, role, type, measure } = column;
  const own = [await momentsOf(options, 0, totals, first), await momentsOf(options, 1, totals, first)] as const;
  const summary = (side: 0 | 1, n: number): ColumnSummary =>
    summaryOf(options, n, totals[side], first.sides[side], second.histogram(side), own[side]?.moments);
  const stats: ColumnStats = {
    ...{ name, role, type, measure },
    ...summary(0, here),
    against: against === null ? null : summary(1, against),
    drift: second.drift(),
  };
  const [subject] = own;
  const numbers =
    subject === undefined ? null : { scaled: subject.centred.scaled, z: subject.centred.z, sums: subject.moments.sums };
  return { column, stats, numbers };
}

/** The moments of one side, around its own median; `undefined` of texts, and where no row has a value. */
async function momentsOf(
  { engine, rows, column, signal }: DescribeOptions,
  side: 0 | 1,
  totals: readonly [SideTotals, SideTotals],
  first: FirstWalk,
): Promise<{ readonly centred: CentredColumn; readonly moments: Moments } | undefined> {
  const { present, min, max } = totals[side];
  const [median] = first.sides[side].middle.values();
  if (column.measure === null || median === undefined) return undefined;
  const centred = centredColumn(column, { min, max, median });
  const of = `(select * from ${rows} where side = ${String(side)})`;
  return { centred, moments: await columnMoments(engine, of, centred, present, signal) };
}

function summaryOf(
  { column: { measure } }: DescribeOptions,
  rows: number,
  { present, distinct, min, max }: SideTotals,
  found: Found,
  histogram: Histogram | undefined,
  moments: Moments | undefined,
): ColumnSummary {
  const isCounted = measure === "value" || measure === null;
  const values = found.quantiles.values();
  const numbers: NumberStats | null =
    histogram === undefined || moments === undefined
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
  readonly middle: OrderedQuantiles;
  readonly top: TopValues;
  zeros: number;
}

/** Quantiles and the most frequent values: what the second walk's bins follow from. */
class FirstWalk {
  readonly sides: readonly [Found, Found];
  /** The reference's quantiles for the bins of drift. */
  readonly cuts: OrderedQuantiles;
  readonly #totals: readonly [SideTotals, SideTotals];
  /** The reference's most frequent values, and all different ones of both sides while they are few. */
  readonly categories: TopValues = new TopValues(driftCategories);
  readonly few: TopValues = new TopValues(driftBins + 1);
  readonly #isBool: boolean;
  readonly #isText: boolean;

  constructor({ top, column }: DescribeOptions, [here, there]: readonly [SideTotals, SideTotals]) {
    const side = ({ present }: SideTotals): Found => ({
      quantiles: new OrderedQuantiles(quantileShares, present),
      middle: new OrderedQuantiles([0.5], present),
      top: new TopValues(top),
      zeros: 0,
    });
    this.sides = [side(here), side(there)];
    this.#totals = [here, there];
    this.cuts = new OrderedQuantiles(driftShares, here.present);
    this.#isBool = column.kind === "bool";
    this.#isText = column.measure === null;
  }

  add({ value, n, m }: CountedValue): void {
    const [here, there] = this.sides;
    const shown = this.#isBool ? value === 1 : value;
    here.top.add(shown, n);
    there.top.add(shown, m);
    this.categories.add(shown, n);
    this.few.add(shown, n + m);
    if (this.#isText) return;
    const x = Number(value);
    here.quantiles.add(x, n);
    there.quantiles.add(x, m);
    this.cuts.add(x, n);
    here.middle.add(x, n);
    there.middle.add(x, m);
    if (x !== 0) return;
    here.zeros += n;
    there.zeros += m;
  }

  /** What the edges of histograms of both sides follow from; `undefined` where there is no number. */
  range(): HistogramRange | undefined {
    const some = this.#totals.filter(({ present }) => present > 0);
    // The outer ones of each side: a side of many rows does not cut the other one off.
    const quantiles = this.sides.map((side) => side.quantiles.values()).filter((values) => values.length > 0);
    if (quantiles.length === 0) return undefined;
    const [low, high] = [quantiles.map((values) => values.at(0) ?? 0), quantiles.map((values) => values.at(-1) ?? 0)];
    return {
      min: some.reduce((least, { min }) => Math.min(least, min), Infinity),
      max: some.reduce((most, { max }) => Math.max(most, max), -Infinity),
      inner: [Math.min(...low), Math.max(...high)],
    };
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
    const range = measure === null ? undefined : first.range();
    if (range !== undefined) {
      const edges = histogramEdges(range, bins);
      this.#histograms = [new HistogramCounts(edges), new HistogramCounts(edges)];
    }
    if (against === null) return;
    const isCategory = measure === null || kind === "bool";
    const few = first.few.values();
    this.#drift = new DriftMeasure({
      reference: { rows: here, present: totals.present },
      compared: { rows: against, present: others.present },
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
