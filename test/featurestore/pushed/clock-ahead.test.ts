import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Micros, systemClock } from "../../../src/core/index.ts";
import { compile, parseProject, type ProjectPlan } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { materialize, type MaterializeResult } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { pushing } from "../../../src/featurestore/pushed/index.ts";

const second = 1_000_000;
const { plan } = compile(
  parseProject([
    {
      path: "shop.tondo",
      text: `entity shop (shop: string)
events orders { csv "orders.csv" at ordered columns (shop: string, ordered: timestamp, price: float) }
group shop:sales from orders by shop { n_7d = count() over 7d  sum_7d = sum(price) over 7d }`,
    },
  ]),
  new Map(),
);
if (plan === undefined) throw new Error("no plan");
const project: ProjectPlan = plan;

let engine: Engine;
let folder: string;
let store: LmdbStore;
beforeAll(async () => {
  engine = await Engine.open({ threads: 1 });
});
afterAll(() => {
  engine.close();
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-ahead-"));
  await writeFile(path.join(folder, "orders.csv"), "shop,ordered,price\n");
  store = LmdbStore.open({ folder: path.join(folder, "online") });
  await load();
});
afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

const load = (signal?: AbortSignal): Promise<MaterializeResult> =>
  materialize({ project, folder, home: folder, store, engine, ...(signal === undefined ? {} : { signal }) });

/** Pushes as a machine does whose clock is ahead, and folds at once. Gives the moment of the last row. */
function pusher(ahead: Micros): (orders: number) => Promise<Micros> {
  const erased = (): Promise<() => undefined> => Promise.resolve(() => undefined);
  const clock = (): Micros => systemClock() + ahead;
  const push = pushing({ project, store, clock, erased, limits: { foldRows: 2, foldAfterMs: 0 } });
  return async (orders) => {
    const order = { shop: "a", ordered: systemClock() - second, price: 1 };
    const { appliedAt } = await push("orders", Array<typeof order>(orders).fill(order));
    return appliedAt;
  };
}

async function sales(at: Micros): Promise<readonly unknown[]> {
  const names = ["shop:sales:n_7d", "shop:sales:sum_7d"];
  const { values } = await createFeatureReader({ project, store }).get(names, { shop: "a" }, { at: BigInt(at) });
  return names.map((name) => values[name]?.value);
}

describe("a load of what was folded by a clock that is ahead", () => {
  it("waits for the moment that it needs, and each row counts once", { timeout: 20_000 }, async () => {
    const push = pusher(2 * second);
    let [pushed, last] = [0, 0];
    const loading = { isDone: false };
    const more = async (): Promise<void> => {
      last = await push(3);
      pushed += 3;
    };
    for (let n = 0; n < 4; n++) await more();
    const began = systemClock();
    const streaming = (async () => {
      while (!loading.isDone) await more();
    })();
    const { asOf } = await load().finally(() => (loading.isDone = true));
    await streaming;
    expect(asOf - began).toBeGreaterThan(second);
    expect(systemClock()).toBeGreaterThan(asOf);
    expect(await sales(last)).toEqual([pushed, pushed]);
    await more();
    expect(await sales(last)).toEqual([pushed, pushed]);
  });

  it("is refused where that moment is far ahead", async () => {
    const push = pusher(3600 * second);
    for (let n = 0; n < 4; n++) await push(3);
    await expect(load()).rejects.toMatchObject({
      code: "MOMENT_NOT_SERVED",
      message: expect.stringMatching(
        /^shop:sales: what is streamed was folded up to \S+Z, which is ahead of this clock$/,
      ) as string,
      hint: "Set the clocks of the machines right that stream, or materialize once that moment has come.",
    });
  });

  it("ends where it is aborted", async () => {
    const push = pusher(8 * second);
    for (let n = 0; n < 4; n++) await push(3);
    const began = performance.now();
    await expect(load(AbortSignal.timeout(200))).rejects.toMatchObject({ code: "ABORTED" });
    expect(performance.now() - began).toBeLessThan(4000);
  });
});
