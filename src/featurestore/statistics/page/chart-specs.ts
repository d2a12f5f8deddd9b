import type { Axis, Mark, Spec } from "vega";
import { type ValueKind, visible } from "../../../core/index.ts";
import type { Histogram } from "../feature-statistics.ts";

/** How wide charts are drawn, in the units of their text: what a small phone shows without making it smaller. */
const width = 340;

const histogramHeight = 150;
const rowHeight = 20;

/** The longest label beside a bar, in units; and the longest name of a column, in signs, of which the end tells most. */
const labelLimit = 145;
const longestName = 16;

const quiet = "var(--quiet)";
const axisStyle: Omit<Axis, "orient" | "scale"> = {
  ...{
    labelColor: quiet,
    titleColor: quiet,
    domainColor: "var(--line)",
    tickColor: "var(--line)",
    gridColor: "var(--line)",
  },
  ...{
    labelFontSize: 11,
    titleFontSize: 11,
    titleFontWeight: "normal",
    labelFont: "system-ui, sans-serif",
    titleFont: "system-ui, sans-serif",
  },
};

/** A bar with its name: one value for the rows described, and one for those compared with. */
export interface NamedBar {
  readonly name: string;
  readonly here: number;
  readonly there?: number | null;
}

/** The name of a column beside a bar: `…cancelled_7d_2` of what stands for `store__restaurant__kitchen__cancelled_7d_2`. */
export function shortName(name: string): string {
  const signs = [...name];
  return signs.length > longestName ? `…${signs.slice(1 - longestName).join("")}` : name;
}

/** Shares of values by bins; the other side as an outline over them. */
export function histogramSpec(here: Histogram, there: Histogram | undefined, kind: ValueKind): Spec {
  const { of, type, title, format } = axisOf(here.edges, kind);
  const bins = ({ edges, counts, below, above }: Histogram): object[] => {
    const all = counts.reduce((sum, n) => sum + n, below + above) || 1;
    return counts.map((n, i) => ({ from: of(edges[i] ?? 0), to: of(edges[i + 1] ?? 0), share: n / all }));
  };
  const edges = [of(here.edges[0] ?? 0), of(here.edges.at(-1) ?? 0)];
  const shares = [here, there].flatMap((one) => (one === undefined ? [] : bins(one))) as { readonly share: number }[];
  const most = Math.max(...shares.map(({ share }) => share), 0) || 1;
  const bars = (from: string, style: object): Mark => ({
    type: "rect",
    from: { data: from },
    encode: {
      enter: {
        ...{ x: { scale: "x", field: "from" }, x2: { scale: "x", field: "to" } },
        ...{ y: { scale: "y", field: "share" }, y2: { scale: "y", value: 0 } },
        ...style,
      },
    },
  });
  return {
    ...frame(histogramHeight),
    data: [
      { name: "here", values: bins(here) },
      { name: "there", values: there === undefined ? [] : bins(there) },
    ],
    scales: [
      type === "utc"
        ? { name: "x", type, domain: edges, range: "width" }
        : { name: "x", type, domain: edges, range: "width", zero: false },
      { name: "y", type: "linear", domain: [0, most], range: "height", nice: true },
    ],
    axes: [
      { ...axisStyle, orient: "left", scale: "y", grid: true, tickCount: 4, format: "~%", domain: false, ticks: false },
      {
        ...{ ...axisStyle, orient: "bottom" as const, scale: "x", tickCount: 4, labelOverlap: true, labelFlush: true },
        ...(title === undefined ? {} : { title }),
        ...(format === undefined ? {} : { format }),
      },
    ],
    marks: [
      bars("here", { fill: { value: "var(--here)" }, stroke: { value: "var(--card)" }, strokeWidth: { value: 0.5 } }),
      bars("there", { fill: { value: "none" }, stroke: { value: "var(--there)" }, strokeWidth: { value: 1.25 } }),
    ],
  };
}

/** Bars beside their names, of two sides one under the other; `marks` are lines to compare them with. */
export function namedBarsSpec(
  bars: readonly NamedBar[],
  options: { readonly format: string; readonly lines?: readonly number[]; readonly most?: number },
): Spec {
  const isPaired = bars.some(({ there }) => there !== undefined);
  const values = bars.map(({ name, here, there }, row) => ({ row, name: visible(name), here, there: there ?? 0 }));
  const most =
    options.most ??
    (Math.max(
      ...values.flatMap(({ here, there }) => [here, there]),
      ...(options.lines ?? []).map((line) => line * 1.2),
    ) ||
      1);
  const bar = (field: "here" | "there", place: number, share: number): Mark => ({
    type: "rect",
    from: { data: "bars" },
    encode: {
      enter: {
        ...{ x: { scale: "x", value: 0 }, x2: { scale: "x", field } },
        ...{ y: { scale: "y", field: "row", band: place }, height: { scale: "y", band: share } },
        fill: { value: `var(--${field})` },
      },
    },
  });
  return {
    ...frame(bars.length * rowHeight * (isPaired ? 1.3 : 1)),
    data: [
      { name: "bars", values },
      { name: "lines", values: (options.lines ?? []).map((at) => ({ at })) },
    ],
    scales: [
      { name: "x", type: "linear", domain: [0, most], range: "width", nice: options.most === undefined },
      { name: "y", type: "band", domain: values.map(({ row }) => row), range: "height", padding: 0.25 },
      { name: "names", type: "ordinal", domain: values.map(({ row }) => row), range: values.map(({ name }) => name) },
    ],
    axes: barAxes(options.format),
    marks: [
      ...(isPaired ? [bar("here", 0, 0.5), bar("there", 0.5, 0.5)] : [bar("here", 0, 1)]),
      {
        type: "rule",
        from: { data: "lines" },
        encode: {
          enter: {
            ...{ x: { scale: "x", field: "at" }, y: { value: 0 }, y2: { signal: "height" } },
            ...{ stroke: { value: quiet }, strokeDash: { value: [3, 3] } },
          },
        },
      },
    ],
  };
}

/** The axes of bars beside their names: what they are called, and how much they are. */
function barAxes(format: string): Axis[] {
  return [
    {
      ...{ ...axisStyle, labelColor: "var(--ink)", orient: "left" as const, scale: "y", domain: false, ticks: false },
      ...{ labelLimit, labelPadding: 6 },
      encode: { labels: { update: { text: { scale: "names", field: "value" } } } },
    },
    {
      ...axisStyle,
      orient: "bottom",
      scale: "x",
      tickCount: 4,
      grid: true,
      format,
      ticks: false,
      labelOverlap: true,
    },
  ];
}

/** A bar of several parts, one after the other, with its name. */
export interface StackedBar {
  readonly name: string;
  readonly parts: readonly number[];
}

/** Bars of several parts beside their names. */
export function barStackSpec(
  bars: readonly StackedBar[],
  { colours, format }: { readonly colours: readonly string[]; readonly format: string },
): Spec {
  const values = bars.flatMap(({ parts }, row) => {
    let from = 0;
    return parts.map((part, i) => ({ row, from, to: (from += part), colour: `var(${colours[i] ?? "--here"})` }));
  });
  const rows = bars.map((_, row) => row);
  return {
    ...frame(bars.length * rowHeight),
    data: [{ name: "parts", values }],
    scales: [
      {
        name: "x",
        type: "linear",
        domain: [0, Math.max(...values.map(({ to }) => to)) || 1],
        range: "width",
        nice: true,
      },
      { name: "y", type: "band", domain: rows, range: "height", padding: 0.25 },
      { name: "names", type: "ordinal", domain: rows, range: bars.map(({ name }) => visible(name)) },
    ],
    axes: barAxes(format),
    marks: [
      {
        type: "rect",
        from: { data: "parts" },
        encode: {
          enter: {
            ...{ x: { scale: "x", field: "from" }, x2: { scale: "x", field: "to" } },
            ...{ y: { scale: "y", field: "row" }, height: { scale: "y", band: 1 } },
            fill: { field: "colour" },
          },
        },
      },
    ],
  };
}

/** On the right there is room for half of the last tick's label. */
function frame(height: number): Spec {
  return {
    width,
    height,
    autosize: { type: "fit-x", contains: "padding" },
    padding: { left: 4, right: 16, top: 4, bottom: 4 },
  };
}

const units: readonly (readonly [title: string, micros: number])[] = [
  ["days", 86_400_000_000],
  ["hours", 3_600_000_000],
  ["minutes", 60_000_000],
  ["seconds", 1_000_000],
];

interface ValueAxis {
  readonly of: (value: number) => number;
  readonly type: "utc" | "linear";
  readonly title?: string;
  readonly format?: string;
}

/** How an axis shows values of a kind: moments as such, durations in a unit that suits them. */
function axisOf(edges: readonly number[], kind: ValueKind): ValueAxis {
  const largest = Math.max(...edges.map(Math.abs));
  if (kind === "timestamp") return { of: (micros) => micros / 1000, type: "utc" };
  if (kind === "date") return { of: (days) => days * 86_400_000, type: "utc" };
  if (kind === "duration") {
    const [title, micros] = units.find(([, unit]) => largest >= 2 * unit) ?? ["seconds", 1_000_000];
    return { of: (value) => value / micros, type: "linear", title };
  }
  const plain = { of: (value: number) => value, type: "linear" as const };
  if (largest > 0 && (largest >= 1e15 || largest < 1e-3)) return { ...plain, format: ".1e" };
  return largest >= 1e4 ? { ...plain, format: "~s" } : plain;
}
