export { atRest, type AtRestOptions } from "./at-rest.ts";
export { defaultPushLimits, longestWait, type PushLimits } from "./push-limits.ts";
export { pushing } from "./push-rows.ts";
export type { FedSource } from "./fed-source.ts";
export { placeRows } from "./place-rows.ts";
export { type PushingOptions, RowApplication } from "./row-application.ts";
export { collectPushed } from "./collect-pushed.ts";
export { lastPushed, wasPushedBehind, withPushed } from "./pushed-places.ts";
export { pushedErasure } from "./pushed-erasure.ts";
