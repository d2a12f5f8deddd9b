import { relative } from "node:path";
import { formatMicros } from "../../core/index.ts";
import type { Manifest, TrainingSet } from "../../featurestore/index.ts";
import { momentArgument, type ParsedArguments } from "../arguments/index.ts";
import type { Command } from "../command.ts";
import { count, counted, pairs, printable } from "../output/index.ts";
import { engineOf, engineOptions, functionsOption, openProject, projectOptions, withFunctions } from "../project.ts";

/** Why a row is in neither part. */
const reasons: Readonly<Record<string, string>> = {
  unlabelled: "without a label",
  immature: "whose label was not known by the cutoff",
  embargoed: "of the training period whose label was known only in the holdout",
  outside: "outside both periods",
};

/** `tondo training-set`: features as of each row's moment, as Parquet. */
export const trainingSetCommand: Command = {
  name: "training-set",
  summary: "join features to rows as of their moments, as Parquet",
  about:
    "Takes rows that each say who, when and what came of it, and joins to each the features of an applied vector as they could " +
    "be known at that moment. The slots and labels are written as train.parquet and holdout.parquet, with a manifest.json that " +
    "says everything that went in. Either the whole folder appears or nothing does.\n\n" +
    "The rows have a column for each role of a key, named like it (role_column where the entity's key has several), for each input, " +
    "for what the labels read, and for their moment: see --at-column.\n\n" +
    "Rows are split by their moment: --train-from and --train-to, --holdout-from and --holdout-to; each period includes its " +
    "beginning and excludes its end. Without any, all rows train. The same inputs again leave the folder as it is.",
  synopsis: ["VECTOR --rows PATH --output DIR [--train-to MOMENT --holdout-from MOMENT]"],
  positionals: [{ name: "VECTOR", help: "an applied vector" }],
  options: {
    rows: { value: "PATH", help: "the rows: Parquet, or CSV by its ending; a glob for several files", required: true },
    output: { value: "DIR", help: "the folder to make", required: true, short: "o" },
    "at-column": { value: "NAME", help: "the column that says when each row asks", default: "at" },
    carry: { value: "A,B", help: "further columns to keep, for partitions", many: true },
    "train-from": { value: "MOMENT", help: "rows from then on train" },
    "train-to": { value: "MOMENT", help: "rows before then train" },
    "holdout-from": { value: "MOMENT", help: "rows from then on judge" },
    "holdout-to": { value: "MOMENT", help: "rows before then judge" },
    cutoff: { value: "MOMENT", help: "leave out rows whose label was known only later", default: "none" },
    raw: { help: "also write the stored values read, as role__entity__group__feature" },
    ...engineOptions,
    ...projectOptions,
    ...functionsOption,
  },
  examples: [
    "tondo training-set eta --rows data/deliveries.parquet --carry country,city \\\n" +
      "      --train-to 2024-02-15T00:00:00Z --holdout-from 2024-02-15T00:00:00Z --output training/eta",
  ],
  async run(context) {
    const { args, progress, terminal } = context;
    const split = splitOf(args);
    const cutoff = momentArgument(args, "cutoff");
    const engine = await withFunctions(context, engineOf(args));
    await using tondo = await openProject(context, "reading", engine);
    const at = args.text("at-column");
    const set = await tondo.trainingSet({
      vector: args.argument("VECTOR"),
      rows: args.required("rows"),
      output: args.required("output"),
      carry: args.names("carry"),
      raw: args.flag("raw"),
      ...(at === undefined ? {} : { at }),
      ...(split === undefined ? {} : { split }),
      ...(cutoff === undefined ? {} : { cutoff: BigInt(cutoff) }),
      progress,
      signal: terminal.signal,
    });
    return { text: textOf(set, tondo.folder), json: jsonOf(set) };
  },
};

function splitOf(args: ParsedArguments): { train: object; holdout?: object } | undefined {
  const period = (name: string): { from?: bigint; to?: bigint } | undefined => {
    const from = momentArgument(args, `${name}-from`);
    const to = momentArgument(args, `${name}-to`);
    if (from === undefined && to === undefined) return undefined;
    return { ...(from === undefined ? {} : { from: BigInt(from) }), ...(to === undefined ? {} : { to: BigInt(to) }) };
  };
  const train = period("train");
  const holdout = period("holdout");
  if (train === undefined && holdout === undefined) return undefined;
  return { train: train ?? {}, ...(holdout === undefined ? {} : { holdout }) };
}

function textOf({ folder, manifest, made }: TrainingSet, root: string): string {
  const left = Object.entries(reasons).flatMap(([part, reason]) => {
    const n = countOf(manifest, part);
    return n === 0 ? [] : [`${counted(n, "row")} ${reason}`];
  });
  const keys = manifest.joins.flatMap(({ group, foundKeys }) =>
    foundKeys === undefined ? [] : [`${count(foundKeys)} of ${counted(manifest.rows, "row")} found a row of ${group}`],
  );
  const warnings = manifest.joins.flatMap((join) => (join.warnings ?? []).map(({ message }) => printable(message)));
  const slots = manifest.columns.filter(({ role }) => role === "slot").length;
  const labels = manifest.columns.filter(({ role }) => role === "label").map(({ name }) => name);
  return [
    `${made ? "made" : "unchanged"}: ${relative(root, folder) || "."}`,
    pairs(
      [
        ["rows", count(manifest.rows)],
        ["train", count(countOf(manifest, "train"))],
        ["holdout", count(countOf(manifest, "holdout"))],
        ...left.map((text, i): readonly [string, string] => [i === 0 ? "left out" : "", text]),
        ...keys.map((text, i): readonly [string, string] => [i === 0 ? "computed keys" : "", text]),
        ...warnings.map((text, i): readonly [string, string] => [i === 0 ? "warnings" : "", text]),
        ["slots", count(slots)],
        ["labels", labels.join(", ") || "none"],
        ["digest", manifest.inputsDigest.slice(0, 12)],
      ],
      "  ",
    ),
  ].join("\n");
}

function jsonOf({ folder, manifest, made }: TrainingSet): Readonly<Record<string, unknown>> {
  const { vector, rows, counts, columns, files, split, joins, inputsDigest, seconds } = manifest;
  const iso = (micros: number | null | undefined): string | null =>
    micros === null || micros === undefined ? null : formatMicros(micros);
  const period = (one: { from: number | null; to: number | null } | null): object | null =>
    one === null ? null : { from: iso(one.from), to: iso(one.to) };
  return {
    folder,
    made,
    vector: { name: vector.name, fingerprint: vector.fingerprint },
    rows,
    counts,
    split: { train: period(split.train), holdout: period(split.holdout), cutoff: iso(split.cutoff) },
    columns,
    files,
    joins,
    inputsDigest,
    seconds,
  };
}

function countOf(manifest: Manifest, part: string): number {
  return (manifest.counts as Readonly<Record<string, number>>)[part] ?? 0;
}
