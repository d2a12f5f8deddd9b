import type { Micros } from "../../core/index.ts";

/** Bounds of a stream. */
export interface StreamLimits {
  /** How long an event may wait for others until it is applied with them, milliseconds. */
  readonly maxDelayMs: number;
  /** How many bytes of events are applied at once, at the most. */
  readonly flushBytes: number;
  /** How many events are applied at once, at the most. */
  readonly flushEvents: number;
  /** How many bytes of events of one source may wait in memory: no more are read then. */
  readonly bufferBytes: number;
  /** How large an event may be, bytes; a larger one is a dead letter. */
  readonly maxEventBytes: number;
  /** How far ahead of the clock an event may be dated, microseconds; one further ahead is a dead letter. */
  readonly maxFuture: Micros;
  /** How many events a key of a group may have that no load has taken in yet and that were not folded: each read of the key goes through them. Where it would have more the stream waits for a load. */
  readonly maxRowsPerKey: number;
  /** From how many events of a key on older ones are folded into tiles; see `PushLimits`. */
  readonly foldRows: number;
  /** How long events are kept one by one, milliseconds: so far back a key with many answers for moments of the past. */
  readonly foldAfterMs: number;
  /** How many ranges of offsets that were not applied are remembered of a partition, dead letters for the most part. Where there would be more the stream waits. */
  readonly maxHoles: number;
  /** The longest pause before what failed is tried again, milliseconds. */
  readonly retryMs: number;
  /** How long the last events may take to be applied when the stream is stopped, milliseconds. What is not is read again by whoever goes on. */
  readonly stopMs: number;
}

/** The defaults of {@link StreamLimits}. */
export const defaultStreamLimits: StreamLimits = {
  maxDelayMs: 500,
  flushBytes: 8 << 20,
  flushEvents: 10_000,
  bufferBytes: 32 << 20,
  maxEventBytes: 1 << 20,
  maxFuture: 86_400_000_000,
  maxRowsPerKey: 10_000,
  foldRows: 64,
  foldAfterMs: 60_000,
  maxHoles: 10_000,
  retryMs: 5000,
  stopMs: 10_000,
};
