import type { Migration, SchemaDatabase } from "./migration.ts";

/** Definitions and the runs that applied them. */
export const catalogMigration: Migration = {
  name: "0001-catalog",
  async up(database: SchemaDatabase): Promise<void> {
    await database.schema
      .createTable("applications")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("applied_at", "bigint", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("plan_digest", "text", (column) => column.notNull())
      .addColumn("changes", "text", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("definitions")
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("name", "text", (column) => column.notNull())
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("fingerprint", "text", (column) => column.notNull())
      .addColumn("plan", "text", (column) => column.notNull())
      .addColumn("about", "text", (column) => column.notNull())
      .addColumn("applied_at", "bigint", (column) => column.notNull())
      .addColumn("applied_by", "text", (column) => column.notNull())
      .addColumn("application_id", "text", (column) => column.notNull().references("applications.id"))
      .addColumn("removed_at", "bigint")
      .addPrimaryKeyConstraint("definitions_pk", ["kind", "name", "version"])
      .execute();
  },
};
