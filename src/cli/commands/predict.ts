import { formatMicros, parseTypeName, TondoError } from "../../core/index.ts";
import { piiOutputs, type VectorPlan } from "../../dsl/index.ts";
import type { Tondo } from "../../open.ts";
import { packageFiles } from "../../registry/index.ts";
import type { Prediction } from "../../serving/index.ts";
import {
  askAtMoment,
  askedMomentOption,
  inputArguments,
  keyArguments,
  partitionArgument,
  partitionOptions,
} from "../arguments/index.ts";
import type { Command } from "../command.ts";
import { answeredPairs, decimal, pairs, type Style, table, valueText } from "../output/index.ts";
import { functionsOption, openProject, projectOptions, withFunctions } from "../project.ts";

/** `tondo predict`: a prediction by tag. */
export const predictCommand: Command = {
  name: "predict",
  summary: "predict by model and tag, for keys and inputs",
  about:
    "Resolves the tag on the partition path, reads the features that the model's vector needs from the online store, computes the " +
    "vector and scores it. Keys are given by the vector's roles; strings stay as they are, other values are read as declared.",
  synopsis: ["MODEL@TAG --key ROLE=VALUE ... --input NAME=VALUE ... [--partition A/B/C] [--at MOMENT]"],
  positionals: [{ name: "MODEL@TAG", help: "a model and a tag, or a version's id" }],
  options: {
    key: {
      value: "ROLE=VALUE",
      help: "the key of a role; ROLE.COLUMN where it has several columns",
      many: true,
      short: "k",
    },
    input: { value: "NAME=VALUE", help: "an input that the request brings", many: true, short: "i" },
    ...partitionOptions("partition", "where the request comes from, from the top down; default: the global node"),
    at: askedMomentOption,
    explain: { help: "also show the features read and the slots" },
    ...projectOptions,
    ...functionsOption,
  },
  examples: ["tondo predict eta@champion --key store=r07 --input distance_km=3.2 --partition FR/Lyon --at loaded"],
  async run(context) {
    const { args, style } = context;
    const reference = args.argument("MODEL@TAG");
    const partition = partitionArgument(args, "partition");
    await using tondo = await openProject(context, "reading", await withFunctions(context));
    const vector = await vectorOf(tondo, reference, partition ?? []);
    const pii = piiOutputs(vector);
    const isPii = (role: string, column: string): boolean => pii.has(role) || pii.has(`${role}_${column}`);
    const keys = keyArguments(args.list("key"), vector.roles, vector.entities, isPii);
    const inputs = inputArguments(args.list("input"), vector.inputs, pii);
    const groups = vector.groups.map(({ entity, name }) => `${entity}:${name}`);
    const loaded = async (): Promise<number> => (await tondo.features()).loadedMoment(groups);
    const prediction = await askAtMoment(args, loaded, (options) =>
      tondo.predict(reference, { keys, inputs, ...(partition === undefined ? {} : { partition }), ...options }),
    );
    return {
      text: textOf(prediction, vector, style, args.flag("explain")),
      json: { ...prediction, at: formatMicros(prediction.at), missing: missingSlots(prediction) },
    };
  },
};

/** The vector that the answering version is fed, which says how keys and inputs are typed. */
async function vectorOf(tondo: Tondo, reference: string, path: readonly string[]): Promise<VectorPlan> {
  const { version } = await tondo.resolve(reference, path);
  const { files } = await tondo.registry.loadPackage(version.packageDigest);
  const file = files.get(packageFiles.vector);
  if (file !== undefined) return JSON.parse(new TextDecoder().decode(file)) as VectorPlan;
  throw new TondoError("PACKAGE_CORRUPT", `package ${version.packageDigest} has no vector`, {
    hint: "Register the model again.",
  });
}

/** How many slots a line names. */
const listed = 12;

function noneText(slots: readonly string[]): string {
  const more = slots.length > listed ? ` and ${String(slots.length - listed)} more` : "";
  const named = `${slots.slice(0, listed).join(", ")}${more}`;
  return `none: ${slots.length === 1 ? "the slot" : "the slots"} ${named} ${slots.length === 1 ? "is" : "are"} missing`;
}

/** The slots without a value, in the vector's order. */
function missingSlots({ vector }: Prediction): readonly string[] {
  return Object.entries(vector).flatMap(([name, slot]) => (slot === null ? [name] : []));
}

function textOf(prediction: Prediction, vector: VectorPlan, style: Style, explain: boolean): string {
  const { model, tag, version, features, vector: slots } = prediction;
  const value =
    prediction.prediction === null
      ? style.yellow(noneText(missingSlots(prediction)))
      : style.bold(decimal(prediction.prediction));
  const absent = Object.entries(features).filter(([, { status }]) => status !== "present");
  const parts = [
    pairs([
      [prediction.output === "probability" ? "probability" : "prediction", value],
      ["model", `${model}${tag === null ? "" : `@${tag}`}, version ${String(version.number)} (${version.id})`],
      ...answeredPairs(prediction),
      ["at", formatMicros(prediction.at)],
      ...absent.map(
        ([name, { status }], i) => [i === 0 ? "no value" : "", `${name} (${style.yellow(status)})`] as const,
      ),
    ]),
  ];
  if (explain) {
    const read = vector.reads.map(({ id, type }) => {
      const feature = features[id];
      return [id, valueText(feature?.value ?? null, parseTypeName(type).kind), feature?.status ?? "unavailable"];
    });
    const computed = Object.entries(slots).map(([name, slot]) => [name, valueText(slot, "float")]);
    parts.push(table([{ name: "FEATURE" }, { name: "VALUE" }, { name: "STATUS" }], read));
    parts.push(table([{ name: "SLOT" }, { name: "VALUE" }], computed));
  }
  return parts.join("\n\n");
}
