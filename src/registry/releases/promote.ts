import { v7 } from "uuid";
import { type Micros, TondoError } from "../../core/index.ts";
import type { Queries } from "../../database/index.ts";
import { recordChanges } from "../changes/record-change.ts";
import type { RegistryContext } from "../context.ts";
import { lockModel } from "../models/lock-model.ts";
import { checkModelName, checkTagName } from "../names.ts";
import { checkReason } from "../tags/change-reason.ts";
import { moveTag, type TagChangeMade, type TagMoves, type WantedTag } from "../tags/move-tag.ts";
import type { MovedTag } from "../tags/tag.ts";
import { findRelease, nodesOf } from "./releases.ts";

/** A promotion that a caller asks for. */
export interface NewPromotion {
  readonly model: string;
  readonly tag: string;
  /** By id or number. */
  readonly release: string | number;
  /** The release that the tag must be on now, by its id, `null` for none; left out, any. */
  readonly expected?: string | null;
  /** The registry's own actor by default. */
  readonly actor?: string;
  readonly reason?: string;
}

/** A tag after all its nodes were moved as one. */
export interface Promotion {
  readonly model: string;
  readonly tag: string;
  /** The release that it is on. */
  readonly releaseId: string | null;
  /** The nodes that moved. */
  readonly moved: readonly MovedTag[];
  /** `null` where it was there already: nothing was logged. */
  readonly changeId: string | null;
  /** The number of the tag's last change as a whole. */
  readonly seq: number;
  readonly at: Micros;
}

/**
 * Moves a tag to a release: on each of its nodes, and away from all others, in one transaction. Readers see all of it or nothing.
 *
 * @throws TondoError `TAG_CONFLICT` where the tag is on another release than was expected, `RELEASE_NOT_FOUND`, `MODEL_NOT_FOUND`, `INVALID_ARGUMENT`
 */
export async function promote(context: RegistryContext, given: NewPromotion): Promise<Promotion> {
  const { release, expected } = given;
  const [model, tag] = [checkModelName(given.model), checkTagName(given.tag)];
  const { actor, reason } = checkReason(context, given);
  return context.database.transaction(async (transaction) => {
    const { at } = await lockModel(transaction, model, context.clock());
    const { id } = await findRelease(transaction, model, release);
    if (expected !== undefined) await expectRelease(transaction, { model, tag }, expected?.toLowerCase() ?? null);
    const nodes = await nodesOf(transaction, id);
    for (const path of await taggedPaths(transaction, model, tag)) if (!nodes.has(path)) nodes.set(path, null);
    return moveWhole(transaction, { id: v7(), actor, reason, at }, { model, tag, nodes, releaseId: id });
  });
}

/** Moves a tag as a whole, and tells of it. */
export async function moveWhole(transaction: Queries, change: TagChangeMade, wanted: WantedTag): Promise<Promotion> {
  const { model, tag } = wanted;
  const before = await headOfTag(transaction, model, tag);
  const made: TagMoves = await moveTag(transaction, change, wanted);
  const hasChanged = made.seq !== before.seq;
  const { id: changeId, actor, at } = change;
  if (hasChanged) {
    const undone = change.undoes === undefined ? {} : { undoes: change.undoes };
    const about = { tag, moves: made.changed, releaseId: made.releaseId, seq: made.seq, ...undone };
    await recordChanges(transaction, [{ changeId, kind: "tags", model, actor, at, about }]);
  }
  return Object.freeze({
    ...{ model, tag, releaseId: made.releaseId, moved: made.nodes.filter(({ changed }) => changed) },
    ...{ changeId: hasChanged ? changeId : null, seq: made.seq, at },
  });
}

/** Where a tag is as a whole. */
export async function headOfTag(
  queries: Queries,
  model: string,
  tag: string,
): Promise<{ readonly seq: number; readonly releaseId: string | null }> {
  const row = await queries
    .selectFrom("tag_heads")
    .select(["seq", "release_id"])
    .where("model", "=", model)
    .where("tag", "=", tag)
    .executeTakeFirst();
  return { seq: row?.seq ?? 0, releaseId: row?.release_id ?? null };
}

async function expectRelease(
  transaction: Queries,
  { model, tag }: { readonly model: string; readonly tag: string },
  expected: string | null,
): Promise<void> {
  const { releaseId, seq } = await headOfTag(transaction, model, tag);
  if (releaseId === expected) return;
  throw new TondoError(
    "TAG_CONFLICT",
    `${model}@${tag} is on ${releaseId === null ? "no release" : `the release ${releaseId}`}`,
    {
      hint: "Somebody moved it: look at its history, decide again, and expect what it is on now.",
      details: { model, tag, expected, current: releaseId, seq },
    },
  );
}

async function taggedPaths(transaction: Queries, model: string, tag: string): Promise<readonly string[]> {
  const rows = await transaction
    .selectFrom("tags")
    .select("path")
    .where("model", "=", model)
    .where("tag", "=", tag)
    .where((of) => of.or([of("version_id", "is not", null), of("pinned", "=", 1)]))
    .execute();
  return rows.map(({ path }) => path);
}
