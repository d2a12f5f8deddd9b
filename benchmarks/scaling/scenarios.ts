import { randomNumbers } from "../../test/dsl/random-numbers.ts";
import { costs, measuredDelays } from "./costs.ts";
import { predictedDelays } from "./half-load.ts";
import { assumed, demand, workerRate } from "./model.ts";
import { runHotKey } from "./simulation/hot-key.ts";
import { ringLoad } from "./simulation/ring.ts";
import { unreadShare, unreadShareInTheLongRun } from "./simulation/storm.ts";
import { type FlushCosts, runStream, type StreamOutcome, type StreamRun } from "./simulation/stream-run.ts";
import { hottestShare, partShares } from "./simulation/zipf.ts";
import { percent, shown, type Table, time } from "./table.ts";

/** What flushes to Cassandra take, as measured; and how long behind their decision they count. */
const toCassandra: FlushCosts = {
  fixedMs: 4,
  msPerEvent: costs.streamCassandra.value / 1000,
  ...{ deviation: 0.2, decisionMs: costs.decisionOf8.value, leadMs: 250 },
};

/** A store that is asked half of what its workers do, in flushes of five seconds. */
const store = {
  ...{ workers: 32, flush: toCassandra, maxDelayMs: 5000, flushEvents: 10_000 },
  ...{ together: 200, warmUpSeconds: 40 },
} as const;
const perWorker = assumed.partitionsPerWorker;
const partitions = perWorker * store.workers;
/** Events a second of such a store where its workers are busy half of the time. */
const storeRate = workerRate() * store.workers;

function evenRates(load: number): readonly number[] {
  return new Array<number>(partitions).fill((storeRate * 2 * load) / partitions);
}

/** A stream that was run and simulated. */
export function oneRun(seed: number): Table {
  const predicted = predictedDelays(seed);
  return {
    name: "one run",
    heads: ["from appended to readable", "simulated", "measured"],
    rows: [
      ["half of the events", time(predicted.at(0.5)), time(measuredDelays.half)],
      ["99 of 100", time(predicted.at(0.99)), time(measuredDelays.most)],
    ],
  };
}

/** Where workers wait for each other in the order of one store. */
export function orderScenario(seed: number): Table {
  const run = (workers: number, maxDelayMs: number): StreamOutcome =>
    runStream({
      ...{ ...store, workers, maxDelayMs, seconds: 100, seed },
      rates: new Array<number>(workers * perWorker).fill(workerRate() / perWorker),
    });
  return {
    name: "one order",
    heads: ["workers of a store", "`maxDelayMs`", "events a second", "half", "99 of 100", "behind at the end"],
    rows: [
      ...[8, 32, 64, 128].map((workers) => [workers, 500] as const),
      ...[32, 128, 512].map((workers) => [workers, 5000] as const),
    ].map(([workers, ms]) => {
      const { delays, behindAtEnd } = run(workers, ms);
      return [
        ...[shown(workers), shown(ms), shown(workerRate() * workers)],
        ...[time(delays.at(0.5)), time(delays.at(0.99)), shown(behindAtEnd)],
      ];
    }),
  };
}

/** Keys of which some have most events. */
export function hotKeys(seed: number): Table {
  const rows = [0, 0.5, 0.8, 1, 1.2].map((s) => {
    const shares = partShares(demand.keys, s, partitions, randomNumbers(seed));
    const run: StreamRun = { ...store, rates: Array.from(shares, (share) => share * storeRate), seconds: 160, seed };
    const { delays, busiest, behindAtEnd } = runStream(run);
    const rate = hottestShare(demand.keys, s) * storeRate;
    const hot = { rate, foldRows: 64, foldAfterSeconds: 60, maxRowsPerKey: 10_000, seconds: 6 * 3600 } as const;
    const folded = runHotKey({ ...hot, flushSeconds: 0.5, folds: true });
    const kept = runHotKey({ ...hot, flushSeconds: 5, folds: false });
    const waits = (at: number | undefined): string => (at === undefined ? "never" : `after ${time(at * 1000)}`);
    return [
      ...[shown(s), shown(rate), `${shown(Math.max(...shares) * partitions)} ×`, percent(Math.min(1, busiest))],
      ...[time(delays.at(0.99)), shown(behindAtEnd)],
      ...[waits(kept.waitsAfterSeconds), waits(folded.waitsAfterSeconds), shown(folded.mostRows)],
    ];
  });
  return {
    name: "hot keys",
    heads: [
      ...["s", "events/s of the hottest key", "hottest partition", "busiest worker", "99 of 100"],
      ...["behind", "Cassandra waits", "LMDB waits", "rows of it in LMDB"],
    ],
    rows,
  };
}

/** A worker that dies. */
export function workerLoss(seed: number): Table {
  const [dies, session, pause, seconds] = [80, 30, 5, 500];
  return {
    name: "a worker dies",
    heads: ["busy before", "busy after", "longest delay", "back after", "by the formula"],
    rows: [0.4, 0.5, 0.6, 0.7, 0.8].map((load) => {
      const alive = Array.from({ length: store.workers - 1 }, (_, i) => i + 1);
      const { bySecond } = runStream({
        ...{ ...store, rates: evenRates(load), seconds, seed },
        changes: [{ atSeconds: dies, alive, noticedSeconds: session, pauseSeconds: pause }],
      });
      const usual = Math.max(...bySecond.slice(store.warmUpSeconds, dies));
      const settled = Math.max(...bySecond.slice(-60));
      const last = bySecond.findLastIndex((ms) => ms > 1.1 * settled);
      // Some of those that are left get one more.
      const after = (load * Math.ceil(partitions / alive.length)) / perWorker;
      return [
        ...[percent(load), percent(after), time(Math.max(...bySecond))],
        settled > 2 * usual ? "not in 7 min" : time((last - dies) * 1000),
        catchUp(load, after, session, pause),
      ];
    }),
  };
}

/**
 * When a worker is back that got a partition of the dead one beside its own: what came in its own while nobody read, and in that one since its worker died, is work of
 * `load pause + load / own (session + pause)` seconds, for which it has `1 - after` of each second.
 */
function catchUp(load: number, after: number, session: number, pause: number): string {
  if (after >= 1) return "never";
  const work = load * pause + (load / perWorker) * (session + pause);
  return time((session + pause + work / (1 - after)) * 1000);
}

/** A node of Cassandra that is gone. */
export function nodeLoss(seed: number): Table {
  const ring = { tokens: 16, replicas: 3, keys: demand.keys, asked: 2, seed } as const;
  return {
    name: "a node is gone",
    heads: ["nodes", "s", "hottest before", "mean of the others", "hottest after"],
    rows: [6, 24, 96].flatMap((nodes) =>
      [0, 1].map((s) => {
        const { hottest, meanAfter, hottestAfter } = ringLoad({ ...ring, nodes, s });
        return [shown(nodes), shown(s), `${shown(hottest)} ×`, `${shown(meanAfter)} ×`, `${shown(hottestAfter)} ×`];
      }),
    ),
  };
}

/** Workers that come and go all the time. */
export function storms(seed: number): Table {
  return {
    name: "storms",
    heads: ["one comes or goes every", "nobody reads for", "of the time unread", "by the formula", "keeps up to"],
    rows: [120, 60, 30, 10, 5].flatMap((everySeconds) =>
      [5, 15].map((pauseSeconds) => {
        const storm = { everySeconds, pauseSeconds };
        const share = unreadShare({ ...storm, seconds: 1e6, seed });
        return [
          ...[time(everySeconds * 1000), time(pauseSeconds * 1000), percent(share)],
          ...[percent(unreadShareInTheLongRun(storm)), `${percent(1 - share)} busy`],
        ];
      }),
    ),
  };
}
