export { freshness, type Freshness, type FreshnessOptions, type GroupFreshness } from "./freshness.ts";
export { promisesOf } from "./promises.ts";
