export { atRest, type AtRestOptions } from "./at-rest.ts";
export { defaultPushLimits, longestWait, type PushLimits } from "./push-limits.ts";
export { pushing, type PushingOptions } from "./push-rows.ts";
export { collectPushed } from "./collect-pushed.ts";
export { lastPushed, wasPushedBehind, withPushed } from "./pushed-places.ts";
export { pushedErasure } from "./pushed-erasure.ts";
