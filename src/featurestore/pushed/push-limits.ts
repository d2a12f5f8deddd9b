import type { Micros } from "../../core/index.ts";

/** Bounds of what programs push. */
export interface PushLimits {
  /** How many rows one call may give. */
  readonly maxRows: number;
  /** How far ahead of the clock a row may be dated, microseconds. */
  readonly maxFuture: Micros;
  /** How many rows a key of a group may have that no load has taken in yet, and that were not folded: each read of the key goes through them. */
  readonly maxRowsPerKey: number;
  /**
   * From how many rows of a key on those that have counted for {@link foldAfterMs} are folded into tiles: reads of it cost the same from then on. In LMDB, of `events` without `id`; rows of others
   * may be replaced, and are kept.
   */
  readonly foldRows: number;
  /** How long rows are kept one by one, milliseconds: so far back a key with many answers for moments of the past. One that has half of `maxRowsPerKey` answers for the last second alone. */
  readonly foldAfterMs: number;
}

/** The defaults of {@link PushLimits}. */
export const defaultPushLimits: PushLimits = {
  maxRows: 10_000,
  maxFuture: 86_400_000_000,
  maxRowsPerKey: 10_000,
  foldRows: 64,
  foldAfterMs: 60_000,
};

/** How long may be waited for the moment of a push beyond its lead, microseconds: where the clock was set back. */
export const longestWait = 10_000_000;
