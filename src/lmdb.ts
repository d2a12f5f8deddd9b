/** The online store of one machine; importing this loads `lmdb`. */
export {
  compactLmdb,
  type CompactedStore,
  defaultLmdbLimits,
  type LmdbLimits,
  type LmdbOptions,
  LmdbStore,
} from "./featurestore/online/lmdb/index.ts";
