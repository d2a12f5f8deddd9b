import type * as Vega from "vega";
import { shareText } from "../../../core/index.ts";
import type { Association, ColumnStats, FeatureStats, StatsSubject } from "../feature-statistics.ts";
import { namedBarsSpec, shortName } from "./chart-specs.ts";
import { columnCard } from "./column-card.ts";
import { drawChart } from "./draw-chart.ts";
import { dataTable, type Html, html } from "./html.ts";
import { pageOf } from "./page-of.ts";
import { pageStyle } from "./page-style.ts";
import { figureText, numberText } from "./value-text.ts";
import { loadVega } from "./vega-module.ts";

/** How many bars an overview shows; its table has all. */
const shownBars = 25;

/**
 * One HTML page of what {@link featureStats} found, with charts as SVG and each chart's numbers as a table. It holds no script, loads nothing, and
 * is the same for the same statistics.
 *
 * @example `await writeFile("eta.html", await statisticsPage(await featureStats({ set: "training/eta" })));`
 * @throws TondoError `DRIVER_MISSING` where the optional package vega is not installed
 */
export async function statisticsPage(stats: FeatureStats): Promise<string> {
  const vega = await loadVega();
  const { subject, against, columns, associations, labels, notes } = stats;
  const title = `Features of ${subject.vector}`;
  const cards: Html[] = [];
  for (const column of columns) cards.push(await columnCard(vega, column));
  const strengths: Html[] = [];
  for (const label of labels) strengths.push(await strengthSection(vega, label, associations));
  const key =
    against === null
      ? html``
      : html`<p class="quiet">
          <span class="key here">here: ${shortly(subject)}</span> <span class="key">there: ${shortly(against)}</span>
        </p>`;
  const body = html`<p>${subjectText(subject)}</p>
    ${against === null ? html`` : html`<p>Compared with ${subjectText(against)}</p>`}
    <p class="quiet">Fingerprint ${subject.fingerprint.slice(0, 12)}, inputs ${subject.inputsDigest.slice(0, 12)}</p>
    ${key} ${notes.map((note) => html`<p class="note">${note}</p>`)} ${strengths} ${await driftSection(vega, columns)}
    <h2>Columns</h2>
    <div class="cards">${cards}</div> `;
  return pageOf(title, pageStyle, body);
}

/**
 * Makes sure that {@link statisticsPage} can draw: to be called before the work whose page it is.
 *
 * @throws TondoError `DRIVER_MISSING`
 */
export async function requireCharts(): Promise<void> {
  await loadVega();
}

function subjectText({ rows, part, folder, first, last }: StatsSubject): string {
  const when =
    first === null || last === null
      ? ""
      : `, ${numberText(first, "timestamp")} to ${numberText(last, "timestamp")} UTC`;
  return `${rows.toLocaleString("en-US")} ${part === "all" ? "" : `${part} `}rows${folder === null ? "" : ` of ${folder}`}${when}`;
}

function shortly({ part, first }: StatsSubject): string {
  return first === null ? part : `${part} from ${numberText(first, "timestamp").slice(0, 10)}`;
}

async function strengthSection(vega: typeof Vega, label: string, all: readonly Association[]): Promise<Html> {
  const own = all.filter((one) => one.label === label);
  const shown = own.flatMap(({ column, strength }) =>
    strength === null ? [] : [{ name: shortName(column), here: strength }],
  );
  if (own.length === 0) return html``;
  const chart =
    shown.length === 0
      ? html``
      : await drawChart(
          vega,
          namedBarsSpec(shown.slice(0, shownBars), { format: "~g", most: 1 }),
          `How strongly features go with ${label}; the numbers are in the table`,
        );
  const names = ["strength", "Pearson", "Spearman", "eta", "nats", "Cramér's V"];
  const headings = [
    { name: "feature" },
    ...names.map((name) => ({ name, isNumber: true })),
    { name: "rows", isNumber: true },
  ];
  const rows = own.map((one) => [
    one.column,
    ...[one.strength, one.pearson, one.spearman, one.correlationRatio, one.mutualInformation, one.cramersV].map(
      figureText,
    ),
    numberText(one.rows),
  ]);
  return html`<section>
    <h2>What goes with ${label}</h2>
    <div class="card wide">${chart}${dataTable(`Features by strength, from 0 to 1`, headings, rows)}</div>
  </section>`;
}

async function driftSection(vega: typeof Vega, columns: readonly ColumnStats[]): Promise<Html> {
  const compared = columns.flatMap(({ name, presence, against, drift }) =>
    drift === null ? [] : [{ name, drift, from: presence, to: against?.presence }],
  );
  if (compared.length === 0) return html``;
  compared.sort((a, b) => (b.drift.psi ?? -1) - (a.drift.psi ?? -1));
  const bars = compared.slice(0, shownBars).map(({ name, drift }) => ({ name: shortName(name), here: drift.psi ?? 0 }));
  const chart = await drawChart(
    vega,
    namedBarsSpec(bars, { format: "~g", lines: [0.1, 0.25] }),
    "Population stability index of each column; the numbers are in the table",
  );
  const names = ["PSI", "KS", "p", "variation", "present here", "there"];
  const headings = [{ name: "column" }, ...names.map((name) => ({ name, isNumber: true })), { name: "" }];
  const rows = compared.map(({ name, drift, from, to }) => [
    name,
    ...[drift.psi, drift.ks?.statistic, drift.ks?.p, drift.totalVariation].map(figureText),
    ...[shareText(from), shareText(to)],
    drift.verdict === null ? "-" : html`<span class="${drift.verdict}">${drift.verdict}</span>`,
  ]);
  return html`<section>
    <h2>Drift</h2>
    <div class="card wide">
      ${chart}${dataTable("Columns by their stability index; marks at 0.1 and 0.25", headings, rows)}
    </div>
  </section>`;
}
