import type { Migration, SchemaDatabase } from "./migration.ts";

/** Releases, nodes that are pinned to their parents, what a tag did as a whole, and one log of all changes. */
export const releasesMigration: Migration = {
  name: "0004-releases",
  async up(database: SchemaDatabase): Promise<void> {
    await createReleases(database);
    await extendTags(database);
    await createLedger(database);
    await database.schema
      .createTable("registry_head")
      .addColumn("id", "integer", (column) => column.primaryKey())
      .addColumn("seq", "bigint", (column) => column.notNull())
      .execute();
    await database.schema
      .createTable("registry_changes")
      .addColumn("seq", "bigint", (column) => column.primaryKey())
      .addColumn("change_id", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("model", "text", (column) => column.notNull())
      .addColumn("actor", "text", (column) => column.notNull())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("about", "text", (column) => column.notNull())
      .execute();
  },
};

async function createReleases(database: SchemaDatabase): Promise<void> {
  await database.schema
    .createTable("releases")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("model", "text", (column) => column.notNull().references("models.name"))
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("description", "text", (column) => column.notNull())
    .addColumn("base_id", "text", (column) => column.references("releases.id"))
    .addColumn("content_digest", "text", (column) => column.notNull())
    .addColumn("nodes", "integer", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("created_by", "text", (column) => column.notNull())
    .addUniqueConstraint("releases_number", ["model", "number"])
    .addUniqueConstraint("releases_content", ["model", "content_digest"])
    .execute();
  await database.schema
    .createTable("release_nodes")
    .addColumn("release_id", "text", (column) => column.notNull().references("releases.id"))
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("version_id", "text", (column) => column.references("versions.id"))
    .addPrimaryKeyConstraint("release_nodes_pk", ["release_id", "path"])
    .execute();
  await database.schema.createIndex("release_nodes_version").on("release_nodes").column("version_id").execute();
}

async function extendTags(database: SchemaDatabase): Promise<void> {
  await database.schema
    .alterTable("tags")
    .addColumn("pinned", "integer", (column) => column.notNull().defaultTo(0))
    .execute();
  for (const name of ["pinned", "previous_pinned"]) {
    await database.schema
      .alterTable("tag_changes")
      .addColumn(name, "integer", (column) => column.notNull().defaultTo(0))
      .execute();
  }
  await database.schema
    .createIndex("tag_changes_change")
    .on("tag_changes")
    .columns(["change_id", "model", "tag"])
    .execute();
}

async function createLedger(database: SchemaDatabase): Promise<void> {
  await database.schema
    .createTable("tag_heads")
    .addColumn("model", "text", (column) => column.notNull().references("models.name"))
    .addColumn("tag", "text", (column) => column.notNull())
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("release_id", "text", (column) => column.references("releases.id"))
    .addPrimaryKeyConstraint("tag_heads_pk", ["model", "tag"])
    .execute();
  await database.schema
    .createTable("tag_ledger")
    .addColumn("model", "text", (column) => column.notNull().references("models.name"))
    .addColumn("tag", "text", (column) => column.notNull())
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("change_id", "text", (column) => column.notNull())
    .addColumn("moves", "integer", (column) => column.notNull())
    .addColumn("release_id", "text", (column) => column.references("releases.id"))
    .addColumn("previous_release_id", "text", (column) => column.references("releases.id"))
    .addColumn("undoes", "text")
    .addColumn("actor", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addPrimaryKeyConstraint("tag_ledger_pk", ["model", "tag", "seq"])
    .execute();
  await database.schema.createIndex("tag_ledger_change").on("tag_ledger").column("change_id").execute();
}
