import { v7 } from "uuid";
import { canonicalJson, sha256, TondoError } from "../../core/index.ts";
import type { Queries, ReleasesTable } from "../../database/index.ts";
import { recordChanges } from "../changes/record-change.ts";
import type { RegistryContext } from "../context.ts";
import { checkLimit } from "../limits.ts";
import { lockModel } from "../models/lock-model.ts";
import { checkModelName } from "../names.ts";
import { encodePath, formatPath, levelOf } from "../partition-path.ts";
import { checkReason } from "../tags/change-reason.ts";
import { checkVersions } from "../tags/check-versions.ts";
import { pinnedToParent, targetColumns, type TagTarget } from "../tags/tag-target.ts";
import { type MadeRelease, type NewRelease, toRelease } from "./release.ts";
import { findRelease, nodesOf } from "./releases.ts";

const rowsPerInsert = 300;

/**
 * Makes a release of versions that are registered: of all nodes that are given, and of those of its base that are not. One with the very same nodes is given as it is.
 *
 * @throws TondoError `MODEL_NOT_FOUND`, `RELEASE_NOT_FOUND` for the base, `VERSION_NOT_FOUND`, `PARTITION_INVALID`, `LIMIT_EXCEEDED`, `INVALID_ARGUMENT` where it would have no node
 */
export async function createRelease(context: RegistryContext, given: NewRelease): Promise<MadeRelease> {
  const { base, nodes, description = "" } = given;
  const model = checkModelName(given.model);
  const { actor } = checkReason(context, { ...given, reason: description });
  checkLimit("nodes", nodes.length, context.limits, "maxBatch");
  const said = new Map<string, TagTarget>();
  for (const { path, versionId } of nodes) {
    const node = encodePath(path);
    if (said.has(node)) throw invalid(`the node ${formatPath(path)} is given twice`);
    if (versionId === pinnedToParent && path.length === 0) throw invalid("the global node has none above it");
    said.set(node, versionId?.toLowerCase() ?? null);
  }
  return context.database.transaction(async (transaction) => {
    const { levels, at } = await lockModel(transaction, model, context.clock());
    for (const { path } of nodes) levelOf(levels, path);
    await checkVersions(transaction, model, said);
    const from = base === undefined ? undefined : await findRelease(transaction, model, base);
    const whole = from === undefined ? new Map<string, TagTarget>() : await nodesOf(transaction, from.id);
    for (const [node, target] of said) {
      if (target === null) whole.delete(node);
      else whole.set(node, target);
    }
    if (whole.size === 0) throw invalid("it would have no node");
    checkLimit("nodes", whole.size, context.limits, "maxBatch");
    const sorted = [...whole].sort(([a], [b]) => (a < b ? -1 : 1));
    const digest = sha256(canonicalJson(sorted.map(([node, target]) => [node, target])));
    const same = await transaction
      .selectFrom("releases")
      .selectAll()
      .where("model", "=", model)
      .where("content_digest", "=", digest)
      .executeTakeFirst();
    if (same !== undefined) return { release: toRelease(same), created: false };
    const row: ReleasesTable = {
      ...{ id: v7(), model, number: (await lastNumber(transaction, model)) + 1, description },
      ...{ base_id: from?.id ?? null, content_digest: digest, nodes: sorted.length },
      ...{ created_at: at, created_by: actor },
    };
    await transaction.insertInto("releases").values(row).execute();
    for (let i = 0; i < sorted.length; i += rowsPerInsert) {
      const part = sorted.slice(i, i + rowsPerInsert);
      await transaction
        .insertInto("release_nodes")
        .values(
          part.map(([path, target]) => ({ release_id: row.id, path, version_id: targetColumns(target).version_id })),
        )
        .execute();
    }
    const about = { releaseId: row.id, number: row.number, nodes: row.nodes, baseId: row.base_id };
    await recordChanges(transaction, [{ changeId: v7(), kind: "release", model, actor, at, about }]);
    return { release: toRelease(row), created: true };
  });
}

async function lastNumber(transaction: Queries, model: string): Promise<number> {
  const row = await transaction
    .selectFrom("releases")
    .select("number")
    .where("model", "=", model)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.number ?? 0;
}

function invalid(why: string): TondoError {
  return new TondoError("INVALID_ARGUMENT", `nodes: ${why}`, { hint: "Correct it and call again; nothing was made." });
}
