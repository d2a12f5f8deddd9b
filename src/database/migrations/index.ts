import { catalogMigration } from "./0001-catalog.ts";
import { registryMigration } from "./0002-registry.ts";
import { erasuresMigration } from "./0003-erasures.ts";
import { releasesMigration } from "./0004-releases.ts";
import type { Migration } from "./migration.ts";

/** Every migration in order; new ones go to the end. */
export const migrations: readonly Migration[] = [
  catalogMigration,
  registryMigration,
  erasuresMigration,
  releasesMigration,
];
