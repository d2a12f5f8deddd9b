import type { Migration, SchemaDatabase } from "./migration.ts";

/** Models, versions, tags with their log, partition nodes. */
export const registryMigration: Migration = {
  name: "0002-registry",
  async up(database: SchemaDatabase): Promise<void> {
    await createModels(database);
    await createVersions(database);
    await createTags(database);
    await database.schema
      .createTable("partition_nodes")
      .addColumn("model", "text", (column) => column.notNull().references("models.name"))
      .addColumn("path", "text", (column) => column.notNull())
      .addColumn("rows", "bigint", (column) => column.notNull())
      .addColumn("min_rows", "bigint", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("recorded_at", "bigint", (column) => column.notNull())
      .addPrimaryKeyConstraint("partition_nodes_pk", ["model", "path"])
      .execute();
  },
};

async function createModels(database: SchemaDatabase): Promise<void> {
  await database.schema
    .createTable("models")
    .addColumn("name", "text", (column) => column.primaryKey())
    .addColumn("owner", "text", (column) => column.notNull())
    .addColumn("project", "text", (column) => column.notNull())
    .addColumn("description", "text", (column) => column.notNull())
    .addColumn("levels", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("created_by", "text", (column) => column.notNull())
    .addColumn("last_number", "integer", (column) => column.notNull().defaultTo(0))
    .addColumn("revision", "bigint", (column) => column.notNull().defaultTo(0))
    .addColumn("changed_at", "bigint", (column) => column.notNull())
    .execute();
}

async function createVersions(database: SchemaDatabase): Promise<void> {
  await database.schema
    .createTable("versions")
    .addColumn("id", "text", (column) => column.primaryKey())
    .addColumn("model", "text", (column) => column.notNull().references("models.name"))
    .addColumn("number", "integer", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("content_digest", "text", (column) => column.notNull())
    .addColumn("package_digest", "text", (column) => column.notNull())
    .addColumn("vector_name", "text")
    .addColumn("vector_fingerprint", "text")
    .addColumn("trainer_name", "text", (column) => column.notNull())
    .addColumn("trainer_version", "text", (column) => column.notNull())
    .addColumn("configuration", "text", (column) => column.notNull())
    .addColumn("parameters", "text", (column) => column.notNull())
    .addColumn("metrics", "text", (column) => column.notNull())
    .addColumn("training_set", "text")
    .addColumn("holdout_set", "text")
    .addColumn("parent_id", "text", (column) => column.references("versions.id"))
    .addColumn("started_at", "bigint")
    .addColumn("ended_at", "bigint")
    .addColumn("labels", "text", (column) => column.notNull())
    .addColumn("seed", "bigint")
    .addColumn("environment", "text", (column) => column.notNull())
    .addColumn("created_at", "bigint", (column) => column.notNull())
    .addColumn("created_by", "text", (column) => column.notNull())
    .addUniqueConstraint("versions_number", ["model", "number"])
    .addUniqueConstraint("versions_content", ["model", "content_digest"])
    .execute();
  await database.schema.createIndex("versions_path").on("versions").columns(["model", "path", "number"]).execute();
  await database.schema.createIndex("versions_package").on("versions").column("package_digest").execute();
}

async function createTags(database: SchemaDatabase): Promise<void> {
  await database.schema
    .createTable("tags")
    .addColumn("model", "text", (column) => column.notNull().references("models.name"))
    .addColumn("tag", "text", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("version_id", "text", (column) => column.references("versions.id"))
    .addPrimaryKeyConstraint("tags_pk", ["model", "tag", "path"])
    .execute();
  await database.schema
    .createTable("tag_changes")
    .addColumn("model", "text", (column) => column.notNull().references("models.name"))
    .addColumn("tag", "text", (column) => column.notNull())
    .addColumn("path", "text", (column) => column.notNull())
    .addColumn("seq", "integer", (column) => column.notNull())
    .addColumn("version_id", "text", (column) => column.references("versions.id"))
    .addColumn("previous_version_id", "text", (column) => column.references("versions.id"))
    .addColumn("actor", "text", (column) => column.notNull())
    .addColumn("reason", "text", (column) => column.notNull())
    .addColumn("at", "bigint", (column) => column.notNull())
    .addColumn("change_id", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("tag_changes_pk", ["model", "tag", "path", "seq"])
    .execute();
}
