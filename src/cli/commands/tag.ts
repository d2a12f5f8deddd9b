import { formatMicros, TondoError } from "../../core/index.ts";
import type { Tondo } from "../../open.ts";
import {
  formatPath,
  isVersionId,
  type PartitionPath,
  pinnedToParent,
  type TagChange,
  type TagTarget,
} from "../../registry/index.ts";
import { momentArgument, partitionArgument, partitionOptions, usageError } from "../arguments/index.ts";
import type { Command, CommandContext, CommandResult } from "../command.ts";
import { momentText, printable, table } from "../output/index.ts";
import { openProject, projectOptions } from "../project.ts";

const defaultLimit = 20;

/** `tondo tag`: moves tags and shows where they are and were. */
export const tagCommand: Command = {
  name: "tag",
  summary: "move a tag to a version, or show where tags are and were",
  about:
    "A tag, such as champion, says which version serves a node. With a version moves it there; the version serves the node that it " +
    "was trained for. `none` takes the tag away from the node of --path; `parent` has that node be served by the one above it, whatever versions it has.\n\n" +
    "--expected makes the move a compare-and-set: where somebody else moved the tag meanwhile, it fails with TAG_CONFLICT and " +
    "nothing changes. Every move is kept, with who, when and why: --history shows them, --at where the tag was at a moment.",
  synopsis: [
    "MODEL [TAG]",
    "MODEL TAG VERSION [--expected VERSION] [--reason TEXT]",
    "MODEL TAG --history [--path A/B/C]",
    "MODEL TAG --at MOMENT [--path A/B/C]",
  ],
  positionals: [
    { name: "MODEL", help: "a model" },
    { name: "TAG", help: "a tag", optional: true },
    { name: "VERSION", help: "a version by its id or its number, none, or parent", optional: true },
  ],
  options: {
    ...partitionOptions("path", "the node; default: the one that the version was trained for, else the global one"),
    expected: { value: "VERSION", help: "where the tag must be now, by id or number, none, or parent" },
    reason: { value: "TEXT", help: "why, for the history" },
    history: { help: "show the moves, newest first" },
    at: { value: "MOMENT", help: "show where the tag was then" },
    limit: { value: "N", help: "how many moves to show", default: String(defaultLimit) },
    ...projectOptions,
  },
  examples: [
    "tondo tag eta champion 4 --expected 2 --reason 'better on the holdout'",
    "tondo tag eta champion --history --path FR/Lyon",
  ],
  async run(context) {
    const { args } = context;
    const [tag, version] = [args.optional("TAG"), args.optional("VERSION")];
    const asks = args.flag("history") || args.text("at") !== undefined;
    if (asks && (tag === undefined || version !== undefined)) {
      throw usageError("--history and --at show one tag's moves", "Give MODEL and TAG, and no VERSION.");
    }
    if (version === undefined && (args.text("expected") !== undefined || args.text("reason") !== undefined)) {
      throw usageError("VERSION is missing: where the tag is to be moved", "Give a version's id or number, or none.");
    }
    await using tondo = await openProject(context, "reading");
    const model = args.argument("MODEL");
    if (tag === undefined || (version === undefined && !asks)) return await list(tondo, model, tag);
    if (version !== undefined) return await move(tondo, model, tag, version, context);
    return await history(tondo, model, tag, context);
  },
};

async function list(tondo: Tondo, model: string, tag: string | undefined): Promise<CommandResult> {
  const tags = await tondo.registry.listTags(model, tag === undefined ? {} : { tag });
  const rows = tags.map(({ tag: name, path, versionId, pinned, seq }) => [
    name,
    printable(formatPath(path)),
    targetText(versionId, pinned),
    String(seq),
  ]);
  const headings = [{ name: "TAG" }, { name: "NODE" }, { name: "VERSION" }, { name: "MOVES", align: "right" as const }];
  const none = tag === undefined ? `${model} has no tags yet` : `no version of ${model} is tagged ${tag}`;
  return { text: rows.length === 0 ? none : table(headings, rows), json: { model, tags } };
}

async function move(
  tondo: Tondo,
  model: string,
  tag: string,
  version: string,
  { args }: CommandContext,
): Promise<CommandResult> {
  const given = partitionArgument(args, "path");
  const expected = args.text("expected");
  const reason = args.text("reason");
  const to = await versionOf(tondo, model, version);
  const path = given ?? to?.path ?? [];
  const from = expected === undefined ? undefined : await targetOf(tondo, model, expected);
  const moved = await tondo.registry.setTag({
    model,
    tag,
    path,
    versionId: version === pinnedToParent ? pinnedToParent : (to?.id ?? null),
    ...(from === undefined ? {} : { expected: from }),
    ...(reason === undefined ? {} : { reason }),
  });
  const where = `${model}@${tag} on ${printable(formatPath(path))}`;
  const target = targetText(moved.versionId, moved.pinned);
  const text = moved.changed
    ? `${where}: ${targetText(moved.previousVersionId, moved.previousPinned)} -> ${target}`
    : `${where}: ${target} already`;
  return { text, json: { ...moved } };
}

async function history(tondo: Tondo, model: string, tag: string, { args }: CommandContext): Promise<CommandResult> {
  const path = partitionArgument(args, "path") ?? [];
  const at = momentArgument(args, "at");
  const limit = args.integer("limit", 1) ?? defaultLimit;
  const place = { model, tag, path };
  const entry = at === undefined ? undefined : await tondo.registry.tagAsOf({ ...place, at: BigInt(at) });
  const changes =
    entry === undefined ? await tondo.registry.tagHistory({ ...place, limit }) : entry === null ? [] : [entry];
  const rows = changes.map((change) => [
    String(change.seq),
    momentText(change.at),
    targetText(change.previousVersionId, change.previousPinned),
    targetText(change.versionId, change.pinned),
    printable(change.actor),
    printable(change.reason) || "-",
  ]);
  const headings = [
    { name: "MOVE", align: "right" as const },
    { name: "WHEN (UTC)" },
    { name: "FROM" },
    { name: "TO" },
    { name: "BY" },
    { name: "WHY" },
  ];
  const none = `${model}@${tag} was never set on ${printable(formatPath(path))}${at === undefined ? "" : " by then"}`;
  const json = { ...place, changes: changes.map(changeJson) };
  return { text: rows.length === 0 ? none : table(headings, rows), json };
}

/** Where a tag is, for people. */
function targetText(versionId: string | null, isPinned: boolean): string {
  return versionId ?? (isPinned ? pinnedToParent : "none");
}

/** Where a tag is expected to be. */
async function targetOf(tondo: Tondo, model: string, text: string): Promise<TagTarget> {
  return text === pinnedToParent ? pinnedToParent : ((await versionOf(tondo, model, text))?.id ?? null);
}

/** A version by its id or number; `undefined` for `none`, and for `parent`. */
async function versionOf(
  tondo: Tondo,
  model: string,
  text: string,
): Promise<{ readonly id: string; readonly path: PartitionPath } | undefined> {
  if (text === "none" || text === pinnedToParent) return undefined;
  if (isVersionId(text)) return tondo.registry.getVersion(text);
  const number = /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
  if (number === undefined) {
    throw usageError(`"${text}" is neither a version's id nor its number`, `\`tondo models ${model}\` lists them.`);
  }
  const { versions } = await tondo.registry.listVersions(model, { after: number + 1, limit: 1 });
  const [version] = versions;
  if (version?.number === number) return version;
  throw new TondoError("VERSION_NOT_FOUND", `${model} has no version ${text}`, {
    hint: `\`tondo models ${model}\` lists its versions.`,
    details: { model, number },
  });
}

function changeJson(change: TagChange): Readonly<Record<string, unknown>> {
  return { ...change, at: formatMicros(change.at) };
}
