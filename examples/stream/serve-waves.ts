import { setTimeout as sleep } from "node:timers/promises";
import type { Producer } from "kafkajs";
import { type Progress, type RunningStream, type Tondo, TondoError } from "../../src/index.ts";
import { type Answer, ask, request } from "./answers.ts";
import { kitchensTopic, ordersTopic, type Wave } from "./waves.ts";

/** What came of the waves. */
export interface ServedWaves {
  readonly messages: number;
  readonly applied: number;
  readonly dead: number;
  /** From when a wave was produced until all of it counted, the longest. */
  readonly longestMs: number;
  /** All that was served, while events flowed and once they counted. */
  readonly answers: readonly Answer[];
  /** What was served of the requests that are watched: before the first wave, and behind each. */
  readonly watched: readonly Answer[];
}

/** How many messages are sent before some requests are made, and how many these are; and how many are made behind each wave. */
const together = 10;
const askedBetween = 20;
const askedBehind = 20;

/**
 * Produces wave after wave, and asks for features while they are on their way.
 *
 * @param watched whose features are looked at behind each wave
 * @throws TondoError what streaming and reading throw
 */
export async function serveWaves(
  { tondo, producer, progress }: { readonly tondo: Tondo; readonly producer: Producer; readonly progress: Progress },
  waves: readonly Wave[],
  watched: readonly [store: string, rider: string],
): Promise<ServedWaves> {
  const answers: Answer[] = [];
  const askSome = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) answers.push(await ask(tondo, ...request(answers.length)));
  };
  // What may go well later is tried again, and only told.
  let failure: unknown;
  const onFailure = (_: string, error: unknown): void => {
    failure = error;
  };
  await using stream = await tondo.stream({ limits: { maxDelayMs: 100 }, onFailure });
  progress.start("streaming", waves.length);
  const seen = [await ask(tondo, ...watched)];
  let messages = 0;
  let longestMs = 0;
  for (const [i, { orders, kitchens }] of waves.entries()) {
    const began = performance.now();
    await producer.send({ topic: kitchensTopic, messages: [...kitchens] });
    for (let from = 0; from < orders.length; from += together) {
      await producer.send({ topic: ordersTopic, messages: orders.slice(from, from + together) });
      await askSome(askedBetween);
    }
    messages += kitchens.length + orders.length;
    await untilServed(stream, messages, () => failure);
    longestMs = Math.max(longestMs, performance.now() - began);
    await askSome(askedBehind);
    seen.push(await ask(tondo, ...watched));
    progress.update(i + 1);
  }
  const { partitions } = stream.metrics;
  const sum = (of: "applied" | "dead"): number => partitions.reduce((total, one) => total + one[of], 0);
  progress.finish(`${String(sum("applied"))} events applied`);
  return { messages, applied: sum("applied"), dead: sum("dead"), longestMs, answers, watched: seen };
}

/**
 * Waits until a stream has passed so many messages, and requests see what came of them: with Cassandra a quarter of a second later.
 *
 * @param failure what was tried again last
 * @throws TondoError `INTERNAL` where that takes longer than a minute, and what ends the stream
 */
async function untilServed(stream: RunningStream, messages: number, failure: () => unknown): Promise<void> {
  const patience = performance.now() + 60_000;
  for (;;) {
    const { partitions, sources } = stream.metrics;
    const passed = partitions.reduce((sum, { applied, dead }) => sum + applied + dead, 0);
    const appliedAt = Math.max(...sources.map((source) => source.appliedAt ?? 0));
    if (passed >= messages && Date.now() * 1000 > appliedAt) return;
    if (performance.now() > patience) {
      const why = failure() === undefined ? "" : `; it tries again what failed: ${String(failure())}`;
      throw new TondoError(
        "INTERNAL",
        `${String(passed)} of ${String(messages)} messages were passed in a minute${why}`,
      );
    }
    await Promise.race([sleep(5), stream.failed]);
  }
}
