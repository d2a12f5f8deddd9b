/** Catalog and registry in PostgreSQL; needs the optional package `pg`. */
export { connectPostgres, type PostgresOptions } from "./database/index.ts";
