import { v7 } from "uuid";
import { TondoError } from "../../core/index.ts";
import type { Queries, TagChangesTable, TagsTable } from "../../database/index.ts";
import type { RegistryContext } from "../context.ts";
import { checkLimit } from "../limits.ts";
import { lockModel } from "../models/lock-model.ts";
import { checkModelName, checkTagName } from "../names.ts";
import { encodePath, formatPath, levelOf, type PartitionPath } from "../partition-path.ts";
import { versionNotFound } from "../versions/versions.ts";
import type { MovedTag, TagMove } from "./tag.ts";

interface CheckedMove {
  readonly move: TagMove;
  readonly path: PartitionPath;
  readonly key: string;
  readonly row: Pick<TagsTable, "model" | "tag" | "path" | "version_id">;
  readonly actor: string;
  readonly reason: string;
}

const rowsPerStatement = 200;

/**
 * Moves tags in one transaction: all of them, or none. A tag that is there already stays without a log entry.
 *
 * @throws TondoError `TAG_CONFLICT` with the current version where one is not where it was expected,
 *   `VERSION_NOT_FOUND`, `PARTITION_INVALID` for a version of another node, `MODEL_NOT_FOUND`, `INVALID_ARGUMENT`
 */
export async function setTags(context: RegistryContext, moves: readonly TagMove[]): Promise<readonly MovedTag[]> {
  checkLimit("tag moves", moves.length, context.limits, "maxBatch");
  const checked = moves.map((move) => check(context, move));
  const keys = new Set<string>();
  for (const { key, row } of checked) {
    if (keys.has(key)) throw invalid("moves", `the tag ${row.tag} is moved twice on one node`);
    keys.add(key);
  }
  if (checked.length === 0) return [];
  const moved = await context.database.transaction(async (transaction) => {
    const changeId = v7();
    const done = new Map<string, MovedTag>();
    // In the order of names, so that two calls with several models cannot wait for each other.
    const groups = [...Map.groupBy(checked, ({ row }) => row.model)].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [model, group] of groups) {
      const { levels, at } = await lockModel(transaction, model, context.clock());
      for (const { path } of group) levelOf(levels, path);
      await checkVersions(transaction, model, group);
      const current = await currentTags(transaction, model, group);
      const outcomes = group.map((one) => ({ one, outcome: outcomeOf(one, current.get(one.key)) }));
      for (const { one, outcome } of outcomes) done.set(one.key, outcome);
      await write(
        transaction,
        outcomes.filter(({ outcome }) => outcome.changed).map(({ one, outcome }) => toRow(one, outcome, at, changeId)),
      );
    }
    return done;
  });
  return checked.flatMap(({ key }) => moved.get(key) ?? []);
}

function outcomeOf(one: CheckedMove, current: TagsTable | undefined): MovedTag {
  const { move, row, path } = one;
  const now = current?.version_id ?? null;
  const seq = current?.seq ?? 0;
  if (move.expected !== undefined && (move.expected?.toLowerCase() ?? null) !== now) {
    throw new TondoError(
      "TAG_CONFLICT",
      `${row.model}@${row.tag} on ${formatPath(path)} is on ${now ?? "no version"}`,
      {
        hint: "Somebody moved it: look at its history, decide again, and expect what it is on now.",
        details: { model: row.model, tag: row.tag, path, expected: move.expected, current: now, seq },
      },
    );
  }
  const changed = now !== row.version_id;
  const { model, tag, version_id: versionId } = row;
  return Object.freeze({ model, tag, path, versionId, previousVersionId: now, seq: changed ? seq + 1 : seq, changed });
}

function toRow(one: CheckedMove, outcome: MovedTag, at: number, changeId: string): TagChangesTable {
  const { actor, reason, row } = one;
  return {
    ...row,
    seq: outcome.seq,
    previous_version_id: outcome.previousVersionId,
    actor,
    reason,
    at,
    change_id: changeId,
  };
}

async function write(transaction: Queries, changes: readonly TagChangesTable[]): Promise<void> {
  for (let i = 0; i < changes.length; i += rowsPerStatement) {
    const part = changes.slice(i, i + rowsPerStatement);
    await transaction.insertInto("tag_changes").values(part).execute();
    await transaction
      .insertInto("tags")
      .values(part.map(({ model, tag, path, seq, version_id }) => ({ model, tag, path, seq, version_id })))
      .onConflict((conflict) =>
        conflict.columns(["model", "tag", "path"]).doUpdateSet((of) => ({
          seq: of.ref("excluded.seq"),
          version_id: of.ref("excluded.version_id"),
        })),
      )
      .execute();
  }
}

async function currentTags(
  transaction: Queries,
  model: string,
  group: readonly CheckedMove[],
): Promise<ReadonlyMap<string, TagsTable>> {
  const current = new Map<string, TagsTable>();
  for (const [tag, ofTag] of Map.groupBy(group, ({ row }) => row.tag)) {
    for (let i = 0; i < ofTag.length; i += rowsPerStatement) {
      const paths = ofTag.slice(i, i + rowsPerStatement).map(({ row }) => row.path);
      const rows = await transaction
        .selectFrom("tags")
        .selectAll()
        .where("model", "=", model)
        .where("tag", "=", tag)
        .where("path", "in", paths)
        .execute();
      for (const row of rows) current.set(keyOf(row), row);
    }
  }
  return current;
}

async function checkVersions(transaction: Queries, model: string, group: readonly CheckedMove[]): Promise<void> {
  for (let i = 0; i < group.length; i += rowsPerStatement) {
    const part = group.slice(i, i + rowsPerStatement);
    const ids = [...new Set(part.flatMap(({ row }) => row.version_id ?? []))];
    if (ids.length === 0) continue;
    const rows = await transaction
      .selectFrom("versions")
      .select(["id", "path"])
      .where("model", "=", model)
      .where("id", "in", ids)
      .execute();
    const paths = new Map(rows.map((row) => [row.id, row.path]));
    for (const { row, path } of part) {
      if (row.version_id === null) continue;
      const registered = paths.get(row.version_id);
      if (registered === undefined) throw versionNotFound(row.version_id, model);
      if (registered === row.path) continue;
      throw new TondoError("PARTITION_INVALID", `version ${row.version_id} is not of the node ${formatPath(path)}`, {
        hint: `It was registered for ${registered}: set the tag there.`,
        details: { versionId: row.version_id, path, registered },
      });
    }
  }
}

function check(context: RegistryContext, move: TagMove): CheckedMove {
  const { path = [], actor = context.actor, reason = "" } = move;
  const row = {
    model: checkModelName(move.model),
    tag: checkTagName(move.tag),
    path: encodePath(path),
    version_id: move.versionId?.toLowerCase() ?? null,
  };
  if (actor === "" || !isText(actor, 256)) throw invalid("actor", "not a text of 1 to 256 characters");
  if (!isText(reason, 4_000)) throw invalid("reason", "not a text of at most 4,000 characters");
  return { move, path, key: keyOf(row), row, actor, reason };
}

function isText(text: string, limit: number): boolean {
  return text.length <= limit && text.isWellFormed() && !text.includes("\0");
}

function keyOf(row: Pick<TagsTable, "model" | "tag" | "path">): string {
  return `${row.model}@${row.tag}${row.path}`;
}

function invalid(name: string, why: string): TondoError {
  return new TondoError("INVALID_ARGUMENT", `${name}: ${why}`, {
    hint: "Correct it and call again; nothing was moved.",
  });
}
