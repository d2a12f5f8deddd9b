import { appendFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import {
  formatMicros,
  type Micros,
  type Progress,
  type RunningStream,
  type Tondo,
  TondoError,
} from "../../src/index.ts";
import { checkSignal } from "./check-signal.ts";
import type { ServedVector } from "./compare-vectors.ts";
import type { Landing } from "./landings.ts";
import { requestOf } from "./predictions.ts";
import type { Departure } from "./requests.ts";
import type { SimulatedClock } from "./simulated-clock.ts";
import type { TondoProject } from "./tondo.d.ts";
import { watch, type WatchedDeparture, type WatchedMoment } from "./watched-departures.ts";

/** What a day is served with. */
export interface DayToServe {
  readonly live: Tondo<TondoProject>;
  readonly clock: SimulatedClock;
  readonly from: Micros;
  /** The file of the topic's folder to which events are appended. */
  readonly file: string;
  /** The flights that land on that day, as they land. */
  readonly landings: readonly Landing[];
  /** What is asked for in the course of the day. */
  readonly requests: readonly Departure[];
  /** What is asked for again and again. */
  readonly watched: readonly Departure[];
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}

/** What came of a day. */
export interface ServedDay {
  /** How many flights came as events. */
  readonly events: number;
  /** For how long they were on their way: from when an hour's were appended until they counted, all hours together. */
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly watched: readonly WatchedDeparture[];
  readonly served: readonly ServedVector[];
}

const hours = 24;
/** Behind how many of them it is shown what became of the watched departures. */
const shownHours = [3, 6, 9, 12];

const second: Micros = 1_000_000;
const hour: Micros = 3600 * second;

/**
 * Serves a day by its clock, which is set ahead hour by hour: each hour's flights are appended to the topic and streamed. Requests are made just before, when they have landed and nobody has
 * said so, and once they count. All ask for now.
 *
 * @throws TondoError `ABORTED`, `INTERNAL` where flights are left when the day is over, and what streaming and predicting throw
 */
export async function serveDay(day: DayToServe): Promise<ServedDay> {
  const { live, clock, from, landings, requests, progress } = day;
  const served: ServedVector[] = [];
  const moments = day.watched.map((): WatchedMoment[] => []);
  const lookAround = async (): Promise<void> => {
    for (const [i, departure] of day.watched.entries()) moments[i]?.push(await watch(live, departure));
  };
  /** Makes a part of the requests, of busy routes and quiet ones alike. */
  const ask = async (part: number): Promise<void> => {
    for (const departure of requests.filter((_, i) => i % (2 * hours) === part)) {
      const { at, vector: slots } = await live.predict("flight_delay@champion", requestOf(departure));
      served.push({ departure, at: formatMicros(at), slots });
    }
  };
  const failures: unknown[] = [];
  // What may go well later is tried again; a day has no time for that.
  const onFailure = (_: string, error: unknown): number => failures.push(error);
  await using stream = await live.stream({ limits: { maxDelayMs: 5 }, onFailure });
  stream.failed.catch((error: unknown) => failures.push(error));
  progress.start("streaming the last day", hours);
  await lookAround();
  let events = 0;
  let seconds = 0;
  for (let passed = 1; passed <= hours; passed++) {
    checkSignal(day.signal, "the last day");
    clock.advanceTo(from + passed * hour);
    await ask(2 * passed - 2);
    const landed = landings.slice(events).filter(({ landedAt }) => landedAt <= from + passed * hour);
    events += landed.length;
    const began = performance.now();
    await appendFile(day.file, landed.map(({ event }) => `${event}\n`).join(""));
    await untilApplied(stream, events, failures);
    seconds += (performance.now() - began) / 1000;
    // What is applied counts from a moment a little ahead. It is over when nothing is on its way: else it would be overtaken.
    clock.advanceTo(clock.now() + second);
    await ask(2 * passed - 1);
    if (shownHours.includes(passed)) await lookAround();
    progress.update(passed);
  }
  const left = landings.length - events;
  if (left > 0)
    throw new TondoError(
      "INTERNAL",
      `${String(left)} of ${String(landings.length)} flights of the last day did not land on it`,
    );
  progress.finish(`${String(events)} events in ${seconds.toFixed(1)} s`);
  const watched = day.watched.map(({ origin, destination }, i) => ({ origin, destination, moments: moments[i] ?? [] }));
  const eventsPerSecond = Math.round(events / seconds);
  return { events, seconds: Math.round(seconds * 1000) / 1000, eventsPerSecond, watched, served };
}

/**
 * Waits until so many events were applied.
 * @throws what streaming them throws
 */
async function untilApplied(stream: RunningStream, events: number, failures: readonly unknown[]): Promise<void> {
  for (;;) {
    if (failures.length > 0) throw failures[0];
    const { partitions } = stream.metrics;
    const dead = partitions.find((one) => one.dead > 0 || one.waiting > 0);
    if (dead !== undefined) throw new TondoError("INTERNAL", "a flight of the last day cannot be applied");
    if (partitions.reduce((sum, { applied }) => sum + applied, 0) >= events) return;
    await sleep(2);
  }
}
