import type { Kysely } from "kysely";

/**
 * What a step may use of a database: its schema builder, which knows no table types. Those of today are those of the
 * newest schema.
 */
export type SchemaDatabase = Pick<Kysely<unknown>, "schema">;

/** One step of the schema, the same for both databases. A released one is never changed. */
export interface Migration {
  readonly name: string;
  up(database: SchemaDatabase): Promise<void>;
}
