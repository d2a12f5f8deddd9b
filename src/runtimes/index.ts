export { loadRuntime, parseRuntime } from "./load-runtime.ts";
export { type Runtime, type RuntimeLimits } from "./runtime.ts";
export { type WeightedModel } from "./weighted-runtime.ts";
