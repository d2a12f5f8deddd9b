import type { Json, Micros } from "../../core/index.ts";
import type { RegistryContext } from "../context.ts";
import { checkLimit } from "../limits.ts";
import type { ChangeKind } from "./record-change.ts";

/** An entry of the log of all changes. */
export interface RegistryChange {
  /** 1, 2, 3 ... over all models, without gaps. */
  readonly seq: number;
  /** Shared by what happened as one. */
  readonly changeId: string;
  /** `model`: made, or described otherwise; `versions`: registered; `nodes`: recorded; `tags`: moved; `release`: made. */
  readonly kind: ChangeKind;
  readonly model: string;
  readonly actor: string;
  readonly at: Micros;
  /** What changed. */
  readonly about: Json;
}

/**
 * What changed behind an entry, the oldest first. Whoever asks again with the last `seq` that came misses none and sees none twice.
 * @throws TondoError `LIMIT_EXCEEDED`
 */
export async function listChanges(
  context: RegistryContext,
  page: { readonly since?: number; readonly model?: string; readonly limit?: number } = {},
): Promise<readonly RegistryChange[]> {
  const { since = 0, model, limit = 100 } = page;
  checkLimit("limit", limit, context.limits, "maxPage");
  let query = context.database.queries
    .selectFrom("registry_changes")
    .selectAll()
    .where("seq", ">", since)
    .orderBy("seq")
    .limit(limit);
  if (model !== undefined) query = query.where("model", "=", model);
  return (await query.execute()).map(({ change_id: changeId, kind, about, ...row }) =>
    Object.freeze({ ...row, changeId, kind: kind as ChangeKind, about: JSON.parse(about) as Json }),
  );
}
