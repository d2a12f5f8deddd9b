import { formatMicros, shareText } from "../../core/index.ts";
import { barStackSpec, shortName } from "../statistics/page/chart-specs.ts";
import { drawChart } from "../statistics/page/draw-chart.ts";
import { dataTable, type Html, html } from "../statistics/page/html.ts";
import { pageOf } from "../statistics/page/page-of.ts";
import { pageStyle } from "../statistics/page/page-style.ts";
import { loadVega } from "../statistics/page/vega-module.ts";
import type { ConsistencyReport, OutputConsistency } from "./report.ts";
import { exactText, isInconsistent, verdictText } from "./report-text.ts";

/** How many bars a chart shows; its table has all. */
const shownBars = 25;

/** What bars are stacked of: rows by how they compare, with the colours of the page's style. */
const parts = [
  { key: "differing", name: "differ", colour: "--bad" },
  { key: "missingInLog", name: "not logged", colour: "--there" },
  { key: "missingInTraining", name: "not in training", colour: "--fair" },
] as const;

/** The colours that the page adds to those of its style. */
const ownStyle = `
.compared { display: grid; gap: 1rem; align-items: start; }
.compared > * { min-width: 0; }
.compared tbody th { min-width: 9rem; }
.compared .verdict { white-space: nowrap; }
@media (min-width: 1000px) { .compared { grid-template-columns: 380px minmax(0, 1fr); } .compared tbody th { min-width: 17rem; } }
.swatch { display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.35em; border-radius: 2px; }
.legend { margin-right: 1rem; white-space: nowrap; }
.fine { color: var(--good); font-weight: 600; } .wrong { color: var(--bad); font-weight: 600; }
`;

/**
 * One HTML page of what a comparison found, with charts as SVG and each chart's numbers as a table. It holds no script, loads nothing, and is the
 * same for the same report.
 *
 * @example `await writeFile("eta.html", await consistencyPage(await tondo.consistency("eta")));`
 * @throws TondoError `DRIVER_MISSING` where the optional package vega is not installed
 */
export async function consistencyPage(report: ConsistencyReport): Promise<string> {
  const { vector, fingerprint, rows, first, last, consistent, features, slots, notCompared, warnings } = report;
  const title = `Consistency of ${vector}`;
  const when = first === null || last === null ? "" : `, ${momentText(first)} to ${momentText(last)} UTC`;
  const body = html`<p class="${consistent ? "fine" : "wrong"}">${verdictText(report)}</p>
    <p>
      ${rows.toLocaleString("en-US")} requests${when}, replayed through the training path and compared with what they
      were answered, bit by
      bit${report.tolerance === 0 ? "" : `; floats may differ by ${String(report.tolerance)} of the larger`}.
    </p>
    <p class="quiet">
      Fingerprint ${fingerprint.slice(0, 12)}; rows are known
      ${report.knowledge === "applied" ? "when they were first applied online" : "when they say"}
    </p>
    ${warnings.map(({ message }) => html`<p class="note">${message}</p>`)} ${await section("Raw features", features)}
    ${await section("Slots", slots)} ${examples([...features, ...slots])}
    ${
      notCompared.length === 0
        ? html``
        : html`<section>
            <h2>Not compared</h2>
            <div class="card">
              ${dataTable(
                "What was not compared, and why",
                [{ name: "name" }, { name: "since" }],
                notCompared.map(({ name, reason }) => [name, reason]),
              )}
            </div>
          </section>`
    } `;
  return pageOf(title, `${pageStyle}${ownStyle}`, body);
}

async function section(title: string, outputs: readonly OutputConsistency[]): Promise<Html> {
  if (outputs.length === 0) return html``;
  return html`<section>
    <h2>${title}</h2>
    <div class="card compared">
      <div>${await chart(title, outputs)}</div>
      ${numbers(title, outputs)}
    </div>
  </section>`;
}

/** The shares of rows that are not equal, of those outputs that have some, the worst first; where all are equal there is nothing to draw but that. */
async function chart(title: string, outputs: readonly OutputConsistency[]): Promise<Html> {
  const found = outputs
    .filter(({ compared, equal }) => equal < compared)
    .toSorted((a, b) => b.beyond / b.compared - a.beyond / a.compared || b.differing - a.differing);
  const equal = await drawChart(
    await loadVega(),
    barStackSpec(
      (found.length === 0 ? outputs : [...found, ...outputs.filter((one) => !found.includes(one))])
        .slice(0, shownBars)
        .map((one) => ({ name: shortName(one.name), parts: [one.equal, one.compared - one.equal] })),
      { colours: ["--good", "--bad"], format: "~s" },
    ),
    `${title}: rows compared, equal and not; the numbers are in the table`,
  );
  const first = html`<p class="quiet">
      Rows compared:
      <span class="legend"><span class="swatch" style="background: var(--good)"></span>equal</span>
      <span class="legend"><span class="swatch" style="background: var(--bad)"></span>not equal</span>
    </p>
    ${equal}`;
  if (found.length === 0) return first;
  const shares = await drawChart(
    await loadVega(),
    barStackSpec(
      found.slice(0, shownBars).map((one) => ({
        name: shortName(one.name),
        parts: parts.map(({ key }) => one[key] / one.compared),
      })),
      { colours: parts.map(({ colour }) => colour), format: "~%" },
    ),
    `${title}: the share of rows that are not equal, and how; the numbers are in the table`,
  );
  return html`${first}
    <p class="quiet">
      Share of rows that:
      ${parts.map(
        ({ name, colour }) =>
          html`<span class="legend"><span class="swatch" style="background: var(${colour})"></span>${name}</span> `,
      )}
    </p>
    ${shares}`;
}

function numbers(title: string, outputs: readonly OutputConsistency[]): Html {
  const hasUncovered = outputs.some(({ uncovered }) => uncovered > 0);
  const hasAway = outputs.some(({ unavailable }) => unavailable > 0);
  const hasStatus = outputs.some(({ statusesDisagree }) => statusesDisagree !== null);
  const names = [
    ...["compared", "equal", "differ", "not logged", "not in training", "largest", "relative"],
    ...(hasStatus ? ["status"] : []),
    ...(hasUncovered ? ["not promised"] : []),
    ...(hasAway ? ["away"] : []),
  ];
  const headings = [{ name: "name" }, { name: "" }, ...names.map((name) => ({ name, isNumber: true }))];
  const rows = outputs.map((output) => {
    const { name, compared, equal, differing, missingInLog, missingInTraining, statusesDisagree } = output;
    const { uncovered, unavailable, largestDifference, largestRelative } = output;
    return [
      name,
      verdict(output),
      ...[compared, equal, differing, missingInLog, missingInTraining].map(countText),
      ...[largestDifference, largestRelative].map((one) => (one === null ? "-" : String(Number(one.toPrecision(3))))),
      ...(hasStatus ? [statusesDisagree === null ? "-" : countText(statusesDisagree)] : []),
      ...(hasUncovered ? [countText(uncovered)] : []),
      ...(hasAway ? [countText(unavailable)] : []),
    ];
  });
  return dataTable(`${title} by how they compare, in rows`, headings, rows);
}

function verdict(output: OutputConsistency): Html {
  const { compared, equal } = output;
  const share = compared === 0 ? 0 : (compared - equal) / compared;
  if (isInconsistent(output))
    return html`<span class="verdict large"
      >${share === 0 ? "statuses disagree" : `${shareText(share)} not equal`}</span
    >`;
  if (compared === 0) return html`<span class="verdict moderate">not compared</span>`;
  return html`<span class="verdict stable">${share === 0 ? "equal" : "within tolerance"}</span>`;
}

function countText(n: number): string {
  return n.toLocaleString("en-US");
}

function examples(outputs: readonly OutputConsistency[]): Html {
  const found = outputs.filter((output) => output.examples.length > 0);
  if (found.length === 0) return html``;
  const headings = ["name", "request", "moment (UTC)", "keys", "served", "training gives", ""].map((name) => ({
    name,
  }));
  const rows = found.flatMap((output) =>
    output.examples.map(({ requestId, at, keys, values, covered }) => [
      output.name,
      requestId ?? "-",
      momentText(at),
      Object.entries(keys)
        .map(([name, value]) => `${name} ${exactText(value, "string")}`)
        .join(", "),
      values === undefined ? "not shown" : exactText(values.logged, output.type),
      values === undefined ? "not shown" : exactText(values.replayed, output.type),
      covered ? "" : "agreement was never promised",
    ]),
  );
  return html`<section>
    <h2>Examples</h2>
    <div class="card">${dataTable("Rows that are not equal", headings, rows)}</div>
  </section>`;
}

function momentText(micros: number): string {
  return formatMicros(micros).slice(0, -1).replace("T", " ");
}
