import { TondoError } from "../../core/index.ts";
import type { RegistryContext } from "../context.ts";
import { checkLimit } from "../limits.ts";
import { getModel } from "../models/models.ts";
import { encodePath, type PartitionPath } from "../partition-path.ts";
import { type ModelVersion, toVersion } from "./version.ts";

/** A page of a model's versions. */
export interface VersionPage {
  /** Newest first. */
  readonly versions: readonly ModelVersion[];
  /** What to give as `after` for the next page; `null` on the last one. */
  readonly next: number | null;
}

/**
 * One version by its id.
 * @throws TondoError `VERSION_NOT_FOUND`
 */
export async function getVersion(context: RegistryContext, id: string): Promise<ModelVersion> {
  const row = await context.database.queries
    .selectFrom("versions")
    .selectAll()
    .where("id", "=", id.toLowerCase())
    .executeTakeFirst();
  if (row === undefined) throw versionNotFound(id);
  return toVersion(row);
}

/**
 * A model's versions, newest first, of one node of its hierarchy or of all.
 * @throws TondoError `MODEL_NOT_FOUND`, `LIMIT_EXCEEDED`
 */
export async function listVersions(
  context: RegistryContext,
  model: string,
  page: { readonly path?: PartitionPath; readonly limit?: number; readonly after?: number } = {},
): Promise<VersionPage> {
  const { path, limit = 100, after } = page;
  checkLimit("limit", limit, context.limits, "maxPage");
  await getModel(context, model);
  let query = context.database.queries
    .selectFrom("versions")
    .selectAll()
    .where("model", "=", model)
    .orderBy("number", "desc")
    .limit(limit + 1);
  if (path !== undefined) query = query.where("path", "=", encodePath(path));
  if (after !== undefined) query = query.where("number", "<", after);
  const rows = await query.execute();
  const versions = rows.slice(0, limit).map(toVersion);
  return { versions, next: rows.length > limit ? (versions.at(-1)?.number ?? null) : null };
}

/** The error of a version that does not exist. */
export function versionNotFound(id: string, model?: string): TondoError {
  return new TondoError("VERSION_NOT_FOUND", `${id} is no version of ${model ?? "this registry"}`, {
    hint: "Look at the model's versions, or check which database this is.",
    details: { versionId: id, ...(model === undefined ? {} : { model }) },
  });
}
