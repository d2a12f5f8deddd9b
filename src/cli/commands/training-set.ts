import { resolve } from "node:path";
import { defined } from "../../core/index.ts";
import type { Output, Period, Specification, Split } from "../../featurestore/index.ts";
import { momentArgument, usageError } from "../arguments/index.ts";
import type { Command, CommandContext, CommandResult } from "../command.ts";
import { printable } from "../output/index.ts";
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
import { sparkOf, sparkOptions } from "../spark-arguments.ts";
import { outputArguments, outputOptions, trainingSetJson, trainingSetText, wordOf } from "../training-sets/index.ts";

/** `tondo training-set`: features as of each row's moment, as Parquet. */
export const trainingSetCommand: Command = {
  name: "training-set",
  summary: "join features to rows as of their moments, as Parquet",
  about:
    "Takes rows that each say who, when and what came of it, and joins to each the features of an applied vector as they could " +
    "be known at that moment. The slots and labels are written as train.parquet and holdout.parquet, with a manifest.json that " +
    "says everything that went in. Either the whole folder appears or nothing does. With --format csv the files are CSV; with " +
    "--max-file-rows a part gets several of them, in train/ and holdout/; with --partition-by a folder for each value, as " +
    "train/country=US/part-00000.parquet.\n\n" +
    "The rows have a column for each role of a key, named like it (role_column where the entity's key has several), for each input, " +
    "for what the labels read, and for their moment: see --at-column.\n\n" +
    "Rows are split by their moment: --train-from and --train-to, --holdout-from and --holdout-to; each period includes its " +
    "beginning and excludes its end. With a holdout alone, what lies before it trains; without any, all rows train. The same inputs " +
    "again leave the folder as it is.\n\n" +
    "With --spec a JSON file says all of that, and what options have no words for: listed features, filters, samples, holdouts by key or " +
    "column, class balance. What options say beside it counts instead of what the file says.\n\n" +
    "With --engine spark the joins run in a Spark of your own, by its spark-sql; the files come out the same, byte by byte. docs/spark.md " +
    "shows it on one machine and on a cluster.\n\n" +
    "`reproduce` makes a set again from its manifest: by the plan that it was made with, over the same files, which are looked at first. " +
    "Where one changed, went or came, all of them are named and nothing is made. It exits with 1 where the new files are not the old ones, " +
    "byte by byte.",
  synopsis: [
    "VECTOR --rows PATH --output DIR [--train-to MOMENT --holdout-from MOMENT]",
    "--spec FILE [--output DIR]",
    "reproduce SET --output DIR",
  ],
  positionals: [
    { name: "VECTOR", help: "an applied vector; not with --spec, which names one", optional: true },
    { name: "SET", help: "behind `reproduce`: the folder of a set, or its manifest", optional: true },
  ],
  options: {
    spec: { value: "FILE", help: "a specification: JSON, as docs/training-sets.md describes it" },
    rows: { value: "PATH", help: "the rows: Parquet; CSV or Arrow by their endings; a glob for several files" },
    output: { value: "DIR", help: "the folder to make", short: "o" },
    "at-column": { value: "NAME", help: "the column that says when each row asks", default: "at" },
    carry: { value: "A,B", help: "further columns to keep, for partitions", many: true },
    "train-from": { value: "MOMENT", help: "rows from then on train" },
    "train-to": { value: "MOMENT", help: "rows before then train" },
    "holdout-from": { value: "MOMENT", help: "rows from then on judge" },
    "holdout-to": { value: "MOMENT", help: "rows before then judge" },
    cutoff: { value: "MOMENT", help: "leave out rows whose label was known only later", default: "none" },
    knowledge: {
      value: "WORD",
      help: "rows of materialized groups count as known when they were `applied` online, or as they say themselves: `declared`",
      default: "applied",
    },
    raw: { help: "also write the stored values read, as role__entity__group__feature" },
    ...outputOptions,
    "checkpoint-after": {
      value: "SECONDS",
      help: "keep joins that took as long until the set stands, so that a run after a kill goes on from there",
      default: "30",
    },
    ...engineOptions,
    ...sparkOptions,
    ...projectOptions,
    ...s3Options,
    ...functionsOption,
  },
  examples: [
    "tondo training-set eta --rows data/deliveries.parquet --carry country,city \\\n" +
      "      --train-to 2024-02-15T00:00:00Z --holdout-from 2024-02-15T00:00:00Z --output training/eta",
    "tondo training-set --spec training-sets/eta.json",
    "tondo training-set --spec training-sets/eta.json --engine spark --spark-master 'local[8]' --spark-conf spark.driver.memory=16g",
    "tondo training-set reproduce training/eta --output training/eta-again",
  ],
  async run(context) {
    const set = context.args.optional("SET");
    if (set !== undefined) return reproduce(context, set);
    const { args, progress, terminal } = context;
    const cutoff = momentArgument(args, "cutoff");
    const named = await namedBy(context);
    const spark = sparkOf(args, folderOf(context));
    const split = await splitOf(context);
    const engine = await withFunctions(context, engineOf(context));
    await using tondo = await openProject(context, "reading", engine, { s3: s3Of(context) });
    const at = args.text("at-column");
    const carry = args.names("carry");
    const knowledge = wordOf(args, "knowledge", ["applied", "declared"]);
    const checkpointAfter = args.integer("checkpoint-after", 0);
    const made = await tondo.trainingSet({
      ...named,
      ...(carry.length === 0 ? {} : { carry }),
      ...(args.flag("raw") ? { raw: true } : {}),
      ...(knowledge === undefined ? {} : { knowledge }),
      ...(at === undefined ? {} : { at }),
      ...(split === undefined ? {} : { split }),
      ...(cutoff === undefined ? {} : { cutoff: BigInt(cutoff) }),
      ...(checkpointAfter === undefined ? {} : { checkpointAfter }),
      ...spark,
      progress,
      signal: terminal.signal,
    });
    return { text: trainingSetText(made, tondo.folder), json: trainingSetJson(made) };
  },
};

/** `tondo training-set reproduce`. */
async function reproduce(context: CommandContext, set: string): Promise<CommandResult> {
  const { args, progress, terminal } = context;
  const word = args.optional("VECTOR");
  if (word !== "reproduce") {
    throw usageError(
      `"${set}" stands behind "${word ?? ""}", and one vector is taken`,
      "To make a set again write `tondo training-set reproduce SET --output DIR`.",
    );
  }
  const output = args.text("output");
  if (output === undefined)
    throw usageError("--output DIR is missing: the folder to make", "The first set is left as it is.");
  for (const option of [
    "spec",
    "rows",
    "at-column",
    "carry",
    "cutoff",
    "raw",
    "knowledge",
    ...periodOptions,
    ...Object.keys(outputOptions),
  ]) {
    if (option === "raw" ? args.flag(option) : args.text(option) !== undefined)
      throw usageError(`--${option} stands beside reproduce`, "The manifest says all of that; leave it out.");
  }
  const engine = await withFunctions(context, engineOf(context));
  await using tondo = await openProject(context, "reading", engine, { s3: s3Of(context) });
  const { spark } = sparkOf(args, tondo.folder);
  const checkpointAfter = args.integer("checkpoint-after", 0);
  const again = await tondo.reproduce({
    ...{ set, output, progress, signal: terminal.signal },
    ...defined({ spark, checkpointAfter }),
  });
  const { differences } = again;
  const text = [
    trainingSetText(again, tondo.folder),
    differences.length === 0
      ? "the same, byte by byte"
      : `other than the first one: ${differences.map(printable).join("; ")}`,
  ].join("\n");
  return {
    text,
    json: { ...trainingSetJson(again), same: differences.length === 0, differences },
    exitCode: differences.length === 0 ? 0 : 1,
  };
}

/** What is made into what: by a specification, or by arguments alone. */
async function namedBy(
  context: Pick<CommandContext, "args" | "terminal">,
): Promise<
  | { readonly spec: string; readonly rows?: string; readonly output?: string | Output }
  | { readonly vector: string; readonly rows: string; readonly output: string | Output }
> {
  const { args } = context;
  const [spec, vector, rows, output] = [
    args.text("spec"),
    args.optional("VECTOR"),
    args.text("rows"),
    args.text("output"),
  ];
  if (spec !== undefined) {
    if (vector !== undefined) {
      throw usageError(
        `"${vector}" stands beside --spec, which names the vector`,
        "Leave VECTOR out, or --spec and say the rest by options.",
      );
    }
    const target = await outputArguments(args, output, async () => (await inFile(context)).output);
    return { spec, ...(rows === undefined ? {} : { rows }), ...(target === undefined ? {} : { output: target }) };
  }
  const hint = "`--help` shows an example; --spec FILE takes all of it from a file.";
  if (vector === undefined) throw usageError("VECTOR is missing: an applied vector", hint);
  if (rows === undefined) throw usageError("--rows PATH is missing: the rows", hint);
  if (output === undefined) throw usageError("--output DIR is missing: the folder to make", hint);
  return { vector, rows, output: (await outputArguments(args, output)) ?? output };
}

/** The options that are the ends of the periods. */
const periodOptions = ["train-from", "train-to", "holdout-from", "holdout-to"] as const;

/** What the file of `--spec` says; nothing where there is none. */
async function inFile(context: Pick<CommandContext, "args" | "terminal">): Promise<Partial<Specification>> {
  const spec = context.args.text("spec");
  if (spec === undefined) return {};
  const { readSpecification } = await import("../../featurestore/index.ts");
  return (await readSpecification(resolve(folderOf(context), spec))).specification;
}

/** The split of a specification with the ends that options give; `undefined` where they give none, and its file counts as it is. */
async function splitOf(context: Pick<CommandContext, "args" | "terminal">): Promise<Split | undefined> {
  const { args } = context;
  if (periodOptions.every((option) => args.text(option) === undefined)) return undefined;
  const { split = {} } = await inFile(context);
  const period = (name: "train" | "holdout"): Period | undefined => {
    const from = momentArgument(args, `${name}-from`);
    const to = momentArgument(args, `${name}-to`);
    if (from === undefined && to === undefined) return undefined;
    const before = split[name] ?? {};
    if ("column" in before || "fraction" in before) {
      throw usageError(
        `--holdout-${from === undefined ? "to" : "from"}: the specification holds rows out by ${"column" in before ? "a column" : "a hash"}`,
        "Change it in the file.",
      );
    }
    return {
      ...before,
      ...(from === undefined ? {} : { from: BigInt(from) }),
      ...(to === undefined ? {} : { to: BigInt(to) }),
    };
  };
  const train = period("train");
  const holdout = period("holdout");
  return { ...split, ...(train === undefined ? {} : { train }), ...(holdout === undefined ? {} : { holdout }) };
}
