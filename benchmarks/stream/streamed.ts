import { setTimeout as sleep } from "node:timers/promises";
import type { Tondo } from "../../src/index.ts";

/** Applies all events of the topic. */
export async function streamAll(tondo: Tondo, events: number): Promise<void> {
  const stream = await tondo.stream();
  const applied = (): number => stream.metrics.partitions.reduce((sum, one) => sum + one.applied, 0);
  while (applied() < events) await Promise.race([sleep(5), stream.failed]);
  await stream.stop();
}
