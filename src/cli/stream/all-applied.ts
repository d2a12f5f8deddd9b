import type { StreamStatus } from "../../featurestore/index.ts";

/**
 * Tells whether everything that was there at first has been applied, or is a dead letter, whichever process did that.
 *
 * @param status how far topics are read, now
 */
export async function allApplied(status: () => Promise<StreamStatus>): Promise<() => Promise<boolean>> {
  const ends = new Map<string, number>();
  for (const { source, topic, partition, end, lag } of (await status()).partitions)
    if (lag > 0) ends.set(JSON.stringify([source, topic, partition]), end);
  return async () => {
    if (ends.size === 0) return true;
    return (await status()).partitions.every(
      ({ source, topic, partition, first, next = first }) =>
        next >= (ends.get(JSON.stringify([source, topic, partition])) ?? 0),
    );
  };
}
