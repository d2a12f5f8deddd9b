import { parseTypeName, shareText, type ValueKind } from "../../core/index.ts";
import type {
  Association,
  ColumnStats,
  ColumnSummary,
  Drift,
  FeatureStats,
  StatsSubject,
} from "../../featurestore/index.ts";
import { count, counted, decimal, momentText, printable, type Style, table, valueText } from "../output/index.ts";

const digits = 4;

/** The longest text that a cell shows. */
const longest = 16;

/** What features hold, how they drift and what they say of the labels, as tables. */
export function statisticsText(stats: FeatureStats, style: Style): string {
  const { subject, against, columns, associations, labels, notes } = stats;
  const about = [subjectText(subject), ...(against === null ? [] : [`against ${subjectText(against)}`])];
  return [
    about.join("\n"),
    distributions(columns),
    ...(against === null ? [] : [`${style.bold("Drift")}\n${drifts(columns, style)}`]),
    ...labels.flatMap((label) => {
      const own = associations.filter((one) => one.label === label);
      return own.length === 0 ? [] : [`${style.bold(`What goes with ${printable(label)}`)}\n${strengths(own)}`];
    }),
    ...(notes.length === 0 ? [] : [notes.map((note) => `${style.yellow("note:")} ${printable(note)}`).join("\n")]),
  ].join("\n\n");
}

function subjectText({ folder, vector, part, rows, first, last }: StatsSubject): string {
  const where = folder === null ? "" : ` of ${printable(folder)}`;
  const when = first === null || last === null ? "" : `, ${momentText(first)} to ${momentText(last)}`;
  return `${vector}: ${counted(rows, `${part === "all" ? "" : `${part} `}row`)}${where}${when}`;
}

function distributions(columns: readonly ColumnStats[]): string {
  const right = { align: "right" as const };
  const headings = [
    ...[{ name: "COLUMN" }, { name: "ROLE" }, { name: "TYPE" }],
    ...["PRESENT", "DISTINCT", "MIN", "P50", "MEAN", "STD", "MAX"].map((name) => ({ name, ...right })),
    { name: "DISTRIBUTION" },
  ];
  return table(
    headings,
    columns.map((column) => {
      const { name, role, type, presence, distinct, numbers } = column;
      const kind = kindOfNumbers(column);
      const median = numbers?.quantiles.find(({ share }) => share === 0.5)?.value;
      const shown = (value: number | null | undefined): string => numberText(value ?? null, kind);
      return [
        ...[
          printable(name),
          role,
          column.measure === "value" || column.measure === null ? type : `${column.measure} of ${type}`,
        ],
        ...[shareText(presence), distinct === null ? "-" : count(distinct)],
        ...[
          shown(numbers?.min),
          shown(median),
          shown(numbers?.mean),
          deviationText(numbers?.std ?? null, kind),
          shown(numbers?.max),
        ],
        numbers !== null && kind !== "bool" ? bars(numbers.histogram.counts) : topText(column, kind),
      ];
    }),
  );
}

/** Durations between moments are told in the unit that the deviation of them is in. */
function deviationText(value: number | null, kind: ValueKind): string {
  return numberText(value, kind === "timestamp" ? "duration" : kind === "date" ? "float" : kind);
}

/** The kind that a column's numbers are shown as. */
function kindOfNumbers({ type, measure }: ColumnStats): ValueKind {
  const { kind } = parseTypeName(type);
  return measure === "length" || measure === "norm" ? "float" : kind;
}

function numberText(value: number | null, kind: ValueKind): string {
  if (value === null) return "-";
  if (kind === "timestamp") return momentText(Math.round(value));
  if (kind === "date" || kind === "duration") return valueText(Math.round(value), kind);
  return decimal(value, digits);
}

const blocks = "▁▂▃▄▅▆▇█";

/** Counts as bars of one line: `▁▃█▂`; a space where there is none. */
function bars(counts: readonly number[]): string {
  const most = Math.max(...counts, 1);
  return counts
    .map((n) => (n === 0 ? " " : (blocks[Math.ceil((n / most) * blocks.length) - 1] ?? "")))
    .join("")
    .trimEnd();
}

/** The most frequent values with their shares. */
function topText({ top, present }: ColumnSummary, kind: ValueKind): string {
  const shown = top.slice(0, 3).map(({ value, count: n }) => {
    const text = value === "" ? '""' : valueText(value, kind);
    return `${text.length > longest ? `${text.slice(0, longest - 1)}…` : text} ${shareText(n / present)}`;
  });
  return shown.join(", ");
}

function drifts(columns: readonly ColumnStats[], style: Style): string {
  const compared = columns.flatMap(({ name, presence, against, drift }) =>
    drift === null ? [] : [{ name, drift, from: presence, to: against?.presence ?? null }],
  );
  compared.sort((a, b) => (b.drift.psi ?? -1) - (a.drift.psi ?? -1));
  const right = { align: "right" as const };
  const headings = [
    { name: "COLUMN" },
    ...["PSI", "KS", "P", "TV", "PRESENT", "THERE"].map((name) => ({ name, ...right })),
    { name: "" },
  ];
  return table(
    headings,
    compared.map(({ name, drift, from, to }) => [
      printable(name),
      ...[drift.psi, drift.ks?.statistic, drift.ks?.p, drift.totalVariation].map((value) => decimal(value ?? null, 3)),
      ...[shareText(from), shareText(to)],
      verdictText(drift, style),
    ]),
  );
}

function verdictText({ verdict }: Drift, style: Style): string {
  if (verdict === null) return style.dim("nothing to compare");
  return verdict === "large"
    ? style.red(verdict)
    : verdict === "moderate"
      ? style.yellow(verdict)
      : style.green(verdict);
}

const measures: Readonly<Record<NonNullable<Association["by"]>, string>> = {
  pearson: "Pearson",
  spearman: "Spearman",
  correlationRatio: "correlation ratio",
  cramersV: "Cramér's V",
};

function strengths(associations: readonly Association[]): string {
  const right = { align: "right" as const };
  const headings = [
    { name: "FEATURE" },
    ...["STRENGTH", "PEARSON", "SPEARMAN", "ETA", "NATS", "V", "ROWS"].map((name) => ({ name, ...right })),
    { name: "BY" },
  ];
  return table(
    headings,
    associations.map((one) => [
      printable(one.column),
      ...[one.strength, one.pearson, one.spearman, one.correlationRatio, one.mutualInformation, one.cramersV].map(
        (value) => decimal(value, 3),
      ),
      count(one.rows),
      one.by === null ? "-" : measures[one.by],
    ]),
  );
}
