export type { ErasableLog } from "./erasable-log.ts";
export type { EraseResult } from "./erase.ts";
export type { ErasedKey } from "./erased-key.ts";
export { type ErasedKeys, readErasedKeys } from "./erased-keys.ts";
export { type EraseCallOptions, type Erasing, erasing, type ErasingContext, type ForgottenErasure } from "./erasing.ts";
export type { ErasedPlace, Erasure } from "./erasure-records.ts";
export type { SourceFileRows, SourceRows } from "./source-rows.ts";
