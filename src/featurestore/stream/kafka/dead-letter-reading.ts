import { setTimeout as sleep } from "node:timers/promises";
import type { Consumer } from "kafkajs";
import type { TondoError } from "../../../core/index.ts";
import type { BuriedLetter, Extent } from "../event-log.ts";
import { letterOf } from "./dead-letter-topic.ts";

/** How often it is said that this process is alive while letters are applied, milliseconds. */
const pauseMs = 2000;

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
  let failure: TondoError | undefined;
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    failure = asError(payload.error);
    arrived.reject(failure);
  });
  // Whoever waits for it is told.
  const quiet = (): void => {
    arrived.promise.catch(() => undefined);
  };
  quiet();
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      eachBatch: async (payload) => {
        const { batch } = payload;
        const end = left.get(String(batch.partition));
        if (end === undefined) return;
        const own = batch.messages.filter(({ offset }) => Number(offset) < end);
        if (Number(batch.lastOffset()) + 1 >= end) left.delete(String(batch.partition));
        arrived.resolve(own.flatMap((message) => letterOf(message) ?? []));
        const isTaken = taken.promise;
        while (!(await Promise.race([isTaken.then(() => true), sleep(pauseMs, false, { ref: false })])))
          await payload.heartbeat();
      },
    });
    for (;;) {
      if (failure !== undefined) throw failure;
      const letters = await arrived.promise;
      const isLast = left.size === 0;
      yield letters;
      if (isLast) return;
      arrived = Promise.withResolvers();
      quiet();
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
