import { v7 } from "uuid";
import { TondoError } from "../../core/index.ts";
import { recordChanges } from "../changes/record-change.ts";
import type { RegistryContext } from "../context.ts";
import { checkLimit } from "../limits.ts";
import { lockModel } from "../models/lock-model.ts";
import { checkModelName, checkTagName } from "../names.ts";
import { encodePath, levelOf, type PartitionPath } from "../partition-path.ts";
import { type ChangeReason, checkReason } from "./change-reason.ts";
import { checkVersions } from "./check-versions.ts";
import { moveTag } from "./move-tag.ts";
import type { MovedTag, TagMove } from "./tag.ts";
import { tagConflict } from "./tag-error.ts";
import { pinnedToParent, type TagTarget } from "./tag-target.ts";

interface CheckedMove extends ChangeReason {
  readonly model: string;
  readonly tag: string;
  readonly path: PartitionPath;
  readonly node: string;
  readonly target: TagTarget;
  readonly expected: TagTarget | undefined;
}

/**
 * Moves tags in one transaction: all of them, or none. A tag that is there already stays without a log entry; one that was on a release is on none behind a move.
 *
 * @throws TondoError `TAG_CONFLICT` with the current version where one is not where it was expected,
 *   `VERSION_NOT_FOUND`, `PARTITION_INVALID` for a version of another node or the global node pinned, `MODEL_NOT_FOUND`, `INVALID_ARGUMENT`
 */
export async function setTags(context: RegistryContext, moves: readonly TagMove[]): Promise<readonly MovedTag[]> {
  checkLimit("tag moves", moves.length, context.limits, "maxBatch");
  const checked = moves.map((move) => check(context, move));
  const keys = new Set<string>();
  for (const one of checked) {
    if (keys.has(keyOf(one))) throw invalid("moves", `the tag ${one.tag} is moved twice on one node`);
    keys.add(keyOf(one));
  }
  if (checked.length === 0) return [];
  const done = await context.database.transaction(async (transaction) => {
    const changeId = v7();
    const made = new Map<string, MovedTag>();
    const changes: Parameters<typeof recordChanges>[1][number][] = [];
    // In the order of names, so that two calls with several models cannot wait for each other.
    const groups = [...Map.groupBy(checked, ({ model }) => model)].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [model, group] of groups) {
      const { levels, at } = await lockModel(transaction, model, context.clock());
      for (const { path } of group) levelOf(levels, path);
      await checkVersions(
        transaction,
        model,
        group.map(({ node, target }) => [node, target]),
      );
      for (const [tag, ofTag] of Map.groupBy(group, (one) => one.tag)) {
        // Who moves it, and why, is said of each move.
        for (const some of Map.groupBy(ofTag, ({ actor, reason }) => JSON.stringify([actor, reason])).values()) {
          const [first] = some;
          if (first === undefined) continue;
          const { actor, reason } = first;
          const byNode = new Map(some.map((one) => [one.node, one]));
          const moved = await moveTag(
            transaction,
            { id: changeId, actor, reason, at },
            {
              ...{ model, tag },
              nodes: new Map(some.map(({ node, target }) => [node, target])),
              expect: (node, now, seq) => {
                const one = byNode.get(node);
                if (one?.expected === undefined || one.expected === now) return;
                throw tagConflict({ model, tag, path: one.path }, { expected: one.expected, now, seq });
              },
            },
          );
          for (const [i, one] of some.entries()) {
            const result = moved.nodes[i];
            if (result !== undefined) made.set(keyOf(one), result);
          }
          if (moved.changed > 0) {
            const about = { tag, moves: moved.changed, releaseId: moved.releaseId, seq: moved.seq };
            changes.push({ changeId, kind: "tags", model, actor, at, about });
          }
        }
      }
    }
    await recordChanges(transaction, changes);
    return made;
  });
  return checked.flatMap((one) => done.get(keyOf(one)) ?? []);
}

function check(context: RegistryContext, move: TagMove): CheckedMove {
  const { path = [], versionId, expected } = move;
  const target = versionId?.toLowerCase() ?? null;
  if (target === pinnedToParent && path.length === 0) {
    throw new TondoError("PARTITION_INVALID", "the global node has none above it that could serve it", {
      hint: "Pin a node below it, or take the tag away with null.",
    });
  }
  return {
    ...{ model: checkModelName(move.model), tag: checkTagName(move.tag), path, node: encodePath(path), target },
    expected: expected === undefined ? undefined : (expected?.toLowerCase() ?? null),
    ...checkReason(context, move),
  };
}

function keyOf({ model, tag, node }: Pick<CheckedMove, "model" | "tag" | "node">): string {
  return `${model}@${tag}${node}`;
}

function invalid(name: string, why: string): TondoError {
  return new TondoError("INVALID_ARGUMENT", `${name}: ${why}`, {
    hint: "Correct it and call again; nothing was moved.",
  });
}
