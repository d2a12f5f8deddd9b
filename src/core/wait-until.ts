import { setTimeout } from "node:timers/promises";
import type { Clock, Micros } from "./moment.ts";
import { TondoError } from "./tondo-error.ts";

/**
 * Waits until a clock has come to a moment.
 *
 * @param moment - one that is near: without a signal nothing ends the wait before
 * @throws TondoError `ABORTED` where the signal is aborted before
 * @example `await waitUntil(clock() + 10_000, clock)`, 10 milliseconds
 */
export async function waitUntil(moment: Micros, clock: Clock, signal?: AbortSignal): Promise<void> {
  const milliseconds = Math.ceil((moment - clock()) / 1000);
  if (milliseconds <= 0) return;
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    throw new TondoError("ABORTED", "waiting for a moment was cancelled", { cause: signal?.reason ?? error });
  }
}
