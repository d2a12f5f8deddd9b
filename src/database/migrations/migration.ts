import type { Kysely } from "kysely";

/**
 * One step of the schema, the same for both databases. A released one is never changed; it must not use the table
 * types of today, which are those of the newest schema.
 */
export interface Migration {
  readonly name: string;
  up(database: Kysely<unknown>): Promise<void>;
}
