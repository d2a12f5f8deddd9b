import type { PushedValues } from "./pushed-values.ts";

/** What was pushed under a key and counts at a moment, beside the record of its generation. */
export interface PushedBeside {
  /** In the order of the contract: by time, and then by when they counted. */
  readonly rows: readonly PushedValues[];
  /** Records of tiles of rows that were folded, those that counted first before the others; absent where none were. They counted before `rows`, or happened before them. */
  readonly folds?: readonly Uint8Array[];
}
