import { type Moment, toMicros } from "../../core/index.ts";
import type { RegistryContext } from "../context.ts";
import { checkLimit } from "../limits.ts";
import { getModel } from "../models/models.ts";
import { checkTagName } from "../names.ts";
import { decodePath, encodePath, type PartitionPath } from "../partition-path.ts";
import { setTags } from "./set-tags.ts";
import { type MovedTag, type TagChange, type TagMove, type TagState, toTagChange } from "./tag.ts";
import { tagNames, tagNotFound } from "./tag-error.ts";

/** A tag on a node of a model's hierarchy; `[]` by default. */
export interface TagPlace {
  readonly model: string;
  readonly tag: string;
  readonly path?: PartitionPath;
}

/**
 * Takes a tag away from a node; its log goes on.
 * @throws TondoError `TAG_NOT_FOUND` where it is not set there, and see {@link setTags}
 */
export async function deleteTag(context: RegistryContext, place: Omit<TagMove, "versionId">): Promise<MovedTag> {
  const [moved] = await setTags(context, [{ ...place, versionId: null }]);
  if (moved?.changed === true) return moved;
  throw tagNotFound(place.model, place.tag, place.path ?? [], await tagNames(context.database.queries, place.model));
}

/**
 * The log of a tag on one node, newest first, from before an entry's number.
 * @throws TondoError `MODEL_NOT_FOUND`
 */
export async function tagHistory(
  context: RegistryContext,
  place: TagPlace & { readonly limit?: number; readonly before?: number },
): Promise<readonly TagChange[]> {
  const { model, tag, path = [], limit = 100, before } = place;
  checkLimit("limit", limit, context.limits, "maxPage");
  await getModel(context, model);
  let query = logOf(context, model, tag, path).orderBy("seq", "desc").limit(limit);
  if (before !== undefined) query = query.where("seq", "<", before);
  return (await query.execute()).map(toTagChange);
}

/**
 * The log entry that was in force at a moment: where the tag was, and since when. `null` before the first one.
 * @throws TondoError `MODEL_NOT_FOUND`
 */
export async function tagAsOf(
  context: RegistryContext,
  place: TagPlace & { readonly at: Moment },
): Promise<TagChange | null> {
  const { model, tag, path = [] } = place;
  const at = toMicros(place.at);
  await getModel(context, model);
  const row = await logOf(context, model, tag, path)
    .where("at", "<=", at)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? null : toTagChange(row);
}

/**
 * Where a model's tags are, by name and path; `tag` narrows it to one.
 * @throws TondoError `MODEL_NOT_FOUND`
 */
export async function listTags(
  context: RegistryContext,
  model: string,
  page: { readonly tag?: string; readonly limit?: number; readonly after?: TagState } = {},
): Promise<readonly TagState[]> {
  const { tag, limit = 1_000, after } = page;
  checkLimit("limit", limit, context.limits, "maxPage");
  await getModel(context, model);
  let query = context.database.queries
    .selectFrom("tags")
    .select(["tag", "path", "version_id", "pinned", "seq"])
    .where("model", "=", model)
    .where((of) => of.or([of("version_id", "is not", null), of("pinned", "=", 1)]))
    .orderBy("tag")
    .orderBy("path")
    .limit(limit);
  if (tag !== undefined) query = query.where("tag", "=", checkTagName(tag));
  if (after !== undefined) {
    const path = encodePath(after.path);
    query = query.where((of) =>
      of.or([of("tag", ">", after.tag), of.and([of("tag", "=", after.tag), of("path", ">", path)])]),
    );
  }
  const rows = await query.execute();
  return rows.map(({ tag, path, version_id: versionId, pinned, seq }) => ({
    ...{ tag, path: decodePath(path), versionId, pinned: pinned === 1, seq },
  }));
}

function logOf(context: RegistryContext, model: string, tag: string, path: PartitionPath) {
  return context.database.queries
    .selectFrom("tag_changes")
    .selectAll()
    .where("model", "=", model)
    .where("tag", "=", checkTagName(tag))
    .where("path", "=", encodePath(path));
}
