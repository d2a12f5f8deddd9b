import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import * as fc from "fast-check";
import { compile, parseProject, type ProjectPlan } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader, type OnlineStore } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { pushing } from "../../../src/featurestore/pushed/index.ts";
import { namedPushes, namedStore } from "../named-store.ts";
import { acknowledge } from "../point.ts";
import { pushPoints } from "../push-points.ts";
import { rowsInFiles } from "../rows-in-files.ts";
import type { Work } from "../work.ts";

const definitions = `
entity shop (shop: string)
events orders { csv "orders.csv" at ordered id order_id
  columns (shop: string, ordered: timestamp, order_id: string, price: float) }
group shop:sales from orders by shop {
  n_7d = count() over 7d
  total_7d = sum(price) over 7d
}
`;

const [minute, hour] = [60_000_000, 3_600_000_000];
/** Some minutes before midnight: the last load takes in what counts from both days. */
const evening = Date.UTC(2024, 2, 20, 23, 56, 30) * 1000;
/** How long before that each order happened: versions of the last two wait for a load. */
const ages = [hour, 2 * hour, 20 * hour, 72 * hour, 120 * hour];
const isLate = (order: number): boolean => order >= 3;
/** The orders that the file has, each at a price of 1. */
const inFile = [0, 3];

interface Row {
  readonly order: number;
  readonly price: number;
}

/** What the process does, one after the other. */
type Step = readonly Row[] | "load";

const rows = fc.array(fc.record({ order: fc.nat(ages.length - 1), price: fc.integer({ min: 2, max: 1 << 20 }) }), {
  minLength: 1,
  maxLength: 4,
});

function stepsOf(seed: number): readonly Step[] {
  const [[first, ...others] = []] = fc.sample(fc.array(rows, { minLength: 4, maxLength: 4 }), { seed, numRuns: 1 });
  // Of all that a load meets there is something in the first.
  const some = [...(first ?? []), { order: 1, price: 7 }, { order: 4, price: 9 }];
  return [some, "load", others[0] ?? [], others[1] ?? [], "load", others[2] ?? []];
}

/** What counts behind some steps, plainly: late versions once a load has taken them in, and none that an order had before. */
function countedAfter(steps: readonly Step[]): string {
  const prices = new Map(inFile.map((order) => [order, 1]));
  const versions = new Set<string>();
  let waiting: Row[] = [];
  for (const step of steps) {
    const taken = step === "load" ? waiting : step.filter(({ order }) => !isLate(order));
    for (const { order, price } of taken) {
      const version = `${String(order)} at ${String(price)}`;
      if (!versions.has(version)) prices.set(order, price);
      versions.add(version);
    }
    waiting = step === "load" ? [] : [...waiting, ...step.filter(({ order }) => isLate(order))];
  }
  return answerOf(
    prices.size,
    [...prices.values()].reduce((sum, price) => sum + price, 0),
  );
}

function answerOf(orders: unknown, total: unknown): string {
  return `${String(orders)} orders of ${String(total)}`;
}

function planOf(): ProjectPlan {
  const { plan, diagnostics } = compile(parseProject([{ path: "shop.tondo", text: definitions }]), new Map());
  if (plan === undefined) throw new Error(`the definitions do not compile: ${JSON.stringify(diagnostics)}`);
  return plan;
}

const project = planOf();
const erased = (): Promise<() => undefined> => Promise.resolve(() => undefined);

function open(home: string): LmdbStore {
  return LmdbStore.open({ folder: path.join(home, "online"), limits: { pushLeadMs: 11, switchLeadMs: 11 } });
}

function load(home: string, store: OnlineStore, engine: Engine, at: number): Promise<unknown> {
  return materialize({ ...{ project, folder: home, home, store, engine, erased }, asOf: BigInt(at), clock: () => at });
}

/** Pushes some rows; gives the moment that they count from. */
async function give(store: OnlineStore, given: readonly Row[], clock: () => number): Promise<number> {
  const push = pushing({ project, store, clock, erased });
  const { appliedAt } = await push(
    "orders",
    given.map(({ order, price }) => ({
      ...{ shop: "a", order_id: String(order), price },
      ordered: evening - (ages[order] ?? 0),
    })),
  );
  return appliedAt;
}

async function counted(store: OnlineStore, at: number): Promise<string> {
  const names = ["shop:sales:n_7d", "shop:sales:total_7d"];
  const reader = createFeatureReader({ project, store });
  const { values } = await reader.get(names, { shop: "a" }, { at: BigInt(at) });
  const [orders, total] = names.map((name) => values[name]?.value);
  return answerOf(orders, total);
}

/** Versions of orders that are pushed between loads, some of which wait for those. */
export const push: Work = {
  name: "push",
  points: [...pushPoints, "fsync the folder of all pushed rows"],
  prepare: async (home, _seed, engine) => {
    await mkdir(home, { recursive: true });
    const when = (order: number): string => new Date((evening - (ages[order] ?? 0)) / 1000).toISOString();
    const lines = inFile.map((order) => `a,${when(order)},${String(order)},1`);
    await writeFile(path.join(home, "orders.csv"), ["shop,ordered,order_id,price", ...lines, ""].join("\n"));
    const store = open(home);
    await load(home, store, engine, evening);
    await store.close();
  },
  run: async (home, seed) => {
    const real = open(home);
    const store = namedPushes(namedStore(real), real);
    const engine = await Engine.open({ threads: 1 });
    let now = evening;
    const clock = (): number => (now += 1);
    for (const step of stepsOf(seed)) {
      now += minute;
      if (step === "load") await load(home, store, engine, now);
      else now = Math.max(now, await give(store, step, clock));
      acknowledge(String(now));
    }
    engine.close();
    await real.close();
  },
  check: async (home, seed, acknowledged, engine) => {
    const steps = stepsOf(seed);
    // What was under way may be there, or not.
    const before = steps.slice(0, acknowledged.length);
    const maybe = [before, steps.slice(0, acknowledged.length + 1)];
    const end = evening + hour;
    const store = open(home);
    try {
      const found = await counted(store, end);
      const served = maybe.map(countedAfter);
      if (!served.includes(found)) throw new Error(`${found} are served, and not ${served.join(", or ")}`);
      // A push behind it, so that files of the load have other names than those that may have been begun.
      const more: Step = [
        { order: 2, price: 11 },
        { order: 4, price: 13 },
      ];
      let now = end - minute;
      await give(store, more, () => (now += 1));
      await load(home, store, engine, end);
      const loaded = await counted(store, end);
      const whole = maybe.map((of) => countedAfter([...of, more, "load"]));
      if (!whole.includes(loaded)) throw new Error(`${loaded} were loaded, and not ${whole.join(", or ")}`);
      const [n, moments] = await rowsInFiles(home, "orders", ["tondo_pushed_at"], engine);
      const pushed = maybe.map((of) =>
        [...of, more].reduce((sum, step) => sum + (step === "load" ? 0 : step.length), 0),
      );
      if (n !== moments || !pushed.includes(n))
        throw new Error(`${String(n)} rows of ${String(moments)} moments are in files, and not ${pushed.join(" or ")}`);
    } finally {
      await store.close();
    }
  },
};
