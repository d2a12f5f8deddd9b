import { randomNumbers } from "../../../test/dsl/random-numbers.ts";
import { gap } from "./chance.ts";

/** Workers that come and go. */
export interface Storm {
  /** How often one comes or goes, on the average, seconds. */
  readonly everySeconds: number;
  /** How long nobody reads behind the last of them, seconds. */
  readonly pauseSeconds: number;
  readonly seconds: number;
  readonly seed: number;
}

/** The share of the time in which nobody reads: each time that a worker comes or goes partitions are dealt out anew, from the beginning where they were being dealt out. */
export function unreadShare({ everySeconds, pauseSeconds, seconds, seed }: Storm): number {
  const chance = randomNumbers(seed);
  let unread = 0;
  let readFrom = 0;
  for (let at = gap(chance, everySeconds); at < seconds; at += gap(chance, everySeconds)) {
    const until = Math.min(at + pauseSeconds, seconds);
    unread += until - Math.max(at, readFrom);
    readFrom = until;
  }
  return unread / seconds;
}

/** The same by its closed form: nobody reads where one came or went within the pause, `1 - e^(-pause / every)` of the time (Poisson). */
export function unreadShareInTheLongRun({
  everySeconds,
  pauseSeconds,
}: Pick<Storm, "everySeconds" | "pauseSeconds">): number {
  return 1 - Math.exp(-pauseSeconds / everySeconds);
}
