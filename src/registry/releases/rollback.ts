import { v7 } from "uuid";
import { TondoError } from "../../core/index.ts";
import type { Queries } from "../../database/index.ts";
import type { RegistryContext } from "../context.ts";
import { lockModel } from "../models/lock-model.ts";
import { checkModelName, checkTagName } from "../names.ts";
import { checkReason } from "../tags/change-reason.ts";
import { tagConflict } from "../tags/tag-error.ts";
import { type TagEntry, toEntry } from "../tags/tag-ledger.ts";
import { targetOf, type TagTarget } from "../tags/tag-target.ts";
import { decodePath } from "../partition-path.ts";
import { moveWhole, type Promotion } from "./promote.ts";

/** A rollback that a caller asks for. */
export interface NewRollback {
  readonly model: string;
  readonly tag: string;
  /** The change that is to be taken back, by its id: another one is a conflict. Left out, whichever was the last. */
  readonly expected?: string;
  /** The registry's own actor by default. */
  readonly actor?: string;
  readonly reason?: string;
}

/** A tag behind a rollback. */
export interface Rollback extends Promotion {
  /** The change that was taken back. */
  readonly undone: string;
}

const entriesAtOnce = 100;

/**
 * Takes the last change of a tag back, on all nodes that it moved, in one transaction: a release that was promoted, or moves that were made as one. A change that was taken back is passed, so that calling again goes
 * further back; nothing is forgotten, and the log goes on.
 *
 * @throws TondoError `TAG_CONFLICT` where another change was the last than was expected, `TAG_NOT_FOUND` where there is nothing to take back, `MODEL_NOT_FOUND`, `INVALID_ARGUMENT`
 */
export async function rollbackTag(context: RegistryContext, given: NewRollback): Promise<Rollback> {
  const [model, tag] = [checkModelName(given.model), checkTagName(given.tag)];
  const { actor, reason } = checkReason(context, given);
  return context.database.transaction(async (transaction) => {
    const { at } = await lockModel(transaction, model, context.clock());
    const last = await lastStanding(transaction, model, tag);
    if (last === undefined) {
      throw new TondoError("TAG_NOT_FOUND", `${model}@${tag} has no change that could be taken back`, {
        hint: "Look at its history; set it where it is to be.",
        details: { model, tag },
      });
    }
    const { changeId: undone, previousReleaseId: releaseId } = last;
    if (given.expected !== undefined && given.expected.toLowerCase() !== undone) {
      throw new TondoError("TAG_CONFLICT", `the last change of ${model}@${tag} is ${undone}`, {
        hint: "Somebody moved it, or took that back: look at its history, and decide again.",
        details: { model, tag, expected: given.expected, current: undone, seq: last.seq },
      });
    }
    const { nodes, put } = await nodesBefore(transaction, model, tag, undone);
    const change = { id: v7(), actor, reason, at, undoes: undone };
    const expect = (path: string, now: TagTarget, seq: number): void => {
      const expected = put.get(path) ?? null;
      if (now !== expected) throw tagConflict({ model, tag, path: decodePath(path) }, { expected, now, seq });
    };
    return Object.freeze({
      ...(await moveWhole(transaction, change, { model, tag, nodes, releaseId, expect })),
      undone,
    });
  });
}

/** The last change of a tag that is neither a rollback nor was taken back. */
async function lastStanding(transaction: Queries, model: string, tag: string): Promise<TagEntry | undefined> {
  const gone = new Set<string>();
  let standing: TagEntry | undefined;
  let before: number | undefined;
  for (;;) {
    let query = transaction
      .selectFrom("tag_ledger")
      .selectAll()
      .where("model", "=", model)
      .where("tag", "=", tag)
      .orderBy("seq", "desc")
      .limit(entriesAtOnce);
    if (before !== undefined) query = query.where("seq", "<", before);
    const entries = (await query.execute()).map(toEntry);
    for (const entry of entries) {
      // Moves that were made as one for different reasons are entries of their own: the first of them knows where the tag was.
      if (standing !== undefined && entry.changeId !== standing.changeId) return standing;
      if (entry.undoes !== null) gone.add(entry.undoes);
      else if (!gone.has(entry.changeId)) standing = entry;
    }
    if (entries.length < entriesAtOnce) return standing;
    before = entries.at(-1)?.seq;
  }
}

/** Where the nodes that a change moved were before, and where it put them. */
async function nodesBefore(
  transaction: Queries,
  model: string,
  tag: string,
  changeId: string,
): Promise<{ readonly nodes: ReadonlyMap<string, TagTarget>; readonly put: ReadonlyMap<string, TagTarget> }> {
  const rows = await transaction
    .selectFrom("tag_changes")
    .select(["path", "version_id", "pinned", "previous_version_id", "previous_pinned"])
    .where("change_id", "=", changeId)
    .where("model", "=", model)
    .where("tag", "=", tag)
    .execute();
  return {
    nodes: new Map(
      rows.map((row) => [row.path, targetOf({ version_id: row.previous_version_id, pinned: row.previous_pinned })]),
    ),
    put: new Map(rows.map((row) => [row.path, targetOf(row)])),
  };
}
