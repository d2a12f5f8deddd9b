import { resolve } from "node:path";
import type { Manifest } from "../../featurestore/index.ts";
import type { TrainAndRegisterResult } from "../../training/index.ts";
import { usageError } from "../arguments/index.ts";
import type { Command } from "../command.ts";
import { count, counted, metricsText, nodeText, pairs, table } from "../output/index.ts";
import { functionsOption, openProject, projectOptions, withFunctions } from "../project.ts";
import { chooseTrainer, levelArguments, trainerOptions, trainerParameters } from "../trainer-options.ts";

/** How many nodes the table shows. */
const maxShown = 20;

/** `tondo train`: models for all nodes of a hierarchy, registered and tagged. */
export const trainCommand: Command = {
  name: "train",
  summary: "train on a training set, register the models, move a tag",
  about:
    "Trains one model on all rows and, with --level, one for each node of a hierarchy that has at least --min-rows rows; judges " +
    "each on the holdout rows of its own node; registers them; and moves --tag to all of them at once. The same training again " +
    "registers nothing new.\n\n" +
    "An outside program (--trainer-command) is started in a folder with train.parquet, holdout.parquet and parameters.json, and " +
    "leaves model.json and metrics.json there.",
  synopsis: [
    "SETDIR --model NAME --label LABEL --trainer linear|logistic [--level LEVEL=COLUMN ...] [--tag TAG]",
    "SETDIR --model NAME --label LABEL --trainer-command PROGRAM [--trainer-arg ARG ...]",
  ],
  positionals: [{ name: "SETDIR", help: "a folder that training-set made" }],
  options: {
    model: { value: "NAME", help: "the model to register versions of; made where it is missing", required: true },
    label: { value: "LABEL", help: "which of the vector's labels it learns", required: true },
    ...trainerOptions,
    level: {
      value: "LEVEL=COLUMN",
      help: "a level below the global one, from the top down, and its carried column",
      many: true,
    },
    "min-rows": { value: "N", help: "a node with fewer training rows gets no model", default: "1" },
    missing: {
      value: "HOW",
      help: "rows that lack a slot or label: error, drop, or keep for trainers that can",
      default: "error",
    },
    seed: { value: "N", help: "the trainer's only source of randomness", default: "0" },
    tag: { value: "TAG", help: "move this tag to all models trained" },
    reason: { value: "TEXT", help: "why, for the tag's history" },
    owner: { value: "TEXT", help: "whose model it is, when it is made" },
    description: { value: "TEXT", help: "what it is, when it is made" },
    ...projectOptions,
    ...functionsOption,
  },
  examples: [
    "tondo train training/eta --model eta --label minutes --trainer linear \\\n" +
      "      --level country=country --level city=city --min-rows 500 --tag champion",
    "tondo train training/eta --model eta --label minutes --trainer-command python3 --trainer-arg train.py",
  ],
  async run(context) {
    const { args, progress, terminal } = context;
    const levels = levelArguments(args);
    const parameters = trainerParameters(args);
    const missing = missingPolicy(args.text("missing"));
    const minRows = args.integer("min-rows", 1);
    const seed = args.integer("seed", 0);
    await using tondo = await openProject(context, "writing", await withFunctions(context));
    const trainer = await chooseTrainer(args, tondo.folder, terminal.environment);
    const folder = resolve(tondo.folder, args.argument("SETDIR"));
    const manifest = await manifestOf(folder);
    const text = (name: string): Readonly<Record<string, string>> => {
      const value = args.text(name);
      return value === undefined ? {} : { [name]: value };
    };
    const result = await tondo.train({
      set: { folder, manifest, made: false },
      model: args.required("model"),
      label: args.required("label"),
      trainer,
      levels,
      parameters,
      ...(missing === undefined ? {} : { missing }),
      ...(minRows === undefined ? {} : { minRows }),
      ...(seed === undefined ? {} : { seed }),
      ...text("tag"),
      ...text("reason"),
      ...text("owner"),
      ...text("description"),
      progress,
      signal: terminal.signal,
    });
    return { text: textOf(result, args.text("tag")), json: jsonOf(result) };
  },
};

function missingPolicy(text: string | undefined): "error" | "drop" | "keep" | undefined {
  if (text === undefined || text === "error" || text === "drop" || text === "keep") return text;
  throw usageError(`--missing: "${text}" is none of error, drop and keep`);
}

function textOf(result: TrainAndRegisterResult, tag: string | undefined): string {
  const { model, nodes, versions, resolved, dropped, moved } = result;
  const fresh = versions.filter(({ created }) => created).length;
  const few = nodes.filter(({ state }) => state === "too_few_rows").length;
  const byLevel = Object.entries(resolved.rowsByLevel).map(([level, rows]) => `${counted(rows, "row")} by ${level}`);
  const summary = pairs([
    ["model", model],
    ["versions", `${count(versions.length)}, ${fresh === 0 ? "all known already" : `${count(fresh)} of them new`}`],
    ...(few === 0 ? [] : [["too few rows", counted(few, "node")] as const]),
    ...(dropped.train + dropped.holdout === 0
      ? []
      : [["dropped", `${counted(dropped.train, "row")} to train, ${count(dropped.holdout)} to judge`] as const]),
    ["holdout", resolved.holdout === null || resolved.holdout.rows === 0 ? "no rows" : metricsText(flat(result))],
    ...(byLevel.length < 2 ? [] : [["answered", byLevel.join(", ")] as const]),
    ...(tag === undefined
      ? []
      : [["tag", `${tag}: ${counted(moved.filter(({ changed }) => changed).length, "node")} moved`] as const]),
  ]);
  const right = { align: "right" as const };
  const headings = [{ name: "NODE" }, { name: "ROWS", ...right }, { name: "HOLDOUT" }, { name: "VERSION", ...right }];
  let next = 0;
  const rows = nodes.map((node) => {
    const version = node.state === "trained" ? versions[next++]?.version : undefined;
    return [
      nodeText(node.level, node.path),
      count(node.rows),
      version === undefined ? "too few rows" : metricsText(version.metrics),
      version === undefined ? "-" : String(version.number),
    ];
  });
  const more =
    rows.length > maxShown
      ? `\nand ${counted(rows.length - maxShown, "more node")}: \`tondo models ${model} --nodes\``
      : "";
  return `${summary}\n\n${table(headings, rows.slice(0, maxShown))}${more}`;
}

function flat({ resolved }: TrainAndRegisterResult): Readonly<Record<string, number | null>> {
  return Object.fromEntries(Object.entries(resolved.holdout?.metrics ?? {}).map(([name, { value }]) => [name, value]));
}

function jsonOf(result: TrainAndRegisterResult): Readonly<Record<string, unknown>> {
  const { model, nodes, versions, resolved, dropped, moved } = result;
  let next = 0;
  return {
    model,
    holdout: { rows: resolved.holdout?.rows ?? 0, metrics: flat(result), rowsByLevel: resolved.rowsByLevel },
    dropped,
    nodes: nodes.map(({ path, level, rows, holdoutRows, state }) => {
      const registered = state === "trained" ? versions[next++] : undefined;
      const version =
        registered === undefined
          ? null
          : {
              id: registered.version.id,
              number: registered.version.number,
              created: registered.created,
              metrics: registered.version.metrics,
            };
      return { path, level, rows, holdoutRows, state, version };
    }),
    moved,
  };
}

/** A function of its own: beside an `await using`, tsc would leave the module's name `.ts` in the package. */
async function manifestOf(folder: string): Promise<Manifest> {
  const { readManifest } = await import("../../featurestore/index.ts");
  return readManifest(folder);
}
