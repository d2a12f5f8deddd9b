import { sql } from "kysely";
import type { Micros } from "../../core/index.ts";
import type { Queries } from "../../database/index.ts";
import { decodeLevels } from "./model.ts";
import { modelNotFound } from "./models.ts";

/** What the holder of a model's row needs to know of it. */
export interface LockedModel {
  readonly lastNumber: number;
  readonly levels: readonly string[];
  /** The moment of this change: the clock's, or that of the change before where the clock went back. */
  readonly at: Micros;
}

/**
 * Counts a change of a model. The update locks the model's row until the transaction ends, on both databases, so
 * that changes of one model come one after the other; several models are locked in the order of their names.
 *
 * @throws TondoError `MODEL_NOT_FOUND`
 */
export async function lockModel(transaction: Queries, model: string, now: Micros): Promise<LockedModel> {
  const row = await transaction
    .updateTable("models")
    .set((of) => ({
      revision: of("revision", "+", 1),
      changed_at: sql<number>`case when changed_at > ${now} then changed_at else ${now} end`,
    }))
    .where("name", "=", model)
    .returning(["last_number", "levels", "changed_at"])
    .executeTakeFirst();
  if (row === undefined) throw await modelNotFound(transaction, model);
  return { lastNumber: row.last_number, levels: decodeLevels(row.levels), at: row.changed_at };
}
