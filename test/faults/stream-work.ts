import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { systemClock } from "../../src/core/index.ts";
import { compile, parseProject, type ProjectPlan } from "../../src/dsl/index.ts";
import { Engine } from "../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../src/featurestore/materialize/index.ts";
import { createFeatureReader, type OnlineStore } from "../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../src/featurestore/online/lmdb/index.ts";
import {
  type EventLog,
  replayDeadLetters,
  resetStream,
  type RunningStream,
  startStream,
  streamStatus,
} from "../../src/featurestore/stream/index.ts";
import { namedPushes, namedStore } from "./named-store.ts";
import { acknowledge, around } from "./point.ts";
import { pushPoints } from "./push-points.ts";
import { rowsInFiles } from "./rows-in-files.ts";
import type { Work } from "./work.ts";

const definitionsOf = (topic: string): string => `
entity shop (shop: string)
events orders { kafka "${topic}" at ordered
  columns (shop: string, ordered: timestamp, price: float) }
group shop:sales from orders by shop {
  n_7d = count() over 7d
  total_7d = sum(price) over 7d
}
`;

const dayMs = 86_400_000;
const source = "orders";

/** An event of the topic, and which of its parts it comes by. */
export interface FaultEvent {
  readonly part: number;
  readonly value: string;
}

/** The log of events that a home's topic is in. Whoever appends has no part in what is tested, and no points. */
export interface FaultTopic {
  readonly name: string;
  readonly log: EventLog;
  append(events: readonly FaultEvent[]): Promise<void>;
  /** How many events were appended. */
  count(): Promise<number>;
}
/** Of so many parts of the topic each has events. */
const parts = 3;

/** What there is to be read before a step, and what is done while that is read. */
interface Step {
  /** Of each event its part of the topic, and what it is: one that counts, one that is dated too far ahead until that is allowed, or none. */
  readonly events: readonly { readonly part: number; readonly kind: "good" | "early" | "none" }[];
  readonly meanwhile: "load" | "reset" | "replay" | "nothing";
}

const kinds = fc.constantFrom("good", "good", "good", "early", "none");
const events = fc.array(fc.record({ part: fc.nat(parts - 1), kind: kinds }), { minLength: 3, maxLength: 8 });

function stepsOf(seed: number): readonly Step[] {
  const order = fc.shuffledSubarray(["load", "reset", "replay", "load", "nothing"] as const, { minLength: 5 });
  const histories = fc.tuple(fc.array(events, { minLength: 5, maxLength: 5 }), order);
  const [[first = [], ...others], meanwhile] = fc.sample(histories, { seed, numRuns: 1 })[0] ?? [[], []];
  // Each history has some of each kind.
  const all = [[...first, { part: 0, kind: "early" as const }, { part: 1, kind: "none" as const }], ...others];
  return all.map((own, i) => ({ events: own, meanwhile: meanwhile[i] ?? "nothing" }));
}

/** The events of a step. Each has a price of its own, a power of two, so that a sum says which were counted, and how often. */
function eventsOf(steps: readonly Step[], at: number): readonly FaultEvent[] {
  const before = steps.slice(0, at).reduce((sum, step) => sum + step.events.length, 0);
  return (steps[at]?.events ?? []).map(({ part, kind }, i) => {
    const ordered = new Date(Date.now() + (kind === "early" ? 2 * dayMs : -1000 * i)).toISOString();
    const value = kind === "none" ? "none" : JSON.stringify({ shop: "a", ordered, price: 2 ** (before + i) });
    return { part, value };
  });
}

/** The sum of the prices of events of some kinds, of so many steps. */
function sumOf(steps: readonly Step[], until: number, wanted: readonly string[]): bigint {
  const all = steps.flatMap((step, at) => step.events.map(({ kind }) => ({ at, kind })));
  return all.reduce(
    (sum, { at, kind }, i) => (at < until && wanted.includes(kind) ? sum | (1n << BigInt(i)) : sum),
    0n,
  );
}

function planOf(topic: string): ProjectPlan {
  const text = definitionsOf(topic);
  const { plan, diagnostics } = compile(parseProject([{ path: "shop.tondo", text }]), new Map());
  if (plan === undefined) throw new Error(`the definitions do not compile: ${JSON.stringify(diagnostics)}`);
  return plan;
}

const erased = (): Promise<() => undefined> => Promise.resolve(() => undefined);

function open(home: string): LmdbStore {
  return LmdbStore.open({ folder: path.join(home, "online"), limits: { pushLeadMs: 11, switchLeadMs: 11 } });
}

/** A log with points around what it writes. */
function namedLog(real: EventLog): EventLog {
  return {
    kind: real.kind,
    read: async (...given) => {
      const reading = await real.read(...given);
      return {
        failed: reading.failed,
        commit: (...at) => around("commit an offset", () => reading.commit(...at)),
        retake: (partition) => {
          reading.retake(partition);
        },
        stop: () => reading.stop(),
      };
    },
    extents: (topic) => real.extents(topic),
    offsetsAt: (...given) => real.offsetsAt(...given),
    bury: (...given) => around("keep dead letters", () => real.bury(...given)),
    letters: (topic) => real.letters(topic),
    close: () => real.close(),
  };
}

/** A project with its store and topic, which whoever makes it closes. */
interface OpenedHome {
  readonly home: string;
  readonly project: ProjectPlan;
  readonly store: OnlineStore;
  readonly log: EventLog;
}

function load({ home, project, store }: Omit<OpenedHome, "log">, engine: Engine): Promise<unknown> {
  return materialize({
    ...{ project, folder: home, home, store, engine, erased, clock: systemClock },
    full: true,
  });
}

/** Streams by so many workers. */
async function start(opened: OpenedHome, workers: number): Promise<readonly RunningStream[]> {
  const { project, store, log } = opened;
  const stream = (): Promise<RunningStream> =>
    startStream({
      ...{ inForce: () => Promise.resolve(project), store, log, erased, clock: systemClock, group: "workers" },
      limits: { maxDelayMs: 5, flushEvents: 3, foldRows: 3, foldAfterMs: 0 },
    });
  return Promise.all(Array.from({ length: workers }, stream));
}

/** Waits until all that is there has been passed. */
async function untilRead({ project, store, log }: OpenedHome, streams: readonly RunningStream[]): Promise<void> {
  for (;;) {
    const { partitions } = await streamStatus({ project, store, log });
    if (partitions.every(({ lag }) => lag === 0)) return;
    await Promise.race([sleep(5), ...streams.map(({ failed }) => failed)]);
  }
}

async function stopAll(streams: readonly RunningStream[]): Promise<void> {
  await Promise.all(streams.map((stream) => stream.stop()));
}

function replay({ project, store, log }: OpenedHome): Promise<unknown> {
  return replayDeadLetters({
    ...{ project, inForce: () => Promise.resolve(project), store, log, erased, clock: systemClock },
    limits: { maxFuture: 10 * dayMs * 1000 },
  });
}

/** The events that count, as the sum of their prices. @throws where one counts twice */
async function counted({ project, store }: OpenedHome): Promise<bigint> {
  const names = ["shop:sales:n_7d", "shop:sales:total_7d"];
  const reader = createFeatureReader({ project, store });
  const { values } = await reader.get(names, { shop: "a" }, { at: BigInt(Date.now() + 3 * dayMs) * 1000n });
  const [n, total] = names.map((name) => Number(values[name]?.value ?? 0));
  const sum = BigInt(total ?? 0);
  const ones = sum.toString(2).replaceAll("0", "").length;
  if (ones !== n) throw new Error(`${String(n)} events count, and their sum is one of ${String(ones)}`);
  return sum;
}

/** How many whole steps were begun, by the events that are there. */
async function begun(topic: FaultTopic, steps: readonly Step[]): Promise<number> {
  let left = await topic.count();
  return steps.filter((step) => (left -= step.events.length) >= 0).length;
}

/** Where streams are killed. */
export interface StreamWorkOptions {
  readonly name: string;
  /** Those of the log, beside those of the store. */
  readonly points: readonly string[];
  readonly workers: number;
  /** Makes the topic of a home, or finds the one that was made. */
  readonly topic: (home: string) => Promise<FaultTopic>;
}

/** Events that are streamed, with loads, resets and letters that are applied later between. */
export function streamWork({ name, points, workers, topic: topicOf }: StreamWorkOptions): Work {
  const opened = (home: string, topic: FaultTopic, store: OnlineStore): OpenedHome => ({
    ...{ home, store, log: topic.log, project: planOf(topic.name) },
  });
  return {
    name,
    isTimed: true,
    points: ["move a position: commit", "move a position: fsync", ...pushPoints, ...points],
    prepare: async (home, _seed, engine) => {
      const store = open(home);
      await load({ home, store, project: planOf("orders") }, engine);
      await store.close();
    },
    run: async (home, seed) => {
      const real = open(home);
      const topic = await topicOf(home);
      const one = { ...opened(home, topic, namedPushes(namedStore(real), real)), log: namedLog(topic.log) };
      const engine = await Engine.open({ threads: 1 });
      const steps = stepsOf(seed);
      for (const [at, { meanwhile }] of steps.entries()) {
        await topic.append(eventsOf(steps, at));
        const running = await start(one, workers);
        if (meanwhile === "load") await load(one, engine);
        if (meanwhile === "reset") await resetStream({ ...one, source, to: "earliest", actor: "ops" });
        await untilRead(one, running);
        if (meanwhile === "replay") await replay(one);
        await stopAll(running);
        acknowledge(String(at));
      }
      engine.close();
      await topic.log.close();
      await real.close();
    },
    check: async (home, seed, acknowledged, engine) => {
      const steps = stepsOf(seed);
      const topic = await topicOf(home);
      const there = await begun(topic, steps);
      const store = open(home);
      const one = opened(home, topic, store);
      try {
        const found = await counted(one);
        const sure = sumOf(steps, acknowledged.length, ["good"]);
        const replayed = steps.findIndex(({ meanwhile }) => meanwhile === "replay");
        const whole = sure | (replayed < acknowledged.length ? sumOf(steps, replayed + 1, ["early"]) : 0n);
        // What was applied counts, and what was under way may.
        const most = sumOf(steps, steps.length, ["good", "early"]);
        if ((found & whole) !== whole || (found | most) !== most)
          throw new Error(`${String(found)} counts, and neither at least ${String(whole)} nor at most ${String(most)}`);
        for (const at of steps.keys()) if (at >= there) await topic.append(eventsOf(steps, at));
        const running = await start(one, workers);
        await untilRead(one, running);
        await replay(one);
        await stopAll(running);
        await sleep(50);
        const all = await counted(one);
        if (all !== most) throw new Error(`${String(all)} counts once all is read, and not ${String(most)}`);
        await load(one, engine);
        const loaded = await counted(one);
        if (loaded !== most) throw new Error(`${String(loaded)} was loaded, and not ${String(most)}`);
        const [rows, places] = await rowsInFiles(home, source, ["tondo_partition", "tondo_offset"], engine);
        const goods = steps.flatMap((step) => step.events).filter(({ kind }) => kind !== "none").length;
        if (rows !== goods || places !== goods)
          throw new Error(`${String(rows)} rows of ${String(places)} places are in files, and not ${String(goods)}`);
      } finally {
        await topic.log.close();
        await store.close();
      }
    },
  };
}
