import { relative, resolve } from "node:path";
import { formatMicros, writeFileAtomic } from "../../core/index.ts";
import type { ConsistencyReport, OutputConsistency, VectorConsistencyOptions } from "../../featurestore/index.ts";
import { momentArgument } from "../arguments/index.ts";
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
import { wordOf } from "../training-sets/index.ts";

/** Beside 0: something differs, or nothing could be compared, for CI and schedulers. */
const inconsistentExit = 3;

/** `tondo consistency`: is what was served what is trained on? */
export const consistencyCommand: Command = {
  name: "consistency",
  summary: "replay logged requests through the training path, and say what was served otherwise",
  about:
    "Takes logged requests of a vector with what they were answered, joins features to them as a training set would, computes the slots by the same " +
    "generated JavaScript, and compares value by value: the same to the bit, or missing on both sides. Without --log the requests are those of " +
    "the log of served features in the home. Slots are compared of predictions, with what was fitted for their model.\n\n" +
    "Each feature and slot is listed with how many rows were compared, are equal, differ, or are missing on one side alone (NOT LOGGED, NOT TRAINED), and " +
    "with the largest difference. Warnings say for which requests agreement was never promised, and why: those before the first load that the " +
    "store knows of, files rewritten or gone since, tables loaded anew. They count as the others do, unless --covered-only leaves them out.",
  synopsis: [
    "VECTOR [--since MOMENT] [--until MOMENT] [--rows N] [--html FILE]",
    "VECTOR --log PATH [--tolerance SHARE]",
  ],
  positionals: [{ name: "VECTOR", help: "an applied vector" }],
  options: {
    log: {
      value: "PATH",
      help: "Parquet files of logged requests: a path or a glob",
      default: "the log of served features in the home",
    },
    since: { value: "MOMENT", help: "only requests from then on" },
    until: { value: "MOMENT", help: "only requests before then" },
    rows: { value: "N", help: "at most so many requests, drawn by a hash: the same ones each time", default: "all" },
    tolerance: {
      value: "SHARE",
      help: "how far floats may lie apart, as a share of the larger one",
      default: "0: the same to the bit",
    },
    knowledge: {
      value: "applied|declared",
      help: "rows are known when they were first applied online, or when they say",
      default: "applied",
    },
    "covered-only": { help: "leave out what agreement was never promised for" },
    fingerprint: {
      value: "DIGITS",
      help: "replay what was served by the definition of this fingerprint, as the log keeps it",
      default: "that in force",
    },
    examples: { value: "N", help: "how many rows to show of what differs", default: "3" },
    pii: {
      value: "A,B",
      help: "never show values of these keys, columns, features or slots, nor of what is made from them",
      many: true,
    },
    withheld: {
      value: "A,B",
      help: "columns that the log leaves out or hashes, such as key__customer: what is made from them is not compared",
      many: true,
    },
    html: { value: "FILE", help: "also write a page with charts, which needs nothing else; asks for the package vega" },
    ...engineOptions,
    ...projectOptions,
    ...s3Options,
    ...functionsOption,
  },
  examples: [
    "tondo consistency eta --since 2024-03-01T00:00:00Z",
    "tondo consistency eta --log 'logs/*.parquet' --rows 100000 --html eta.html",
    "tondo consistency eta --json || page-somebody",
  ],
  exits: {
    0: "all that was compared is equal",
    [inconsistentExit]: "something differs beyond --tolerance, or nothing was compared",
  },
  async run(context) {
    const { args } = context;
    if (args.text("html") !== undefined) await (await import("../../featurestore/index.ts")).requireCharts();
    const report = await askedReport(context);
    const { consistencyTables } = await import("../consistency/index.ts");
    const html = await writePage(context, report);
    const text = consistencyTables(report, context.style);
    return {
      text: html === undefined ? text : `${text}\n\nwrote ${html}`,
      json: { ...jsonOf(report), ...(html === undefined ? {} : { html }) },
      exitCode: report.consistent ? 0 : inconsistentExit,
    };
  },
};

async function askedReport(context: CommandContext): Promise<ConsistencyReport> {
  const { args, progress, terminal } = context;
  const vector = args.argument("VECTOR");
  const since = momentArgument(args, "since");
  const until = momentArgument(args, "until");
  const rows = args.integer("rows", 1);
  const tolerance = args.number("tolerance", 0);
  const knowledge = wordOf(args, "knowledge", ["applied", "declared"]);
  const examples = args.integer("examples", 0);
  const [log, fingerprint] = [args.text("log"), args.text("fingerprint")];
  const options: VectorConsistencyOptions = {
    ...(log === undefined ? {} : { log }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...(since === undefined ? {} : { since: BigInt(since) }),
    ...(until === undefined ? {} : { until: BigInt(until) }),
    ...(rows === undefined ? {} : { rows }),
    ...(tolerance === undefined ? {} : { tolerance }),
    ...(knowledge === undefined ? {} : { knowledge }),
    ...(examples === undefined ? {} : { examples }),
    ...{
      coveredOnly: args.flag("covered-only"),
      pii: args.names("pii"),
      withheld: args.names("withheld"),
      progress,
      signal: terminal.signal,
    },
  };
  await using tondo = await openProject(context, "reading", await withFunctions(context, engineOf(context)), {
    s3: s3Of(context),
  });
  return await tondo.consistency(vector, options);
}

async function writePage(context: CommandContext, report: ConsistencyReport): Promise<string | undefined> {
  const file = context.args.text("html");
  if (file === undefined) return undefined;
  const { consistencyPage } = await import("../../featurestore/index.ts");
  const folder = folderOf(context);
  const path = resolve(folder, file);
  await writeFileAtomic(path, await consistencyPage(report));
  return relative(folder, path);
}

/** The report with its moments as ISO 8601. */
function jsonOf({
  since,
  until,
  first,
  last,
  features,
  slots,
  ...rest
}: ConsistencyReport): Readonly<Record<string, unknown>> {
  const iso = (micros: number | null): string | null => (micros === null ? null : formatMicros(micros));
  const shown = ({ examples, ...output }: OutputConsistency): object => ({
    ...output,
    examples: examples.map(({ at, ...example }) => ({ ...example, at: formatMicros(at) })),
  });
  return {
    ...rest,
    ...{ since: iso(since), until: iso(until), first: iso(first), last: iso(last) },
    ...{ features: features.map(shown), slots: slots.map(shown) },
  };
}
