import { TondoError } from "../../core/index.ts";
import type { Queries } from "../../database/index.ts";
import { decodePath, formatPath } from "../partition-path.ts";
import { versionNotFound } from "../versions/versions.ts";
import { pinnedToParent, type TagTarget } from "./tag-target.ts";

const idsPerStatement = 200;

/**
 * Checks that versions are of a model, and each of the very node that it is to serve.
 * @param nodes encoded paths with where they are to be
 * @throws TondoError `VERSION_NOT_FOUND`, `PARTITION_INVALID`
 */
export async function checkVersions(
  queries: Queries,
  model: string,
  nodes: Iterable<readonly [path: string, target: TagTarget]>,
): Promise<void> {
  const wanted = [...nodes].flatMap(([path, target]) =>
    target === null || target === pinnedToParent ? [] : [{ path, id: target }],
  );
  for (let i = 0; i < wanted.length; i += idsPerStatement) {
    const part = wanted.slice(i, i + idsPerStatement);
    const rows = await queries
      .selectFrom("versions")
      .select(["id", "path"])
      .where("model", "=", model)
      .where("id", "in", [...new Set(part.map(({ id }) => id))])
      .execute();
    const paths = new Map(rows.map((row) => [row.id, row.path]));
    for (const { path, id } of part) {
      const registered = paths.get(id);
      if (registered === undefined) throw versionNotFound(id, model);
      if (registered === path) continue;
      const [node, own] = [decodePath(path), decodePath(registered)];
      throw new TondoError("PARTITION_INVALID", `version ${id} is not of the node ${formatPath(node)}`, {
        hint: `It was registered for ${formatPath(own)}: set the tag there.`,
        details: { versionId: id, path: node, registered },
      });
    }
  }
}
