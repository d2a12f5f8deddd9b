import { canonicalJson, type Json, type Micros } from "../../core/index.ts";
import type { Queries } from "../../database/index.ts";

/** What kind of thing changed. */
export type ChangeKind = "model" | "versions" | "nodes" | "tags" | "release";

/** A change, as it is told to whoever follows the registry. */
export interface NewChange {
  /** Shared by what happened as one. */
  readonly changeId: string;
  readonly kind: ChangeKind;
  readonly model: string;
  readonly actor: string;
  readonly at: Micros;
  readonly about: Json;
}

/** The one row of the table that numbers changes. */
const headId = 1;

/**
 * Adds changes to the log of all changes, numbered without gaps. To be called last in a transaction, since whoever else changes anything waits from then on until it is committed: so changes
 * come to be seen in the order of their numbers, and whoever has read up to one has missed none before it.
 */
export async function recordChanges(transaction: Queries, changes: readonly NewChange[]): Promise<void> {
  if (changes.length === 0) return;
  const head = await transaction
    .insertInto("registry_head")
    .values({ id: headId, seq: changes.length })
    .onConflict((conflict) =>
      conflict.column("id").doUpdateSet((of) => ({ seq: of("registry_head.seq", "+", changes.length) })),
    )
    .returning("seq")
    .executeTakeFirstOrThrow();
  const first = head.seq - changes.length + 1;
  await transaction
    .insertInto("registry_changes")
    .values(
      changes.map(({ changeId, kind, model, actor, at, about }, i) => ({
        ...{ seq: first + i, change_id: changeId, kind, model, actor, at },
        about: canonicalJson(about),
      })),
    )
    .execute();
}
