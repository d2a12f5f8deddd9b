export { connect, type ConnectOptions } from "./connect.ts";
export type { Database, DatabaseDialect, Queries } from "./database.ts";
export { type ConstraintKind, type ConstraintViolation, isUniqueViolation } from "./database-error.ts";
export { connectPostgres, type PostgresOptions } from "./postgres/connect-postgres.ts";
export type { SourceColumn } from "./postgres/source-column.ts";
export type { SourceDatabaseOptions } from "./postgres/source-database.ts";
export { type RowRange, type SourceTable, TableSnapshot } from "./postgres/table-snapshot.ts";
export { connectSqlite, type SqliteOptions } from "./sqlite/connect-sqlite.ts";
export type { ApplicationsTable, CatalogTables, DefinitionsTable } from "./tables/catalog-tables.ts";
export type { ErasuresTable, ErasureTables } from "./tables/erasure-tables.ts";
export type {
  ModelsTable,
  PartitionNodesTable,
  RegistryChangesTable,
  RegistryTables,
  ReleaseNodesTable,
  ReleasesTable,
  TagChangesTable,
  TagHeadsTable,
  TagLedgerTable,
  TagsTable,
  VersionsTable,
} from "./tables/registry-tables.ts";
export type { MigrationsTable, Tables } from "./tables/tables.ts";
