export { backfill, type BackfilledFeature, type BackfillOptions, type BackfillResult } from "./backfill.ts";
