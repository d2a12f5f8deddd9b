/** The online store of one machine; importing this loads `lmdb`. */
export { defaultLmdbLimits, type LmdbLimits, type LmdbOptions, LmdbStore } from "./featurestore/online/lmdb/index.ts";
