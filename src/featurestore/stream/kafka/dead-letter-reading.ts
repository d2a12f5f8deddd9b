import type { Consumer } from "kafkajs";
import type { TondoError } from "../../../core/index.ts";
import type { BuriedLetter, Extent } from "../event-log.ts";
import { letterOf } from "./dead-letter-topic.ts";

/** Gives the dead letters of a topic up to where it ended when it was looked at, a batch of them at once: no other is read meanwhile. */
export async function* readUpTo(
  consumer: Consumer,
  topic: string,
  ends: ReadonlyMap<string, Extent>,
  asError: (error: unknown) => TondoError,
): AsyncGenerator<readonly BuriedLetter[]> {
  const left = new Map([...ends].filter(([, { first, end }]) => end > first).map(([name, { end }]) => [name, end]));
  if (left.size === 0) return;
  let arrived = Promise.withResolvers<readonly BuriedLetter[]>();
  let taken = Promise.withResolvers<boolean>();
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    arrived.reject(asError(payload.error));
  });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async ({ batch }) => {
        const end = left.get(String(batch.partition));
        if (end === undefined) return;
        const own = batch.messages.filter(({ offset }) => Number(offset) < end);
        if (Number(batch.lastOffset()) + 1 >= end) left.delete(String(batch.partition));
        arrived.resolve(own.flatMap((message) => letterOf(message) ?? []));
        await taken.promise;
      },
    });
    for (;;) {
      const letters = await arrived.promise;
      const isLast = left.size === 0;
      yield letters;
      if (isLast) return;
      arrived = Promise.withResolvers();
      const { resolve } = taken;
      taken = Promise.withResolvers();
      resolve(true);
    }
  } catch (error) {
    throw asError(error);
  } finally {
    taken.resolve(false);
  }
}
