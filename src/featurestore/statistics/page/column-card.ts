import type * as Vega from "vega";
import { shareText, type ValueKind } from "../../../core/index.ts";
import type { ColumnStats, ColumnSummary } from "../feature-statistics.ts";
import { histogramSpec, type NamedBar, namedBarsSpec } from "./chart-specs.ts";
import { drawChart } from "./draw-chart.ts";
import { dataTable, type Heading, type Html, html, type Part } from "./html.ts";
import { binText, figureText, numberKind, numberText, valueText } from "./value-text.ts";

/** How many bars a card shows. */
const shownBars = 12;

/** What one column holds: a chart, its numbers, and how it drifts. */
export async function columnCard(vega: typeof Vega, column: ColumnStats): Promise<Html> {
  const { name, role, type, drift, measure } = column;
  const kind = numberKind(column);
  const isNumber = column.numbers !== null && measure !== null && kind !== "bool";
  const chart = isNumber ? await histogramChart(vega, column, kind) : await valueChart(vega, column, kind);
  const verdict = drift?.verdict ?? null;
  const psi =
    verdict === null ? html`` : html` · PSI <span class="${verdict}">${figureText(drift?.psi)}, ${verdict}</span>`;
  const of = measure === "length" || measure === "norm" ? `${measure} of ${type}` : type;
  return html`<article class="card">
    <h3>${name}</h3>
    <p class="quiet">${role} · ${of} · present ${shareText(column.presence)}${psi}</p>
    ${chart}
    <details>
      <summary>Numbers</summary>
      ${summaryTable(column, kind)}${isNumber ? histogramTable(column, kind) : html``}${topTable(column, kind)}${driftTable(column, kind)}
    </details>
  </article>`;
}

async function histogramChart(
  vega: typeof Vega,
  { name, numbers, against }: ColumnStats,
  kind: ValueKind,
): Promise<Html> {
  if (numbers === null) return html``;
  const { histogram } = numbers;
  const outside = histogram.below + histogram.above;
  const note =
    outside === 0
      ? html``
      : html`<p class="quiet">
          ${outside.toLocaleString("en-US")} values lie outside of the chart, which ends at the 1st and the 99th
          percentile${against === null ? "" : ", of both sides the outer ones"}.
        </p>`;
  const chart = await drawChart(
    vega,
    histogramSpec(histogram, against?.numbers?.histogram, kind),
    `Histogram of ${name}; its numbers are below`,
  );
  return html`${chart}${note}`;
}

async function valueChart(
  vega: typeof Vega,
  { name, present, top, drift }: ColumnStats,
  kind: ValueKind,
): Promise<Html> {
  const bars: readonly NamedBar[] =
    drift === null
      ? top.map(({ value, count }) => ({ name: valueText(value, kind), here: count / present }))
      : drift.bins.map((bin) => ({ name: binText(bin, kind), here: bin.expected, there: bin.actual }));
  const largest = bars
    .toSorted((a, b) => Math.max(b.here, b.there ?? 0) - Math.max(a.here, a.there ?? 0))
    .slice(0, shownBars);
  if (largest.length === 0) return html`<p class="quiet">No row has a value.</p>`;
  return drawChart(
    vega,
    namedBarsSpec(largest, { format: "~%" }),
    `Most frequent values of ${name}; their numbers are below`,
  );
}

function sides(column: ColumnStats): readonly ColumnSummary[] {
  return column.against === null ? [column] : [column, column.against];
}

function sideHeadings(column: ColumnStats, first: string): readonly Heading[] {
  const names = column.against === null ? ["here"] : ["here", "there"];
  return [{ name: first }, ...names.map((name) => ({ name, isNumber: true }))];
}

function summaryTable(column: ColumnStats, kind: ValueKind): Html {
  const all = sides(column);
  const row = (name: string, of: (side: ColumnSummary) => Part): readonly Part[] => [name, ...all.map(of)];
  const deviation = kind === "timestamp" ? "duration" : kind === "date" ? "float" : kind;
  const rows = [
    row("rows", ({ rows: n }) => numberText(n)),
    row("present", ({ present }) => numberText(present)),
    row("presence", ({ presence }) => shareText(presence)),
    row("different values", ({ distinct }) => numberText(distinct)),
  ];
  if (all.some(({ numbers }) => numbers !== null)) {
    rows.push(
      row("mean", ({ numbers }) => numberText(numbers?.mean, kind === "bool" ? "float" : kind)),
      row("standard deviation", ({ numbers }) => numberText(numbers?.std, deviation === "bool" ? "float" : deviation)),
    );
    if (kind !== "bool") {
      rows.push(
        row("zeros", ({ numbers }) => numberText(numbers?.zeros)),
        row("smallest", ({ numbers }) => numberText(numbers?.min, kind)),
        ...((column.numbers ?? column.against?.numbers)?.quantiles.map(({ share }) =>
          row(`${String(share * 100)} % below`, ({ numbers }) =>
            numberText(numbers?.quantiles.find((one) => one.share === share)?.value, kind),
          ),
        ) ?? []),
        row("largest", ({ numbers }) => numberText(numbers?.max, kind)),
      );
    }
  }
  return dataTable(`Summary of ${column.name}`, sideHeadings(column, ""), rows);
}

function histogramTable(column: ColumnStats, kind: ValueKind): Html {
  const histograms = sides(column).map(({ numbers }) => numbers?.histogram);
  const edges = column.numbers?.histogram.edges ?? [];
  const [from, to] = [numberText(edges[0], kind), numberText(edges.at(-1), kind)];
  const row = (name: string, of: (histogram: (typeof histograms)[number]) => number | undefined): readonly Part[] => [
    name,
    ...histograms.map((histogram) => numberText(of(histogram))),
  ];
  const bins = edges
    .slice(1)
    .map((edge, i) =>
      row(`${numberText(edges[i], kind)} to ${numberText(edge, kind)}`, (histogram) => histogram?.counts[i]),
    );
  const isLong = histograms.some((histogram) => histogram !== undefined && histogram.below + histogram.above > 0);
  const rows = isLong
    ? [
        row(`under ${from}`, (histogram) => histogram?.below),
        ...bins,
        row(`over ${to}`, (histogram) => histogram?.above),
      ]
    : bins;
  return dataTable(`Histogram of ${column.name}`, sideHeadings(column, "values"), rows);
}

function topTable(column: ColumnStats, kind: ValueKind): Html {
  if (column.top.length === 0) return html``;
  const rows = column.top.map(({ value, count }) => [
    valueText(value, kind),
    numberText(count),
    shareText(count / column.present),
  ]);
  const headings = [{ name: "value" }, { name: "rows", isNumber: true }, { name: "of those present", isNumber: true }];
  return dataTable(`Most frequent values of ${column.name}`, headings, rows);
}

function driftTable(column: ColumnStats, kind: ValueKind): Html {
  if (column.drift === null) return html``;
  const rows = column.drift.bins.map((bin) => [binText(bin, kind), shareText(bin.expected), shareText(bin.actual)]);
  return dataTable(`Bins of the stability index of ${column.name}`, sideHeadings(column, "values"), rows);
}
