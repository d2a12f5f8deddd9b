import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { floorTo, type Micros, TondoError, type Value } from "../../../src/core/index.ts";
import { compile, parseProject, type ProjectPlan } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { rollback } from "../../../src/featurestore/generations/index.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { pushing, type PushLimits } from "../../../src/featurestore/pushed/index.ts";
import { storeLike } from "../online/store-like.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 30611);
const runs = Number(process.env["TONDO_RUNS"] ?? 10);

const [second, minute, hour, day] = [1_000_000, 60_000_000, 3_600_000_000, 86_400_000_000];
const noon = Date.UTC(2024, 2, 20, 12) * 1000;

/** Every aggregate, of each kind of state: numbers, exact sums, values, texts; those that break ties by order above all. */
const windows = [
  "count() over 1h",
  "sum(price) over 1h",
  "sum(price) over 2d",
  "mean(price) over 2d",
  "min(price) over 2d",
  "max(price) over 1h",
  "var(price) over 1h",
  "std(price) over 2d",
  "sum(n) over 2d",
  "max(n) over 1h",
  "first(price) over 1h",
  "first(n) over 2d",
  "first(label) over 2d",
  "first(label, skip_missing: false) over 2d",
  "last(price) over 1h",
  "last(price) over 2d",
  "last(n) over 2d",
  "last(label) over 1h",
  "last(label, skip_missing: false) over 2d",
  "last(flag) over 1h",
  "last_k(n, 3) over 2d",
  "last_k(label, 2) over 1h",
  "distinct(label) over 2d",
  "approx_distinct(n) over 2d",
  "topk(label, 2) over 2d",
  "quantile(price, 0.5) over 2d",
  "count() over 1h where flag",
  "last(label) over 2d where price > 0",
];
const names = windows.map((_, i) => `shop:sales:f${String(i)}`);

function planOf(all: readonly string[]): ProjectPlan {
  const text = `
entity shop (shop: string)
events orders { kafka "orders" at ordered
  columns (shop: string, ordered: timestamp, price: float, n: int, label: string, flag: bool) }
group shop:sales from orders by shop {
  ${all.map((window, i) => `f${String(i)} = ${window}`).join("\n  ")}
}
`;
  const { plan, diagnostics } = compile(parseProject([{ path: "shop.tondo", text }]), new Map());
  if (plan === undefined) throw new Error(`the definitions do not compile: ${JSON.stringify(diagnostics)}`);
  return plan;
}

const project = planOf(windows);
const erased = (): Promise<() => undefined> => Promise.resolve(() => undefined);

/** Prices whose sums are exact in no order of floats. */
const price = fc.constantFrom(0.1, 0.2, -0.3, 1e16, -1e16, 1e-7, -0, 5, null);
/** Few moments, so that many rows are of one time, before loads and behind them. */
const age = fc.constantFrom(0, 1, second, minute, minute, 5 * minute, hour, 2 * hour, day, 3 * day, -minute, -hour);
const row = fc.record({
  shop: fc.constantFrom("a", "a", "b"),
  age,
  price,
  n: fc.constantFrom(1, 2, 3, 9_007_199_254_740_993n, null),
  label: fc.constantFrom("x", "y", "z", "", null),
  flag: fc.constantFrom(true, false, null),
});
type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

type Step =
  | { readonly does: "push"; readonly rows: readonly Row[] }
  | { readonly does: "load"; readonly meanwhile: readonly Row[] }
  | { readonly does: "roll back" };
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant("push" as const), rows: fc.array(row, { minLength: 1, maxLength: 12 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant("load" as const), meanwhile: fc.array(row, { maxLength: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant("roll back" as const) }) },
);
const history = fc.record({
  foldRows: fc.constantFrom(2, 3, 8),
  foldAfterMs: fc.constantFrom(0, 0, 30_000),
  steps: fc.array(fc.record({ step, after: fc.constantFrom(second, minute, 10 * minute, hour, day) }), {
    minLength: 6,
    maxLength: 14,
  }),
});

/** A store with what happens to it. */
class Played {
  readonly store: LmdbStore;
  readonly #home: string;
  readonly #engine: Engine;
  readonly #push: ReturnType<typeof pushing>;
  now: Micros = noon;

  constructor(home: string, engine: Engine, limits: Partial<PushLimits>) {
    this.#home = home;
    this.#engine = engine;
    this.store = LmdbStore.open({ folder: path.join(home, "online"), limits: { pushLeadMs: 11, switchLeadMs: 11 } });
    this.#push = pushing({
      project,
      store: this.store,
      clock: this.#clock,
      erased,
      limits: { maxFuture: day, ...limits },
    });
  }

  readonly #clock = (): Micros => (this.now += 1);

  async push(at: Micros, rows: readonly Row[]): Promise<void> {
    if (rows.length === 0) return;
    const given = rows.map(({ age: ago, ...values }) => ({ ...values, ordered: floorTo(at, 10 * minute) - ago }));
    const { appliedAt } = await this.#push("orders", given);
    this.now = Math.max(this.now, appliedAt);
  }

  /** @param meanwhile done once the load has chosen its moment, and nothing of it is there */
  async load(meanwhile: () => Promise<void> = () => Promise.resolve(), plan: ProjectPlan = project): Promise<void> {
    const store = storeLike(this.store, {
      pushed: this.store.pushed,
      begin: async (group) => {
        await meanwhile();
        return this.store.begin(group);
      },
    });
    const { appliedAt } = await materialize({
      ...{ project: plan, folder: this.#home, home: this.#home, store, engine: this.#engine, erased },
      clock: this.#clock,
    });
    this.now = Math.max(this.now, appliedAt);
  }

  async rollBack(): Promise<void> {
    const view = this.store.view(["shop:sales"]);
    const has = view.pointer("shop:sales")?.before !== undefined;
    view.close();
    const { store } = this;
    if (has) await rollback({ project, home: this.#home, store, groups: ["shop:sales"], actor: "test" });
  }

  /** All features of both shops; `undefined` of a moment that is not answered for. */
  async read(at: Micros): Promise<readonly (Value | undefined)[] | undefined> {
    const reader = createFeatureReader({ project, store: this.store });
    const found: (Value | undefined)[] = [];
    for (const shop of ["a", "b"]) {
      const answer = await reader.get(names, { shop }, { at: BigInt(at) }).catch((error: unknown) => {
        if (error instanceof TondoError && error.code === "MOMENT_NOT_SERVED" && at < this.now) return undefined;
        throw error;
      });
      if (answer === undefined) return undefined;
      const { values } = answer;
      found.push(...names.map((name) => values[name]?.value));
    }
    return found;
  }
}

describe("rows that are folded", () => {
  let folder: string;
  let engine: Engine;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "tondo-folds-"));
    engine = await Engine.open({ threads: 1 });
  });
  afterAll(async () => {
    engine.close();
    await rm(folder, { recursive: true });
  });

  it(
    `answer as rows do that are kept one by one, whatever is loaded and gone back to between (${String(runs)} histories, seed ${String(seed)})`,
    { timeout: 600_000 },
    async () => {
      let [folds, compared, refused] = [0, 0, 0];
      for (const [i, { steps, foldRows, foldAfterMs }] of fc.sample(history, { seed, numRuns: runs }).entries()) {
        const homes = [`folds-${String(i)}`, `keeps-${String(i)}`].map((name) => path.join(folder, name));
        const both = [{ foldRows, foldAfterMs }, { foldRows: Infinity }].map(
          (limits, n) => new Played(homes[n] ?? "", engine, limits),
        );
        const together = async (work: (one: Played) => Promise<void>): Promise<void> => {
          for (const one of both) await work(one);
          const now = Math.max(...both.map((one) => one.now));
          for (const one of both) one.now = now;
        };
        await together((one) => one.load());
        const before = refused;
        for (const { step: at, after } of steps) {
          for (const one of both) one.now += after;
          const moment = both[0]?.now ?? 0;
          if (at.does === "push") await together((one) => one.push(moment, at.rows));
          else if (at.does === "load")
            await together((one) =>
              one.load(async () => {
                // What the first brings is old enough to be folded when the second comes.
                await one.push(moment, at.meanwhile);
                await one.push(moment, at.meanwhile);
              }),
            );
          else await together((one) => one.rollBack());
          for (const later of [0, minute, hour, 2 * hour, -1, -second, -10 * minute]) {
            const [folded, kept] = await Promise.all(both.map((one) => one.read(one.now + later)));
            if (folded === undefined && later < 0) refused++;
            if (folded === undefined || kept === undefined) continue;
            const wrong = names.flatMap((name, f) =>
              [f, names.length + f].some((place) => !isSame(folded[place], kept[place]))
                ? [
                    `${windows[f] ?? name}: ${[f, names.length + f].map((p) => `${text(folded[p])} / ${text(kept[p])}`).join(", ")}`,
                  ]
                : [],
            );
            expect(wrong, `history ${String(i)} of seed ${String(seed)}, ${at.does}, ${String(later)} later`).toEqual(
              [],
            );
            compared++;
          }
        }
        if (refused > before) folds++;
        for (const { store } of both) await store.close();
        for (const home of homes) await rm(home, { recursive: true });
      }
      expect(Math.min(compared, refused)).toBeGreaterThan(0);
      // Not all have enough rows of a key.
      expect(folds).toBeGreaterThan(runs / 2);
    },
  );

  it("are kept one by one while a load of other definitions is under way, by whoever does not know of them yet", async () => {
    const one = new Played(path.join(folder, "other"), engine, { foldRows: 2, foldAfterMs: 0 });
    const other = planOf(["count() over 2d", "min(n) over 2d"]);
    const push = (n: number): Promise<void> =>
      one.push(
        one.now,
        [1, 2, 3].map((i) => ({ shop: "a", age: minute, price: 5, n: n + i, label: "x", flag: true })),
      );
    await one.load();
    await push(20);
    await one.load(async () => {
      await push(10);
      await push(30);
      await push(40);
    }, other);
    const reader = createFeatureReader({ project: other, store: one.store });
    const { values } = await reader.get(["shop:sales:f0", "shop:sales:f1"], { shop: "a" }, { at: BigInt(one.now) });
    expect(Object.values(values).map(({ value }) => value)).toEqual([12, 11]);
    await one.store.close();
  });
});

function isSame(one: Value | undefined, other: Value | undefined): boolean {
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, i) => Object.is(item, other[i]));
  return Object.is(one, other);
}

function text(value: Value | undefined): string {
  return Array.isArray(value) ? `[${value.map(String).join(", ")}]` : String(value);
}
