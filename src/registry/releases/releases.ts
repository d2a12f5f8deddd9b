import { TondoError } from "../../core/index.ts";
import type { Queries } from "../../database/index.ts";
import type { RegistryContext } from "../context.ts";
import { checkLimit } from "../limits.ts";
import { getModel } from "../models/models.ts";
import { isVersionId } from "../names.ts";
import { decodePath, encodePath, type PartitionPath } from "../partition-path.ts";
import { pinnedToParent, type TagTarget } from "../tags/tag-target.ts";
import { type Release, type ReleaseDifference, type ReleaseNode, toRelease } from "./release.ts";

/**
 * A release by its id, or by the number that it has in its model.
 * @throws TondoError `MODEL_NOT_FOUND`, `RELEASE_NOT_FOUND`
 */
export async function getRelease(context: RegistryContext, model: string, release: string | number): Promise<Release> {
  await getModel(context, model);
  return findRelease(context.database.queries, model, release);
}

/** The same within a transaction, of a model that is there. */
export async function findRelease(queries: Queries, model: string, release: string | number): Promise<Release> {
  let query = queries.selectFrom("releases").selectAll().where("model", "=", model);
  if (typeof release === "number") query = query.where("number", "=", release);
  else if (isVersionId(release)) query = query.where("id", "=", release.toLowerCase());
  else throw releaseNotFound(model, release);
  const row = await query.executeTakeFirst();
  if (row === undefined) throw releaseNotFound(model, release);
  return toRelease(row);
}

/**
 * A model's releases, newest first, from before a number.
 * @throws TondoError `MODEL_NOT_FOUND`, `LIMIT_EXCEEDED`
 */
export async function listReleases(
  context: RegistryContext,
  model: string,
  page: { readonly limit?: number; readonly before?: number } = {},
): Promise<readonly Release[]> {
  const { limit = 100, before } = page;
  checkLimit("limit", limit, context.limits, "maxPage");
  await getModel(context, model);
  let query = context.database.queries
    .selectFrom("releases")
    .selectAll()
    .where("model", "=", model)
    .orderBy("number", "desc")
    .limit(limit);
  if (before !== undefined) query = query.where("number", "<", before);
  return (await query.execute()).map(toRelease);
}

/**
 * The nodes of a release by path, behind one.
 * @throws TondoError `MODEL_NOT_FOUND`, `RELEASE_NOT_FOUND`, `LIMIT_EXCEEDED`
 */
export async function listReleaseNodes(
  context: RegistryContext,
  model: string,
  release: string | number,
  page: { readonly limit?: number; readonly after?: PartitionPath } = {},
): Promise<readonly ReleaseNode[]> {
  const { limit = 1_000, after } = page;
  checkLimit("limit", limit, context.limits, "maxPage");
  const { id } = await getRelease(context, model, release);
  let query = context.database.queries
    .selectFrom("release_nodes")
    .select(["path", "version_id"])
    .where("release_id", "=", id)
    .orderBy("path")
    .limit(limit);
  if (after !== undefined) query = query.where("path", ">", encodePath(after));
  return (await query.execute()).map(({ path, version_id: versionId }) =>
    Object.freeze({ path: decodePath(path), versionId }),
  );
}

/**
 * The nodes that two releases of a model have otherwise, by path.
 * @throws TondoError `MODEL_NOT_FOUND`, `RELEASE_NOT_FOUND`
 */
export async function compareReleases(
  context: RegistryContext,
  model: string,
  from: string | number,
  to: string | number,
): Promise<readonly ReleaseDifference[]> {
  const { queries } = context.database;
  const [one, other] = [await getRelease(context, model, from), await findRelease(queries, model, to)];
  const [before, after] = [await nodesOf(queries, one.id), await nodesOf(queries, other.id)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [was, is] = [before.get(path) ?? null, after.get(path) ?? null];
    return was === is ? [] : [Object.freeze({ path: decodePath(path), from: was, to: is })];
  });
}

/** Where each node of a release is, by encoded path. */
export async function nodesOf(queries: Queries, releaseId: string): Promise<Map<string, TagTarget>> {
  const rows = await queries
    .selectFrom("release_nodes")
    .select(["path", "version_id"])
    .where("release_id", "=", releaseId)
    .execute();
  return new Map(rows.map(({ path, version_id: version }) => [path, version ?? pinnedToParent]));
}

function releaseNotFound(model: string, release: string | number): TondoError {
  const which = typeof release === "number" ? String(release) : JSON.stringify(release.slice(0, 200));
  return new TondoError("RELEASE_NOT_FOUND", `${model} has no release ${which}`, {
    hint: "Look at the model's releases, or make one.",
    details: { model, release },
  });
}
