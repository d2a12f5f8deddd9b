import { setTimeout as sleep } from "node:timers/promises";
import type { Admin, ITopicConfig } from "kafkajs";

/** Makes topics, and waits until all their partitions have leaders: kafkajs itself waits for those alone of which the broker has heard. */
export async function makeTopics(admin: Admin, topics: readonly ITopicConfig[]): Promise<void> {
  await admin.createTopics({ topics: [...topics], waitForLeaders: false });
  for (const { topic } of topics) await untilLed(() => admin.fetchTopicOffsets(topic));
}

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
