import type { Kysely, Transaction } from "kysely";
import { systemClock, TondoError } from "../core/index.ts";
import { migrations as ownMigrations } from "./migrations/index.ts";
import type { Migration } from "./migrations/migration.ts";
import type { Tables } from "./tables/tables.ts";

/** The two things about migrations in which the databases differ. */
export interface MigrationSupport {
  /** Whether the table of migrations is there. */
  hasMigrationsTable(database: Kysely<Tables>): Promise<boolean>;
  /** Keeps all other processes that migrate out until the transaction ends. */
  lock(transaction: Transaction<Tables>): Promise<void>;
}

/**
 * Brings a database to the newest schema: all missing steps in one transaction under a lock, so that any number
 * of processes may start at once and a killed one leaves nothing behind. A database that is up to date is only read.
 *
 * @throws TondoError `DATABASE_NEWER` where a newer program migrated it
 */
export async function migrate(
  database: Kysely<Tables>,
  support: MigrationSupport,
  migrations: readonly Migration[] = ownMigrations,
): Promise<void> {
  if ((await applied(database, support, migrations)) === migrations.length) return;
  await database.transaction().execute(async (transaction) => {
    await support.lock(transaction);
    const done = await applied(transaction, support, migrations);
    if (done === 0) await createMigrationsTable(transaction);
    for (const [index, migration] of migrations.entries()) {
      if (index < done) continue;
      await migration.up(transaction);
      const row = { number: index + 1, name: migration.name, applied_at: systemClock() };
      await transaction.insertInto("tondo_migrations").values(row).execute();
    }
  });
}

/** How many of the migrations the database has had. */
async function applied(
  database: Kysely<Tables>,
  support: MigrationSupport,
  migrations: readonly Migration[],
): Promise<number> {
  if (!(await support.hasMigrationsTable(database))) return 0;
  const rows = await database.selectFrom("tondo_migrations").select(["number", "name"]).orderBy("number").execute();
  const unknown = rows.find((row) => migrations[row.number - 1]?.name !== row.name);
  if (unknown !== undefined) {
    throw new TondoError(
      "DATABASE_NEWER",
      `the database has had migration ${unknown.name}, which this program does not know`,
      {
        hint: "Upgrade this program to the version that migrated the database; nothing was changed.",
        details: { migration: unknown.name, known: migrations.length },
      },
    );
  }
  return rows.length;
}

async function createMigrationsTable(transaction: Transaction<Tables>): Promise<void> {
  await transaction.schema
    .createTable("tondo_migrations")
    .addColumn("number", "integer", (column) => column.primaryKey())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("applied_at", "bigint", (column) => column.notNull())
    .execute();
}
