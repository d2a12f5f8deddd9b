import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { mkdir, readdir } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as fc from "fast-check";
import { systemClock } from "../../../src/core/index.ts";
import { compile, parseProject, type ProjectPlan } from "../../../src/dsl/index.ts";
import { Engine, sqlText } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader, type OnlineStore } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import {
  type EventLog,
  FolderEventLog,
  replayDeadLetters,
  resetStream,
  type RunningStream,
  startStream,
  streamStatus,
} from "../../../src/featurestore/stream/index.ts";
import { namedPushes, namedStore } from "../named-store.ts";
import { acknowledge, asking } from "../point.ts";
import type { Work } from "../work.ts";

const definitions = `
entity shop (shop: string)
events orders { kafka "orders" at ordered
  columns (shop: string, ordered: timestamp, price: float) }
group shop:sales from orders by shop {
  n_7d = count() over 7d
  total_7d = sum(price) over 7d
}
`;

const dayMs = 86_400_000;
const source = "orders";
const files = ["one.ndjson", "two.ndjson", "three.ndjson"];

/** What there is to be read before a step, and what is done while that is read. */
interface Step {
  /** Of each event its file, and what it is: one that counts, one that is dated too far ahead until that is allowed, or none. */
  readonly events: readonly { readonly file: number; readonly kind: "good" | "early" | "none" }[];
  readonly meanwhile: "load" | "reset" | "replay" | "nothing";
}

const kinds = fc.constantFrom("good", "good", "good", "early", "none");
const events = fc.array(fc.record({ file: fc.nat(files.length - 1), kind: kinds }), { minLength: 3, maxLength: 8 });

function stepsOf(seed: number): readonly Step[] {
  const order = fc.shuffledSubarray(["load", "reset", "replay", "load", "nothing"] as const, { minLength: 5 });
  const histories = fc.tuple(fc.array(events, { minLength: 5, maxLength: 5 }), order);
  const [[first = [], ...others], meanwhile] = fc.sample(histories, { seed, numRuns: 1 })[0] ?? [[], []];
  // Each history has some of each kind.
  const all = [[...first, { file: 0, kind: "early" as const }, { file: 1, kind: "none" as const }], ...others];
  return all.map((own, i) => ({ events: own, meanwhile: meanwhile[i] ?? "nothing" }));
}

/** The lines of a step. Each event has a price of its own, a power of two, so that a sum says which were counted, and how often. */
function linesOf(steps: readonly Step[], at: number): readonly (readonly [file: string, line: string])[] {
  const before = steps.slice(0, at).reduce((sum, step) => sum + step.events.length, 0);
  return (steps[at]?.events ?? []).map(({ file, kind }, i) => {
    const ordered = new Date(Date.now() + (kind === "early" ? 2 * dayMs : -1000 * i)).toISOString();
    const text = JSON.stringify({ shop: "a", ordered, price: 2 ** (before + i) });
    return [files[file] ?? "", kind === "none" ? "none" : text];
  });
}

/** Whoever appends has no part in what is tested, and no points. */
function append(home: string, steps: readonly Step[], at: number): void {
  for (const [file, line] of linesOf(steps, at)) appendFileSync(path.join(home, "events", "orders", file), `${line}\n`);
}

/** The sum of the prices of events of some kinds, of so many steps. */
function sumOf(steps: readonly Step[], until: number, wanted: readonly string[]): bigint {
  const all = steps.flatMap((step, at) => step.events.map(({ kind }) => ({ at, kind })));
  return all.reduce(
    (sum, { at, kind }, i) => (at < until && wanted.includes(kind) ? sum | (1n << BigInt(i)) : sum),
    0n,
  );
}

function planOf(): ProjectPlan {
  const { plan, diagnostics } = compile(parseProject([{ path: "shop.tondo", text: definitions }]), new Map());
  if (plan === undefined) throw new Error(`the definitions do not compile: ${JSON.stringify(diagnostics)}`);
  return plan;
}

const project = planOf();
const inForce = (): Promise<ProjectPlan> => Promise.resolve(project);
const erased = (): Promise<() => undefined> => Promise.resolve(() => undefined);

function open(home: string): LmdbStore {
  return LmdbStore.open({ folder: path.join(home, "online"), limits: { pushLeadMs: 11, switchLeadMs: 11 } });
}

function eventsOf(home: string): FolderEventLog {
  return new FolderEventLog({ folder: path.join(home, "events"), limits: { pollMs: 5 } });
}

/** A log whose dead letters are kept under a name. */
function namedLog(real: EventLog): EventLog {
  return {
    kind: real.kind,
    read: (...given) => real.read(...given),
    extents: (topic) => real.extents(topic),
    offsetsAt: (...given) => real.offsetsAt(...given),
    bury: (...given) => asking("keep dead letters", () => real.bury(...given)),
    letters: (topic) => real.letters(topic),
    close: () => real.close(),
  };
}

function load(home: string, store: OnlineStore, engine: Engine): Promise<unknown> {
  return materialize({
    ...{ project, folder: home, home, store, engine, erased, clock: systemClock },
    full: true,
  });
}

function start(store: OnlineStore, log: EventLog): Promise<RunningStream> {
  return startStream({
    ...{ inForce, store, log, erased, clock: systemClock, group: "workers" },
    limits: { maxDelayMs: 5, flushEvents: 3, foldRows: 3, foldAfterMs: 0 },
  });
}

/** Waits until all that is there has been passed. */
async function untilRead(store: OnlineStore, log: EventLog, stream: RunningStream): Promise<void> {
  for (;;) {
    const { partitions } = await streamStatus({ project, store, log });
    if (partitions.every(({ lag }) => lag === 0)) return;
    await Promise.race([sleep(5), stream.failed]);
  }
}

function replay(store: OnlineStore, log: EventLog): Promise<unknown> {
  return replayDeadLetters({
    ...{ project, inForce, store, log, erased, clock: systemClock },
    limits: { maxFuture: 10 * dayMs * 1000 },
  });
}

/** The events that count, as the sum of their prices. @throws where one counts twice */
async function counted(store: OnlineStore): Promise<bigint> {
  const names = ["shop:sales:n_7d", "shop:sales:total_7d"];
  const reader = createFeatureReader({ project, store });
  const { values } = await reader.get(names, { shop: "a" }, { at: BigInt(Date.now() + 3 * dayMs) * 1000n });
  const [n, total] = names.map((name) => Number(values[name]?.value ?? 0));
  const sum = BigInt(total ?? 0);
  const ones = sum.toString(2).replaceAll("0", "").length;
  if (ones !== n) throw new Error(`${String(n)} events count, and their sum is one of ${String(ones)}`);
  return sum;
}

/** How many rows are in files of what was streamed, and at how many places of topics they were read. */
async function rowsInFiles(home: string, engine: Engine): Promise<readonly [rows: number, places: number]> {
  const folder = path.join(home, "pushed", source);
  if (!existsSync(folder)) return [0, 0];
  const [{ n, places } = {}] = await engine.rows(
    `select count(*)::double as n, count(distinct (tondo_partition, tondo_offset))::double as places
      from read_parquet(${sqlText(path.join(folder, "*.parquet"))}, union_by_name = true)`,
    "reading what was streamed",
  );
  return [Number(n), Number(places)];
}

/** How many lines were appended to files of the topic. */
async function appended(home: string): Promise<number> {
  const folder = path.join(home, "events", "orders");
  const texts = (await readdir(folder)).map((name) => readFileSync(path.join(folder, name), "utf8"));
  return texts.reduce((sum, text) => sum + text.split("\n").length - 1, 0);
}

/** How many whole steps were begun, by the lines that are there. */
async function begun(home: string, steps: readonly Step[]): Promise<number> {
  let left = await appended(home);
  return steps.filter((step) => (left -= step.events.length) >= 0).length;
}

/** Events that are streamed from a folder, with loads, resets and letters that are applied later between. */
export const stream: Work = {
  name: "stream",
  isTimed: true,
  points: [
    "move a position: commit",
    "move a position: fsync",
    "push rows: commit",
    "push rows: fsync",
    "make the folder of dead letters",
    "append a file of dead letters",
    "fsync a file of dead letters",
    "fsync the folder of dead letters",
    "feed a group: commit",
    "feed a group: fsync",
    "close a moment: commit",
    "close a moment: fsync",
    "make the folder of pushed rows",
    "fsync a file of pushed rows",
    "rename a file of pushed rows",
    "fsync the folder of pushed rows",
    "remove a file of pushed rows",
    "drop what files have: commit",
    "drop what files have: fsync",
    "begin a generation: commit",
    "write a batch: commit",
    "write when rows were applied: commit",
    "switch pointers: fsync",
    "switch pointers: commit",
    "switch pointers: fsync 2",
    "retire pushed rows: commit",
    "retire pushed rows: fsync",
    "drop a generation: commit",
    "drop a generation: fsync",
  ],
  prepare: async (home, _seed, engine) => {
    await mkdir(path.join(home, "events", "orders"), { recursive: true });
    const store = open(home);
    await load(home, store, engine);
    await store.close();
  },
  run: async (home, seed) => {
    const real = open(home);
    const store = namedPushes(namedStore(real), real);
    const log = namedLog(eventsOf(home));
    const engine = await Engine.open({ threads: 1 });
    const steps = stepsOf(seed);
    for (const [at, { meanwhile }] of steps.entries()) {
      append(home, steps, at);
      await using running = await start(store, log);
      if (meanwhile === "load") await load(home, store, engine);
      if (meanwhile === "reset") await resetStream({ project, store, log, source, to: "earliest", actor: "ops" });
      await untilRead(store, log, running);
      if (meanwhile === "replay") await replay(store, log);
      await running.stop();
      acknowledge(String(at));
    }
    engine.close();
    await real.close();
  },
  check: async (home, seed, acknowledged, engine) => {
    const steps = stepsOf(seed);
    const there = await begun(home, steps);
    const store = open(home);
    const log = eventsOf(home);
    try {
      const found = await counted(store);
      const sure = sumOf(steps, acknowledged.length, ["good"]);
      const replayed = steps.findIndex(({ meanwhile }) => meanwhile === "replay");
      const whole = sure | (replayed < acknowledged.length ? sumOf(steps, replayed + 1, ["early"]) : 0n);
      // What was applied counts, and what was under way may.
      const most = sumOf(steps, steps.length, ["good", "early"]);
      if ((found & whole) !== whole || (found | most) !== most)
        throw new Error(`${String(found)} counts, and neither at least ${String(whole)} nor at most ${String(most)}`);
      for (const at of steps.keys()) if (at >= there) append(home, steps, at);
      await using running = await start(store, log);
      await untilRead(store, log, running);
      await replay(store, log);
      await running.stop();
      await sleep(50);
      const all = await counted(store);
      if (all !== most) throw new Error(`${String(all)} counts once all is read, and not ${String(most)}`);
      await load(home, store, engine);
      const loaded = await counted(store);
      if (loaded !== most) throw new Error(`${String(loaded)} was loaded, and not ${String(most)}`);
      const [rows, places] = await rowsInFiles(home, engine);
      const goods = steps.flatMap((step) => step.events).filter(({ kind }) => kind !== "none").length;
      if (rows !== goods || places !== goods)
        throw new Error(`${String(rows)} rows of ${String(places)} places are in files, and not ${String(goods)}`);
    } finally {
      await log.close();
      await store.close();
    }
  },
};
