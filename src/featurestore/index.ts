export * from "./catalog/index.ts";
export * from "./definition-tests/index.ts";
export { type Cell, Engine, type EngineOptions, type TableColumn } from "./duckdb/index.ts";
export { type HomeLock, lockHome } from "./home-lock.ts";
export * from "./materialize/index.ts";
export * from "./offline/index.ts";
export * from "./online/index.ts";
export * from "./statistics/index.ts";
