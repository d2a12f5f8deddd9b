import { setTimeout as sleep } from "node:timers/promises";

/** Asks again while a broker that has just begun knows nothing of a topic, or its partitions have no leader. */
export async function untilLed<T>(ask: () => Promise<T>): Promise<T> {
  for (let left = 100; ; left--) {
    try {
      return await ask();
    } catch (error) {
      if (left === 0 || (error as { readonly retriable?: boolean }).retriable !== true) throw error;
    }
    await sleep(100);
  }
}
