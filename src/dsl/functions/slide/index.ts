export type { Slide } from "./slide.ts";
export { slideOf, slideRuleOf } from "./slide-of.ts";
