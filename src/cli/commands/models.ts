import { formatMicros, type Micros } from "../../core/index.ts";
import type { Tondo } from "../../open.ts";
import { formatPath, type Model, type ModelVersion, type PartitionNode, type TagState } from "../../registry/index.ts";
import { partitionArgument, partitionOptions } from "../arguments/index.ts";
import type { Command, CommandContext, CommandResult } from "../command.ts";
import { count, counted, metricsText, momentText, pairs, printable, table } from "../output/index.ts";
import { openProject, projectOptions } from "../project.ts";

const pageSize = 1000;
const defaultLimit = 20;

/** `tondo models`: what is registered? */
export const modelsCommand: Command = {
  name: "models",
  summary: "list models, or a model's versions with metrics and tags",
  about:
    "Without a name lists the models. With one shows the model: its versions, newest first, with the node each was trained for, its " +
    "holdout metrics and its tags, and the nodes of its hierarchy.",
  synopsis: ["", "NAME [--path A/B/C] [--nodes]"],
  positionals: [{ name: "NAME", help: "a model", optional: true }],
  options: {
    limit: { value: "N", help: "how many models or versions to show", default: String(defaultLimit) },
    ...partitionOptions("path", "only the versions of this node; / is the global one"),
    nodes: { help: "list the nodes of the hierarchy with their rows" },
    ...projectOptions,
  },
  examples: ["tondo models", "tondo models eta --path FR/Lyon"],
  async run(context) {
    const name = context.args.optional("NAME");
    const limit = context.args.integer("limit", 1) ?? defaultLimit;
    await using tondo = await openProject(context, "reading");
    return name === undefined ? await list(tondo, limit) : await show(tondo, name, limit, context);
  },
};

async function list(tondo: Tondo, limit: number): Promise<CommandResult> {
  const page = await tondo.registry.listModels({ limit: Math.min(pageSize, limit + 1) });
  const models = page.slice(0, limit);
  const json = { models: models.map(modelJson), more: page.length > models.length };
  if (models.length === 0) return { text: "no models yet: `tondo train` makes one", json };
  const rows = models.map(({ name, levels, lastNumber, owner, createdAt }) => [
    name,
    count(lastNumber),
    levels.join(" > "),
    printable(owner) || "-",
    momentText(createdAt),
  ]);
  const headings = [
    { name: "MODEL" },
    { name: "VERSIONS", align: "right" as const },
    { name: "LEVELS" },
    { name: "OWNER" },
    { name: "CREATED (UTC)" },
  ];
  const more = json.more ? `\n\nand more: raise --limit ${String(limit)}` : "";
  return { text: `${table(headings, rows)}${more}`, json };
}

async function show(tondo: Tondo, name: string, limit: number, { args }: CommandContext): Promise<CommandResult> {
  const { registry } = tondo;
  const path = partitionArgument(args, "path");
  const model = await registry.getModel(name);
  const { versions, next } = await registry.listVersions(name, {
    limit: Math.min(pageSize, limit),
    ...(path === undefined ? {} : { path }),
  });
  const tags = await all<TagState>((after) => registry.listTags(name, { limit: pageSize, ...(after && { after }) }));
  const nodes = await all<PartitionNode>((after) =>
    registry.listNodes(name, { limit: pageSize, ...(after && { after: after.path }) }),
  );
  const parts = [
    pairs([
      ["model", name],
      ...(model.description === "" ? [] : [["about", printable(model.description)] as const]),
      ...(model.owner === "" ? [] : [["owner", printable(model.owner)] as const]),
      ["levels", model.levels.join(" > ")],
      ["versions", count(model.lastNumber)],
      ["nodes", nodesText(nodes)],
      ["tags", tagsText(tags)],
      ["created", `${momentText(model.createdAt)} UTC by ${printable(model.createdBy)}`],
    ]),
    versionsText(versions, tags),
    ...(next === null ? [] : ["and more: raise --limit, or narrow it with --path"]),
    ...(args.flag("nodes") ? [nodesTable(nodes)] : []),
  ];
  return {
    text: parts.join("\n\n"),
    json: {
      model: modelJson(model),
      versions: versions.map((version) => ({
        ...version,
        tags: tagsOf(tags, version.id),
        createdAt: formatMicros(version.createdAt),
        startedAt: iso(version.startedAt),
        endedAt: iso(version.endedAt),
      })),
      more: next !== null,
      tags,
      nodes,
    },
  };
}

function versionsText(versions: readonly ModelVersion[], tags: readonly TagState[]): string {
  if (versions.length === 0) return "no versions";
  const rows = versions.map((version) => [
    String(version.number),
    printable(formatPath(version.path)),
    version.trainer.name,
    rowsText(version),
    metricsText(version.metrics),
    tagsOf(tags, version.id).join(",") || "-",
    momentText(version.createdAt),
    version.id,
  ]);
  const right = { align: "right" as const };
  const headings = [
    { name: "VERSION", ...right },
    { name: "NODE" },
    { name: "TRAINER" },
    { name: "ROWS", ...right },
    { name: "HOLDOUT" },
    { name: "TAGS" },
    { name: "CREATED (UTC)" },
    { name: "ID" },
  ];
  return table(headings, rows);
}

/** The rows of the node it was trained on; of versions registered by others, what their training set counts. */
function rowsText({ configuration, trainingSet }: ModelVersion): string {
  const { rows = trainingSet?.counts["rows"] } = configuration as { readonly rows?: unknown };
  return typeof rows === "number" ? count(rows) : "-";
}

function nodesTable(nodes: readonly PartitionNode[]): string {
  const rows = nodes.map(({ path, rows: n, minRows, state }) => [
    printable(formatPath(path)),
    count(n),
    state === "trained" ? "trained" : `too few rows, a model needs ${count(minRows)}`,
  ]);
  return table([{ name: "NODE" }, { name: "ROWS", align: "right" }, { name: "STATE" }], rows);
}

function nodesText(nodes: readonly PartitionNode[]): string {
  const trained = nodes.filter(({ state }) => state === "trained").length;
  const few = nodes.length - trained;
  return `${count(trained)} trained${few === 0 ? "" : `, ${count(few)} with too few rows`}`;
}

function tagsText(tags: readonly TagState[]): string {
  const names = [...new Set(tags.map(({ tag }) => tag))];
  if (names.length === 0) return "none";
  return names.map((name) => `${name} on ${counted(tags.filter(({ tag }) => tag === name).length, "node")}`).join(", ");
}

function tagsOf(tags: readonly TagState[], id: string): readonly string[] {
  return tags.filter(({ versionId }) => versionId === id).map(({ tag }) => tag);
}

function modelJson(model: Model): Readonly<Record<string, unknown>> {
  return { ...model, createdAt: formatMicros(model.createdAt) };
}

function iso(micros: Micros | null): string | null {
  return micros === null ? null : formatMicros(micros);
}

/** All pages of a listing. */
async function all<T>(read: (after: T | undefined) => Promise<readonly T[]>): Promise<readonly T[]> {
  const items: T[] = [];
  for (;;) {
    const page = await read(items.at(-1));
    items.push(...page);
    if (page.length < pageSize) return items;
  }
}
