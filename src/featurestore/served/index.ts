export { loggedFingerprints, publicFiles } from "./public-files.ts";
export {
  type CompactServedOptions,
  type Served,
  type ServedCompaction,
  type ServedContext,
  type ServedListing,
  servedOf,
} from "./served.ts";
export { servedErasure, type ServedErasureContext } from "./served-erasure.ts";
export { ServedLog, type ServedStats } from "./served-log.ts";
export type { ServedOptions, ServedPii } from "./served-options.ts";
export { servedFolder, servedName, servedPlanFile, servedVectorFolder } from "./served-places.ts";
export { type ServedColumn, servedColumns, type ServedRole } from "./served-schema.ts";
