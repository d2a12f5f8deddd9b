import { relative, resolve } from "node:path";
import { formatMicros, type Micros, writeFileAtomic } from "../../core/index.ts";
import type {
  FeatureStats,
  FeatureStatsOptions,
  StatsPart,
  StatsRows,
  StatsSubject,
} from "../../featurestore/index.ts";
import { meant, momentArgument, type ParsedArguments, usageError } from "../arguments/index.ts";
import type { Command, CommandContext } from "../command.ts";
import {
  engineOf,
  engineOptions,
  folderOf,
  functionsOption,
  openProject,
  projectOptions,
  withFunctions,
} from "../project.ts";
import { s3Of, s3Options } from "../s3-options.ts";

const parts: readonly StatsPart[] = ["train", "holdout", "all"];

/** `tondo features stats`: what features hold, how they drift, and what they say of the labels. */
export const featuresCommand: Command = {
  name: "features",
  summary: "describe features: distributions, drift, and what goes with a label",
  about:
    "`features stats` describes the slots, labels and raw features of a training set: how many rows have a value, how many different ones there " +
    "are, range, exact mean, deviation and quantiles, a histogram, the most frequent values. Features are held against each label and listed " +
    "by how strongly they go with it, to suggest what is worth a place in a vector: make the set with --raw, or give a vector and rows.\n\n" +
    "A set with a holdout is compared with it; --against and its like compare with another part, period or training set. Drift is told by the " +
    "population stability index (PSI; 0.1 and 0.25 are the usual marks), by the statistic of Kolmogorov and Smirnov for numbers and by the total " +
    "variation for texts. All formulas are in docs/feature-statistics.md. Nothing is rounded by sampling, and the same inputs give the same output.",
  synopsis: [
    "stats SET [--part PART] [--from MOMENT] [--to MOMENT] [--html FILE]",
    "stats SET --against SET [--against-part PART] [--against-from MOMENT] [--against-to MOMENT]",
    "stats VECTOR --rows PATH [--at-column NAME]",
  ],
  positionals: [
    { name: "WHAT", help: "stats" },
    { name: "SET", help: "the folder of a training set; with --rows an applied vector" },
  ],
  options: {
    part: { value: "PART", help: "train, holdout or all", default: "train" },
    from: { value: "MOMENT", help: "rows from then on" },
    to: { value: "MOMENT", help: "rows before then" },
    against: { value: "SET", help: "compare with this training set", default: "the same" },
    "against-part": { value: "PART", help: "compare with this part", default: "holdout, where nothing else is said" },
    "against-from": { value: "MOMENT", help: "compare with rows from then on" },
    "against-to": { value: "MOMENT", help: "compare with rows before then" },
    "no-drift": { help: "compare with nothing" },
    columns: { value: "A,B", help: "only these", default: "slots, labels and raw features", many: true },
    label: { value: "NAME", help: "hold features against this label", default: "all labels", many: true },
    bins: { value: "N", help: "bins of a histogram", default: "20" },
    top: { value: "N", help: "how many of the most frequent values", default: "10" },
    html: { value: "FILE", help: "also write a page with charts, which needs nothing else; asks for the package vega" },
    rows: { value: "PATH", help: "describe a vector on these rows, and keep no training set" },
    "at-column": { value: "NAME", help: "with --rows: the column that says when each row asks", default: "at" },
    ...engineOptions,
    ...projectOptions,
    ...s3Options,
    ...functionsOption,
  },
  examples: [
    "tondo features stats training/eta",
    "tondo features stats training/eta --html eta.html",
    "tondo features stats training/eta --part all --to 2024-02-01T00:00:00Z --against-from 2024-02-01T00:00:00Z",
    "tondo features stats eta --rows data/deliveries.parquet --json | jq '.associations[0:5]'",
  ],
  async run(context) {
    const { args } = context;
    const what = args.argument("WHAT");
    if (what !== "stats")
      throw usageError(`features has no "${what}"`, meant(what, ["stats"], "Write `tondo features stats SET`."));
    if (args.text("html") !== undefined) await (await import("../../featurestore/index.ts")).requireCharts();
    const stats = args.text("rows") === undefined ? await ofSet(context) : await ofVector(context);
    const { statisticsText } = await import("../statistics/index.ts");
    const html = await writePage(context, stats);
    return {
      text: [statisticsText(stats, context.style), ...(html === undefined ? [] : [`wrote ${html}`])].join("\n\n"),
      json: { ...jsonOf(stats), ...(html === undefined ? {} : { html }) },
    };
  },
};

async function ofSet(context: CommandContext): Promise<FeatureStats> {
  const { args } = context;
  if (args.text("at-column") !== undefined) throw usageError("--at-column goes with --rows");
  const folder = folderOf(context);
  const { featureStats } = await import("../../featurestore/index.ts");
  const part = partArgument(args, "part");
  return featureStats({
    ...common(context),
    set: args.argument("SET"),
    ...(part === undefined ? {} : { part }),
    folder,
    engine: engineOf(context),
  });
}

async function ofVector(context: CommandContext): Promise<FeatureStats> {
  const { args } = context;
  for (const name of ["part", "against-part"])
    if (args.text(name) !== undefined) throw usageError(`--${name} goes with a training set, not with --rows`);
  const tondo = await openProject(context, "reading", await withFunctions(context, engineOf(context)), {
    s3: s3Of(context),
  });
  try {
    const at = args.text("at-column");
    return await tondo.featureStats({
      ...common(context),
      vector: args.argument("SET"),
      rows: args.required("rows"),
      ...(at === undefined ? {} : { at }),
    });
  } finally {
    await tondo.close();
  }
}

/** What both ways of asking share. */
function common({ args, progress, terminal }: CommandContext): Omit<FeatureStatsOptions, "set"> {
  const columns = args.names("columns");
  const labels = args.names("label");
  const bins = args.integer("bins", 1);
  const top = args.integer("top", 0);
  return {
    ...period(args, ""),
    ...against(args),
    ...(columns.length === 0 ? {} : { columns }),
    ...(labels.length === 0 ? {} : { labels }),
    ...(bins === undefined ? {} : { bins }),
    ...(top === undefined ? {} : { top }),
    progress,
    signal: terminal.signal,
  };
}

function against(args: ParsedArguments): Pick<FeatureStatsOptions, "against"> {
  const set = args.text("against");
  const part = partArgument(args, "against-part");
  const asked: Partial<StatsRows> = {
    ...period(args, "against-"),
    ...(set === undefined ? {} : { set }),
    ...(part === undefined ? {} : { part }),
  };
  const isAsked = Object.keys(asked).length > 0;
  if (!args.flag("no-drift")) return isAsked ? { against: asked } : {};
  if (isAsked) throw usageError("--no-drift compares with nothing", "Leave out it, or what begins with --against.");
  return { against: null };
}

function period(args: ParsedArguments, prefix: string): { readonly from?: bigint; readonly to?: bigint } {
  const from = momentArgument(args, `${prefix}from`);
  const to = momentArgument(args, `${prefix}to`);
  return { ...(from === undefined ? {} : { from: BigInt(from) }), ...(to === undefined ? {} : { to: BigInt(to) }) };
}

function partArgument(args: ParsedArguments, name: string): StatsPart | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  const part = parts.find((one) => one === text);
  if (part !== undefined) return part;
  throw usageError(`--${name}: "${text}" is no part`, meant(text, parts, `Parts are ${parts.join(", ")}.`));
}

async function writePage(context: CommandContext, stats: FeatureStats): Promise<string | undefined> {
  const file = context.args.text("html");
  if (file === undefined) return undefined;
  const { statisticsPage } = await import("../../featurestore/index.ts");
  const folder = folderOf(context);
  const path = resolve(folder, file);
  await writeFileAtomic(path, await statisticsPage(stats));
  return relative(folder, path);
}

function jsonOf({ subject, against: other, ...stats }: FeatureStats): Readonly<Record<string, unknown>> {
  const iso = (micros: Micros | null): string | null => (micros === null ? null : formatMicros(micros));
  const shown = (one: StatsSubject): object => ({
    ...one,
    from: iso(one.from),
    to: iso(one.to),
    first: iso(one.first),
    last: iso(one.last),
  });
  return { ...stats, subject: shown(subject), against: other === null ? null : shown(other) };
}
