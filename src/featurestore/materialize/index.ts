export type { FullReason, HowLoaded } from "./how-loaded.ts";
export { materialize, type MaterializedGroup, type MaterializeOptions, type MaterializeResult } from "./materialize.ts";
export { defaultMaterializeLimits, type MaterializeLimits } from "./materialize-limits.ts";
