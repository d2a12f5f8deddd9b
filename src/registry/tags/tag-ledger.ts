import { type Micros, type Moment, toMicros } from "../../core/index.ts";
import type { TagLedgerTable } from "../../database/index.ts";
import type { RegistryContext } from "../context.ts";
import { checkLimit } from "../limits.ts";
import { getModel } from "../models/models.ts";
import { checkTagName } from "../names.ts";

/** What a tag did as a whole: one entry a change, of however many nodes. */
export interface TagEntry {
  readonly model: string;
  readonly tag: string;
  /** 1, 2, 3 ... for each model and tag, without gaps. */
  readonly seq: number;
  readonly changeId: string;
  /** How many nodes moved. */
  readonly moves: number;
  /** The release that the tag was on from then on, and the one before. */
  readonly releaseId: string | null;
  readonly previousReleaseId: string | null;
  /** The change that this one took back. */
  readonly undoes: string | null;
  readonly actor: string;
  readonly reason: string;
  /** Never before the entry before, whatever the clock does. */
  readonly at: Micros;
}

/**
 * What a tag did as a whole, newest first, from before an entry's number, and up to a moment.
 * @throws TondoError `MODEL_NOT_FOUND`, `LIMIT_EXCEEDED`
 */
export async function tagLedger(
  context: RegistryContext,
  of: {
    readonly model: string;
    readonly tag: string;
    readonly limit?: number;
    readonly before?: number;
    readonly at?: Moment;
  },
): Promise<readonly TagEntry[]> {
  const { model, tag, limit = 100, before, at } = of;
  checkLimit("limit", limit, context.limits, "maxPage");
  await getModel(context, model);
  let query = context.database.queries
    .selectFrom("tag_ledger")
    .selectAll()
    .where("model", "=", model)
    .where("tag", "=", checkTagName(tag))
    .orderBy("seq", "desc")
    .limit(limit);
  if (before !== undefined) query = query.where("seq", "<", before);
  if (at !== undefined) query = query.where("at", "<=", toMicros(at));
  return (await query.execute()).map(toEntry);
}

/** A row as the API shows it. */
export function toEntry(row: TagLedgerTable): TagEntry {
  return Object.freeze({
    ...{ model: row.model, tag: row.tag, seq: row.seq, changeId: row.change_id, moves: row.moves },
    ...{ releaseId: row.release_id, previousReleaseId: row.previous_release_id, undoes: row.undoes },
    ...{ actor: row.actor, reason: row.reason, at: row.at },
  });
}
