import type { CatalogTables } from "./catalog-tables.ts";
import type { ErasureTables } from "./erasure-tables.ts";
import type { RegistryTables } from "./registry-tables.ts";

/** The migrations that this database has had; the guard against older programs. */
export interface MigrationsTable {
  /** 1, 2, 3 ... in the order of the list in `migrations/`. */
  readonly number: number;
  readonly name: string;
  /** Microseconds since 1970. */
  readonly applied_at: number;
}

/** Every table, for Kysely. Moments are microseconds since 1970, JSON is text, booleans are not used. */
export interface Tables extends CatalogTables, ErasureTables, RegistryTables {
  readonly tondo_migrations: MigrationsTable;
}
