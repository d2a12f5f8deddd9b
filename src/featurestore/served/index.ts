export { servedFolder, servedName, servedPlanFile, servedVectorFolder } from "./served-places.ts";
export { type ServedColumn, servedColumns, type ServedRole } from "./served-schema.ts";
