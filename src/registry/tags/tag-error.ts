import { TondoError } from "../../core/index.ts";
import type { Queries } from "../../database/index.ts";
import { formatPath, type PartitionPath } from "../partition-path.ts";
import type { TagTarget } from "./tag-target.ts";

const maxNamed = 20;

/** The names of the tags that a model has anywhere, at most that many. */
export async function tagNames(queries: Queries, model: string, limit: number = maxNamed): Promise<readonly string[]> {
  const rows = await queries
    .selectFrom("tags")
    .select("tag")
    .distinct()
    .where("model", "=", model)
    .where("version_id", "is not", null)
    .orderBy("tag")
    .limit(limit)
    .execute();
  return rows.map((row) => row.tag);
}

/** The error of a tag that is nowhere on a path: says which tags the model has. */
export function tagNotFound(
  model: string,
  tag: string,
  path: PartitionPath,
  tags: readonly string[],
  details: Readonly<Record<string, unknown>> = {},
): TondoError {
  const where = path.length === 0 ? "globally" : `on ${formatPath(path)} or above`;
  let hint = "The model has no tags yet: set one on a version.";
  if (tags.includes(tag))
    hint = `It is set on other nodes only: set it on this one, or on the global node as a fallback.`;
  else if (tags.length > 0) hint = `Set it, or take one of: ${tags.join(", ")}.`;
  return new TondoError("TAG_NOT_FOUND", `${model} has no version tagged ${tag} ${where}`, {
    hint,
    details: { model, tag, path, tags, ...details },
  });
}

/** The error of a tag that is not where it was expected. */
export function tagConflict(
  { model, tag, path }: { readonly model: string; readonly tag: string; readonly path: PartitionPath },
  { expected, now, seq }: { readonly expected: TagTarget; readonly now: TagTarget; readonly seq: number },
): TondoError {
  return new TondoError("TAG_CONFLICT", `${model}@${tag} on ${formatPath(path)} is on ${now ?? "no version"}`, {
    hint: "Somebody moved it: look at its history, decide again, and expect what it is on now.",
    details: { model, tag, path, expected, current: now, seq },
  });
}
