import type { Migration, SchemaDatabase } from "./migration.ts";

/** Which keys were erased, by whom: never the keys themselves. */
export const erasuresMigration: Migration = {
  name: "0003-erasures",
  async up(database: SchemaDatabase): Promise<void> {
    await database.schema
      .createTable("erasures")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("entity", "text", (column) => column.notNull())
      .addColumn("digest", "text", (column) => column.notNull())
      .addColumn("secret", "text", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("begun_at", "bigint", (column) => column.notNull())
      .addColumn("done_at", "bigint")
      .addColumn("places", "text")
      .addColumn("forgotten_at", "bigint")
      .addColumn("forgotten_by", "text")
      .execute();
    await database.schema.createIndex("erasures_entity").on("erasures").columns(["entity", "digest"]).execute();
  },
};
