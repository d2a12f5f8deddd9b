import { setTimeout } from "node:timers/promises";
import type { Clock, Micros } from "./moment.ts";

/**
 * Waits until a clock has come to a moment.
 *
 * @param moment - one that is near: nothing ends the wait before
 * @example `await waitUntil(clock() + 10_000, clock)`, 10 milliseconds
 */
export async function waitUntil(moment: Micros, clock: Clock): Promise<void> {
  const milliseconds = Math.ceil((moment - clock()) / 1000);
  if (milliseconds > 0) await setTimeout(milliseconds);
}
