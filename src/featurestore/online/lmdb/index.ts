export { compactLmdb, type CompactedStore } from "./compact-lmdb.ts";
export { defaultLmdbLimits, type LmdbLimits, type LmdbOptions } from "./lmdb-options.ts";
export { LmdbStore } from "./lmdb-store.ts";
