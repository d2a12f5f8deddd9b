import type { RegistryContext } from "../context.ts";
import { decodeLevels } from "../models/model.ts";
import { modelNotFound } from "../models/models.ts";
import { parseModelReference } from "../names.ts";
import { encodePath, levelOf, type PartitionPath, pathAndAncestors } from "../partition-path.ts";
import { toNode } from "../partition-nodes.ts";
import { tagNames, tagNotFound } from "../tags/tag-error.ts";
import { headColumns, headOf, toHead } from "../versions/version.ts";
import { versionNotFound } from "../versions/versions.ts";
import { explainSkipped, type Resolution, type SkippedNode } from "./resolution.ts";

/**
 * Finds the version that `name@tag` means on a node: the node's own, else that of the nearest node above. A version
 * asked for by its id is given whatever the node. Reads the database: for many requests take a resolver.
 *
 * @throws TondoError `MODEL_NOT_FOUND`, `TAG_NOT_FOUND`, `VERSION_NOT_FOUND`, `PARTITION_INVALID`
 */
export async function resolve(
  context: RegistryContext,
  reference: string,
  path: PartitionPath = [],
): Promise<Resolution> {
  const { model, tag, versionId } = parseModelReference(reference);
  if (versionId !== undefined) return resolveVersion(context, model, versionId);
  const ways = pathAndAncestors(path);
  const encoded = ways.map(encodePath);
  const rows = await context.database.queries
    .selectFrom("models")
    .leftJoin("tags", (join) =>
      join
        .onRef("tags.model", "=", "models.name")
        .on("tags.tag", "=", tag)
        .on("tags.path", "in", encoded)
        .on((of) => of.or([of("tags.version_id", "is not", null), of("tags.pinned", "=", 1)])),
    )
    .leftJoin("versions", "versions.id", "tags.version_id")
    .select(["models.levels", "tags.path as node", "tags.pinned"])
    .select(headColumns)
    .where("models.name", "=", model)
    .execute();
  const [first] = rows;
  if (first === undefined) throw await modelNotFound(context.database.queries, model);
  const levels = decodeLevels(first.levels);
  levelOf(levels, path);
  // A version's path is that of the node whose tag it carries.
  const byPath = new Map(rows.map((row) => [row.path, row]));
  const depth = encoded.findIndex((text) => byPath.has(text));
  const answer = depth < 0 ? undefined : headOf(byPath.get(encoded[depth] ?? ""));
  const passed = answer === undefined ? ways : ways.slice(0, depth);
  const pinned = new Set(rows.flatMap(({ node, pinned: isPinned }) => (node !== null && isPinned === 1 ? [node] : [])));
  const skipped = passed.length === 0 ? [] : await explain(context, { model, tag, levels, pinned }, passed);
  if (answer === undefined) {
    throw tagNotFound(model, tag, path, await tagNames(context.database.queries, model), { skipped });
  }
  return Object.freeze({
    model,
    tag,
    version: answer,
    level: levelOf(levels, answer.path),
    path: answer.path,
    skipped,
  });
}

/**
 * The resolution of a version that was asked for by its id.
 * @throws TondoError `VERSION_NOT_FOUND`
 */
export async function resolveVersion(context: RegistryContext, model: string, versionId: string): Promise<Resolution> {
  const row = await context.database.queries
    .selectFrom("versions")
    .innerJoin("models", "models.name", "versions.model")
    .select("models.levels")
    .select(headColumns)
    .where("versions.id", "=", versionId)
    .where("versions.model", "=", model)
    .executeTakeFirst();
  if (row === undefined) throw versionNotFound(versionId, model);
  const version = toHead(row);
  const level = levelOf(decodeLevels(row.levels), version.path);
  return Object.freeze({ model, tag: null, version, level, path: version.path, skipped: [] });
}

/** What was asked for, and where it is pinned. */
interface Asked {
  readonly model: string;
  readonly tag: string;
  readonly levels: readonly string[];
  /** Encoded paths. */
  readonly pinned: ReadonlySet<string>;
}

async function explain(
  context: RegistryContext,
  { model, tag, levels, pinned }: Asked,
  paths: readonly PartitionPath[],
): Promise<readonly SkippedNode[]> {
  const encoded = paths.map(encodePath);
  const { queries } = context.database;
  const [versions, nodes] = await Promise.all([
    queries
      .selectFrom("versions")
      .select("path")
      .distinct()
      .where("model", "=", model)
      .where("path", "in", encoded)
      .execute(),
    queries.selectFrom("partition_nodes").selectAll().where("model", "=", model).where("path", "in", encoded).execute(),
  ]);
  const trained = new Set(versions.map((row) => row.path));
  const recorded = new Map(nodes.map((row) => [row.path, toNode(row)]));
  return paths.map((path, i) => {
    const text = encoded[i] ?? "";
    return explainSkipped(levels, tag, path, {
      ...{ hasVersion: trained.has(text), node: recorded.get(text) },
      isPinned: pinned.has(text),
    });
  });
}
