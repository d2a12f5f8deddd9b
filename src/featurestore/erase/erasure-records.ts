import { v7 as uuid } from "uuid";
import type { Micros } from "../../core/index.ts";
import type { Database, ErasuresTable } from "../../database/index.ts";

/** How many records of a key a place held before an erasure, and after it. */
export interface ErasedPlace {
  /** `online`, or the name of a log. */
  readonly place: string;
  /** Online: `entity:group`. */
  readonly group?: string;
  readonly generation?: number;
  readonly before: number;
  readonly after: number;
}

/** That a key was erased: of which entity, when and by whom, not which. */
export interface Erasure {
  readonly id: string;
  readonly entity: string;
  readonly by: string;
  readonly begunAt: Micros;
  /** When it was found nowhere; `null` where that was never come to: to be erased again. */
  readonly doneAt: Micros | null;
  readonly places: readonly ErasedPlace[];
  /** When loads were allowed to bring the key back, and by whom. */
  readonly forgotten: { readonly at: Micros; readonly by: string } | null;
}

/** An erasure that loads go by. */
export type StandingErasure = Pick<ErasuresTable, "entity" | "digest" | "secret">;

/** Which key of which entity, as the database knows it. */
export type ErasedDigest = StandingErasure;

/** All erasures, the newest first. */
export async function listErasures({ queries }: Database): Promise<readonly Erasure[]> {
  const rows = await queries
    .selectFrom("erasures")
    .selectAll()
    .orderBy("begun_at", "desc")
    .orderBy("id", "desc")
    .execute();
  return rows.map((row) => ({
    id: row.id,
    entity: row.entity,
    by: row.actor,
    begunAt: row.begun_at,
    doneAt: row.done_at,
    places: row.places === null ? [] : (JSON.parse(row.places) as readonly ErasedPlace[]),
    forgotten:
      row.forgotten_at === null || row.forgotten_by === null ? null : { at: row.forgotten_at, by: row.forgotten_by },
  }));
}

/** The erasures that were not forgotten, finished or not. */
export async function standingErasures({ queries }: Database): Promise<readonly StandingErasure[]> {
  return queries
    .selectFrom("erasures")
    .select(["entity", "digest", "secret"])
    .where("forgotten_at", "is", null)
    .distinct()
    .execute();
}

/** Records that an erasure has begun, and gives its id: that of one of the same key which never came to its end, where there is one. */
export async function beginErasure(
  database: Database,
  key: ErasedDigest,
  made: { readonly at: Micros; readonly by: string },
): Promise<string> {
  return database.transaction(async (queries) => {
    const begun = await queries
      .selectFrom("erasures")
      .select("id")
      .where("entity", "=", key.entity)
      .where("digest", "=", key.digest)
      .where("done_at", "is", null)
      .where("forgotten_at", "is", null)
      .executeTakeFirst();
    if (begun !== undefined) return begun.id;
    const id = uuid();
    const { entity, digest, secret } = key;
    const nothing = { done_at: null, places: null, forgotten_at: null, forgotten_by: null };
    await queries
      .insertInto("erasures")
      .values({ id, entity, digest, secret, actor: made.by, begun_at: made.at, ...nothing })
      .execute();
    return id;
  });
}

/** Records that a key was found nowhere any more. */
export async function finishErasure(
  { queries }: Database,
  id: string,
  done: { readonly at: Micros; readonly places: readonly ErasedPlace[] },
): Promise<void> {
  await queries
    .updateTable("erasures")
    .set({ done_at: done.at, places: JSON.stringify(done.places) })
    .where("id", "=", id)
    .execute();
}

/** Lets loads bring back a key, by what is known of it or by the id of an erasure. Gives how many erasures were forgotten. */
export async function forgetErasures(
  { queries }: Database,
  which: ErasedDigest | { readonly id: string },
  made: { readonly at: Micros; readonly by: string },
): Promise<number> {
  const update = queries
    .updateTable("erasures")
    .set({ forgotten_at: made.at, forgotten_by: made.by })
    .where("forgotten_at", "is", null);
  const [result] = await (
    "id" in which
      ? update.where("id", "=", which.id)
      : update.where("entity", "=", which.entity).where("digest", "=", which.digest)
  ).execute();
  return Number(result?.numUpdatedRows ?? 0);
}
