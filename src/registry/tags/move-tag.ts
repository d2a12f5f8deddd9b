import type { Micros } from "../../core/index.ts";
import type { Queries, TagChangesTable, TagsTable } from "../../database/index.ts";
import { decodePath } from "../partition-path.ts";
import type { MovedTag } from "./tag.ts";
import { targetColumns, targetOf, type TagTarget } from "./tag-target.ts";

const rowsPerStatement = 200;

/** Who changes what, why and when. */
export interface TagChangeMade {
  /** UUID v7 shared by what happens as one. */
  readonly id: string;
  readonly actor: string;
  readonly reason: string;
  readonly at: Micros;
  /** The change that is taken back. */
  readonly undoes?: string;
}

/** Where the nodes of a tag are to be. */
export interface WantedTag {
  readonly model: string;
  readonly tag: string;
  /** By encoded path. Others stay. */
  readonly nodes: ReadonlyMap<string, TagTarget>;
  /** The release that the tag is on then, `null` for none; left out, none where a node changes, and else the one that it is on. */
  readonly releaseId?: string | null;
  /** Asked of each node before anything is written; what it throws is thrown. */
  readonly expect?: (path: string, now: TagTarget, seq: number) => void;
}

/** What became of a tag. */
export interface TagMoves {
  /** A node each of those that were wanted, in their order. */
  readonly nodes: readonly MovedTag[];
  /** How many of them changed. */
  readonly changed: number;
  readonly releaseId: string | null;
  /** The number of the tag's last entry in its ledger. */
  readonly seq: number;
}

/**
 * Moves the nodes of one tag, in a transaction in which its model is locked: the log of each node that changes, where it is now, and the entry of the tag as a whole. Where nothing changes nothing is
 * written.
 */
export async function moveTag(transaction: Queries, change: TagChangeMade, wanted: WantedTag): Promise<TagMoves> {
  const { model, tag, nodes: targets, expect } = wanted;
  const current = await currentTags(transaction, model, tag, [...targets.keys()]);
  const nodes = [...targets].map(([path, target]) => {
    const row = current.get(path);
    const now = row === undefined ? null : targetOf(row);
    const seq = row?.seq ?? 0;
    expect?.(path, now, seq);
    return { path, target, now, seq, changed: now !== target };
  });
  const changed = nodes.filter((one) => one.changed);
  await writeMoves(
    transaction,
    changed.map(({ path, target, now, seq }): TagChangesTable => {
      const { version_id: previous_version_id, pinned: previous_pinned } = targetColumns(now);
      return {
        ...{ model, tag, path, seq: seq + 1, ...targetColumns(target), previous_version_id, previous_pinned },
        ...{ actor: change.actor, reason: change.reason, at: change.at, change_id: change.id },
      };
    }),
  );
  const head = await writeLedger(transaction, change, wanted, changed.length);
  return {
    nodes: nodes.map(({ path, target, now, seq, changed: isChanged }) =>
      Object.freeze({
        ...{ model, tag, path: decodePath(path) },
        ...moved(target, now),
        ...{ seq: isChanged ? seq + 1 : seq, changed: isChanged },
      }),
    ),
    changed: changed.length,
    ...head,
  };
}

function moved(
  target: TagTarget,
  now: TagTarget,
): Pick<MovedTag, "versionId" | "pinned" | "previousVersionId" | "previousPinned"> {
  const [to, from] = [targetColumns(target), targetColumns(now)];
  return {
    ...{ versionId: to.version_id, pinned: to.pinned === 1 },
    ...{ previousVersionId: from.version_id, previousPinned: from.pinned === 1 },
  };
}

async function writeMoves(transaction: Queries, changes: readonly TagChangesTable[]): Promise<void> {
  for (let i = 0; i < changes.length; i += rowsPerStatement) {
    const part = changes.slice(i, i + rowsPerStatement);
    await transaction.insertInto("tag_changes").values(part).execute();
    await transaction
      .insertInto("tags")
      .values(
        part.map(({ model, tag, path, seq, version_id, pinned }) => ({ model, tag, path, seq, version_id, pinned })),
      )
      .onConflict((conflict) =>
        conflict.columns(["model", "tag", "path"]).doUpdateSet((of) => ({
          seq: of.ref("excluded.seq"),
          version_id: of.ref("excluded.version_id"),
          pinned: of.ref("excluded.pinned"),
        })),
      )
      .execute();
  }
}

/** Writes what the tag did as a whole, where it did anything. */
async function writeLedger(
  transaction: Queries,
  change: TagChangeMade,
  { model, tag, releaseId }: WantedTag,
  moves: number,
): Promise<Pick<TagMoves, "releaseId" | "seq">> {
  const head = await transaction
    .selectFrom("tag_heads")
    .select(["seq", "release_id"])
    .where("model", "=", model)
    .where("tag", "=", tag)
    .executeTakeFirst();
  const before = head?.release_id ?? null;
  const after = releaseId === undefined ? (moves === 0 ? before : null) : releaseId;
  if (moves === 0 && after === before) return { releaseId: before, seq: head?.seq ?? 0 };
  const seq = (head?.seq ?? 0) + 1;
  await transaction
    .insertInto("tag_ledger")
    .values({
      ...{ model, tag, seq, change_id: change.id, moves, release_id: after, previous_release_id: before },
      ...{ undoes: change.undoes ?? null, actor: change.actor, reason: change.reason, at: change.at },
    })
    .execute();
  await transaction
    .insertInto("tag_heads")
    .values({ model, tag, seq, release_id: after })
    .onConflict((conflict) =>
      conflict.columns(["model", "tag"]).doUpdateSet((of) => ({
        seq: of.ref("excluded.seq"),
        release_id: of.ref("excluded.release_id"),
      })),
    )
    .execute();
  return { releaseId: after, seq };
}

async function currentTags(
  transaction: Queries,
  model: string,
  tag: string,
  paths: readonly string[],
): Promise<ReadonlyMap<string, TagsTable>> {
  const current = new Map<string, TagsTable>();
  for (let i = 0; i < paths.length; i += rowsPerStatement) {
    const rows = await transaction
      .selectFrom("tags")
      .selectAll()
      .where("model", "=", model)
      .where("tag", "=", tag)
      .where("path", "in", paths.slice(i, i + rowsPerStatement))
      .execute();
    for (const row of rows) current.set(row.path, row);
  }
  return current;
}
