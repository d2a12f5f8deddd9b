import { costs } from "./costs.ts";
import type { Delays } from "./simulation/delays.ts";
import { runStream } from "./simulation/stream-run.ts";

/** A stream that is both run and simulated: half of what a process does by its cost of an event, over four partitions. */
export const files = 4;
export const eventsPerSecond: number = Math.round(5e5 / costs.streamLmdb.value / 400) * 400;
export const warmUpSeconds = 5;
/** How long behind its write an event in LMDB counts. */
export const leadMs = 25;

/** The stream as the simulation has it, by the costs that were measured. */
export function predictedDelays(seed = 1): Delays {
  const { delays } = runStream({
    workers: 1,
    rates: new Array<number>(files).fill(eventsPerSecond / files),
    flush: { fixedMs: 5, msPerEvent: costs.streamLmdb.value / 1000, deviation: 0.2, decisionMs: 0, leadMs },
    ...{ maxDelayMs: 500, flushEvents: 10_000, together: 25, seconds: 60, warmUpSeconds, seed },
  });
  return delays;
}
