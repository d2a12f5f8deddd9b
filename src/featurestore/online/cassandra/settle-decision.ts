import { driverFailure } from "./driver-failure.ts";

/** Pauses before a decision of unknown outcome is asked for again, milliseconds. */
const pausesMs = [100, 400, 1600];

/**
 * Asks for a decision until it is known what became of it. Where an answer does not come, the decision may have been taken or be taken later: so it is
 * looked up serially, which ends what was begun, and else asked for again. It must be one that counts once: its condition fails once it was taken.
 *
 * @param attempt `true` where the condition held
 * @param isTaken reads serially whether the decision was taken
 * @throws what `attempt` throws: where the outcome stays unknown, the last of it
 */
export async function settleDecision(
  attempt: () => Promise<boolean>,
  isTaken: () => Promise<boolean>,
  pauses: readonly number[] = pausesMs,
): Promise<boolean> {
  let isOpen = false;
  for (const pause of [...pauses, undefined]) {
    try {
      return (await attempt()) || (isOpen && (await isTaken()));
    } catch (error) {
      if (!driverFailure(error).isUnknown) throw error;
      isOpen = true;
      if (pause === undefined) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    // Where that cannot be read either, the next attempt says so.
    const taken = await isTaken().catch(() => false);
    if (taken) return true;
  }
  return false;
}
