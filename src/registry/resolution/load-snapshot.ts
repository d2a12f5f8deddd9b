import type { RegistryContext } from "../context.ts";
import { decodeLevels } from "../models/model.ts";
import { modelNotFound } from "../models/models.ts";
import { decodePath } from "../partition-path.ts";
import { toNode } from "../partition-nodes.ts";
import { headColumns, headOf } from "../versions/version.ts";
import { ModelSnapshot } from "./model-snapshot.ts";

/**
 * The revision that a model is at now.
 * @throws TondoError `MODEL_NOT_FOUND`
 */
export async function readRevision(context: RegistryContext, model: string): Promise<number> {
  const { queries } = context.database;
  const row = await queries.selectFrom("models").select("revision").where("name", "=", model).executeTakeFirst();
  if (row === undefined) throw await modelNotFound(queries, model);
  return row.revision;
}

/**
 * Reads all that resolution needs to know of a model. The revision is read first, so that a change in between makes
 * the snapshot look older than it is, never newer; the tags are one statement, so that moves that happened as one
 * are seen as one.
 *
 * @throws TondoError `MODEL_NOT_FOUND`
 */
export async function loadSnapshot(context: RegistryContext, model: string): Promise<ModelSnapshot> {
  const { queries } = context.database;
  const loadedAt = context.clock();
  const head = await queries
    .selectFrom("models")
    .select(["revision", "levels"])
    .where("name", "=", model)
    .executeTakeFirst();
  if (head === undefined) throw await modelNotFound(queries, model);
  const tagged = await queries
    .selectFrom("tags")
    .leftJoin("versions", "versions.id", "tags.version_id")
    .select(["tags.tag", "tags.path as node", "tags.pinned"])
    .select(headColumns)
    .where("tags.model", "=", model)
    .where((of) => of.or([of("tags.version_id", "is not", null), of("tags.pinned", "=", 1)]))
    .execute();
  const trained = await queries.selectFrom("versions").select("path").distinct().where("model", "=", model).execute();
  const nodes = await queries.selectFrom("partition_nodes").selectAll().where("model", "=", model).execute();
  return new ModelSnapshot({
    model,
    revision: head.revision,
    levels: decodeLevels(head.levels),
    tagged: tagged.flatMap((row) => {
      const version = headOf(row);
      return version === undefined ? [] : [{ tag: row.tag, version }];
    }),
    pinned: tagged.flatMap(({ tag, node, pinned }) => (pinned === 1 ? [{ tag, path: decodePath(node) }] : [])),
    trained: trained.map((row) => decodePath(row.path)),
    nodes: nodes.map(toNode),
    loadedAt,
  });
}
