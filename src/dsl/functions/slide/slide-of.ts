import type { ValueKind } from "../../../core/index.ts";
import type { Aggregate, SlideRule } from "../aggregate.ts";
import type { Constants } from "../scalar-function.ts";
import { BestSlide } from "./best-slide.ts";
import { LatestSlide } from "./latest-slide.ts";
import { LeavingSlide } from "./leaving-slide.ts";
import type { Slide } from "./slide.ts";

/** How an aggregate over one kind of input follows a window that slides. */
export function slideRuleOf(aggregate: Aggregate, kind: ValueKind | "rows", options: Constants): SlideRule {
  return aggregate.slides?.(kind, options) ?? { by: "leaving", code: aggregate.code(kind, options) };
}

/** A slide by a rule, without any row. */
export function slideOf(rule: SlideRule): Slide {
  switch (rule.by) {
    case "leaving":
      return new LeavingSlide(rule.code);
    case "best":
      return new BestSlide(rule.code, rule.beats);
    case "latest":
      return new LatestSlide(rule);
  }
}
