import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { lockHome, type TrainingSet } from "../../src/featurestore/index.ts";
import { open, type Progress, type Tondo, toMicros } from "../../src/index.ts";
import { compareVectors, type Consistency } from "./compare-vectors.ts";
import { checkedRequests } from "./consistency.ts";
import { dumpVectors } from "./dump-vectors.ts";
import { landingsOf } from "./landings.ts";
import type { Prepared } from "./prepare.ts";
import { lastDayFrom } from "./prepare-sql.ts";
import { busiestRoutes, requestsOf } from "./requests.ts";
import { type ServedDay, serveDay } from "./serve-day.ts";
import { SimulatedClock } from "./simulated-clock.ts";
import type { TondoProject } from "./tondo.d.ts";
import { trainedVectors } from "./trained-vectors.ts";
import { watchedOf } from "./watched-departures.ts";

/** What came of the last day. */
export interface LastDay extends Omit<ServedDay, "served"> {
  readonly from: string;
  readonly consistency: Consistency;
  /** The first few slots that differ, if any. */
  readonly differences: readonly string[];
}

/** What the last day is played with. */
export interface LastDayOptions {
  readonly tondo: Tondo<TondoProject>;
  readonly set: TrainingSet;
  readonly prepared: Prepared;
  readonly dump?: string | undefined;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/**
 * Plays the last day, whose flights come as events: on a store that is loaded as of its beginning, by a clock that runs through it. What is served meanwhile is held
 * against what the training path computes afterwards.
 *
 * @throws TondoError `HOME_BUSY` where another process plays it, and what `serveDay` throws
 */
export async function playLastDay(options: LastDayOptions): Promise<LastDay> {
  const { tondo, set, dump, progress, signal } = options;
  const home = join(tondo.home, "last-day");
  using _lock = lockHome(tondo.home, "play the last day");
  // No clock goes back: a store that has seen the day, or a part of it, cannot see it again.
  await rm(home, { recursive: true, force: true });
  const { served, ...day } = await serveFrom(home, options);
  progress.start("comparing what was served meanwhile with the training path");
  const trained = await trainedVectors(tondo, home, set, served, signal);
  const { consistency, differences } = compareVectors(served, trained);
  if (dump !== undefined) await dumpVectors(dump, "last-day-", served, trained);
  progress.finish(`${String(consistency.identical)} of ${String(consistency.checked)} identical`);
  return { from: lastDayFrom, ...day, consistency, differences };
}

/** Serves the day from a home of its own, with the definitions and the models of the project. */
async function serveFrom(home: string, { tondo, prepared, progress, signal }: LastDayOptions): Promise<ServedDay> {
  const events = join(home, "events");
  await mkdir(join(events, "flights"), { recursive: true });
  const clock = new SimulatedClock(lastDayFrom);
  await using live = await open<TondoProject>({
    folder: tondo.folder,
    home,
    database: { url: `sqlite:${join(tondo.home, "tondo.db")}` },
    artifacts: join(tondo.home, "artifacts"),
    events: { folder: events, limits: { pollMs: 5 } },
    clock: clock.now,
  });
  progress.start("loading a store for the last day");
  await live.materialize({ asOf: lastDayFrom, ...(signal === undefined ? {} : { signal }) });
  progress.finish();
  const routes = await busiestRoutes(prepared, checkedRequests);
  return await serveDay({
    ...{ live, clock, progress, signal, from: toMicros(lastDayFrom) },
    file: join(events, "flights", "landings.ndjson"),
    landings: await landingsOf(prepared),
    requests: requestsOf(routes, checkedRequests),
    watched: watchedOf(routes),
  });
}
