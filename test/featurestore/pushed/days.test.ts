import { copyFile, mkdir, readdir, rename, rmdir } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Micros } from "../../../src/core/index.ts";
import { compile, filesAtRest, parseProject, type ProjectPlan } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { erasedKey } from "../../../src/featurestore/erase/erased-key.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../../src/featurestore/online/index.ts";
import type { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import {
  collectPushed,
  pushedErasure,
  pushing,
  wasPushedBehind,
  withPushed,
} from "../../../src/featurestore/pushed/index.ts";
import { pushedFolder } from "../../../src/featurestore/pushed/pushed-parts.ts";
import { eachInSampleHome, type SampleHome } from "../online/sample-home.ts";

const second = 1_000_000;
const hour = 3_600 * second;
const day = 24 * hour;
const midnight = Date.UTC(2024, 2, 21) * 1000;

let home: SampleHome;
let store: LmdbStore;
eachInSampleHome(
  (given) => {
    home = given;
    ({ store } = given);
  },
  () => store,
);

let now: Micros;
/** A clock that passes whatever is waited for. */
const clock = (): Micros => (now += 1);
beforeEach(async () => {
  now = midnight - hour;
  await home.engine.run(
    `copy (select 'a' as shop, make_timestamp(${String(midnight - 2 * day)}) as ordered, '0' as order_id, 1.0::double as price)
      to '${path.join(home.folder, "orders.parquet")}' (format parquet)`,
    "writing",
  );
  await load();
});

const { plan } = compile(
  parseProject([
    {
      path: "shop.tondo",
      text: `entity shop (shop: string)
events orders { parquet "orders.parquet" at ordered id order_id
  columns (shop: string, ordered: timestamp, order_id: string, price: float) }
group shop:sales from orders by shop { n_30d = count() over 30d  sum_30d = sum(price) over 30d }`,
    },
  ]),
  new Map(),
);
if (plan === undefined) throw new Error("no plan");
const project: ProjectPlan = plan;
const erased = (): Promise<() => undefined> => Promise.resolve(() => undefined);

async function load(): Promise<void> {
  await materialize({ ...home, store, project, home: home.folder, clock, full: true });
  now += second;
}

interface Order {
  readonly price: number;
  /** How long before midnight it happened. */
  readonly ago?: Micros;
}

/** Pushes orders that count from a moment on, each a microsecond later. Each price is another bit: a sum says which of them count. */
async function push(first: Micros, ...orders: readonly Order[]): Promise<void> {
  const at = first - store.pushed.lead;
  const rows = orders.map(({ price, ago = hour }) => ({
    ...{ shop: price === 64 ? "b" : "a", order_id: String(price), price },
    ordered: midnight - ago,
  }));
  const done = await pushing({ project, store, clock: () => at, erased })("orders", rows);
  expect(done.appliedAt).toBe(first + orders.length - 1);
  now = Math.max(now, done.appliedAt);
}

const collect = (): Promise<void> =>
  collectPushed({ ...project, erased, home: home.folder, store, engine: home.engine });

async function sum(shop = "a"): Promise<unknown> {
  const names = ["shop:sales:sum_30d"];
  const { values } = await createFeatureReader({ project, store }).get(names, { shop }, { at: BigInt(clock()) });
  return values["shop:sales:sum_30d"]?.value;
}

/** What lies in the source's folder: each file with the prices of its rows. */
async function files(): Promise<Readonly<Record<string, readonly number[]>>> {
  const folder = pushedFolder(home.folder, "orders");
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".parquet")).sort();
  const found: Record<string, readonly number[]> = {};
  for (const name of names) {
    const file = path.join(folder, name);
    const rows = await home.engine.rows(
      `select price from read_parquet('${file}') order by tondo_pushed_at`,
      "reading",
    );
    found[name] = rows.map(({ price }) => Number(price));
  }
  return found;
}

/** The files that loads and training sets read, in order. */
async function listed(): Promise<readonly string[]> {
  const { sources } = await withPushed(project, { home: home.folder, folder: home.folder });
  return sources.flatMap(filesAtRest).flatMap((place) => ("files" in place ? (place.files as string[]) : []));
}

const late = 5 * day;

/** What is pushed before, through and behind a midnight, and a few days later. */
async function pushThroughDays(): Promise<void> {
  await push(midnight - second, { price: 2 });
  const through = [{ price: 4 }, { price: 8, ago: late }, { price: 16 }, { price: 32, ago: late }, { price: 64 }];
  await push(midnight - 3, ...through, { price: 128 });
  await push(midnight + 3 * day, { price: 256, ago: -3 * day });
}

const inDays = {
  [`2024-03-20/late-${String(midnight - 1)}.parquet`]: [8],
  [`2024-03-20/part-${String(midnight - 1)}.parquet`]: [2, 4, 16],
  [`2024-03-21/late-${String(midnight + 2)}.parquet`]: [32],
  [`2024-03-21/part-${String(midnight + 2)}.parquet`]: [64, 128],
  [`2024-03-24/part-${String(midnight + 3 * day)}.parquet`]: [256],
};

describe("files of pushed rows", () => {
  it("lie by the day from which their rows count, each with those of one day", async () => {
    await pushThroughDays();
    await collect();
    expect(await files()).toEqual(inDays);
    expect(await listed()).toEqual([
      ...Object.keys(inDays).filter((name) => name.includes("part")),
      ...Object.keys(inDays).filter((name) => name.includes("late")),
    ]);
  });

  it("are read by loads, which take in what counted beside them", async () => {
    await pushThroughDays();
    // The late ones wait.
    expect([await sum(), await sum("b")]).toEqual([1 + 2 + 4 + 16 + 128 + 256, 64]);
    await load();
    expect([await sum(), await sum("b")]).toEqual([1 + 2 + 4 + 8 + 16 + 32 + 128 + 256, 64]);
    expect(await files()).toEqual(inDays);
    expect(await wasPushedBehind(midnight + 3 * day - 1, "orders", { store, home: home.folder })).toBe(true);
    expect(await wasPushedBehind(midnight + 3 * day, "orders", { store, home: home.folder })).toBe(false);
  });

  it("that lie flat, of before, are read and stay", async () => {
    const flat = [`part-${String(midnight - second)}.parquet`, `late-${String(midnight - second)}.parquet`];
    await push(midnight - second - 1, { price: 512 }, { price: 1024, ago: late });
    await collect();
    const folder = pushedFolder(home.folder, "orders");
    for (const name of flat) await rename(path.join(folder, "2024-03-20", name), path.join(folder, name));
    await rmdir(path.join(folder, "2024-03-20"));
    await push(midnight + 1, { price: 2 });
    await load();
    const day = `2024-03-21/part-${String(midnight + 1)}.parquet`;
    expect(await listed()).toEqual([flat[0], day, flat[1]]);
    expect(await files()).toEqual({ [flat[0] ?? ""]: [512], [flat[1] ?? ""]: [1024], [day]: [2] });
    expect(await sum()).toBe(1 + 2 + 512 + 1024);
  });

  it("are those of no run that was killed before its rows had left the log, also in a day of its own", async () => {
    await push(midnight - 2, { price: 2 }, { price: 8, ago: late });
    await collect();
    const folder = pushedFolder(home.folder, "orders");
    const begun = path.join(folder, "2024-03-21", `late-${String(midnight)}.parquet`);
    await mkdir(path.dirname(begun));
    await copyFile(path.join(folder, "2024-03-20", `late-${String(midnight - 1)}.parquet`), begun);
    await copyFile(begun, path.join(path.dirname(begun), ".part-1.parquet.one.part"));
    expect(await listed()).toHaveLength(2);
    await push(midnight + second, { price: 4 });
    await collect();
    expect(await readdir(path.dirname(begun))).toEqual([`part-${String(midnight + second)}.parquet`]);
  });

  it("are written anew in place where a key is erased", async () => {
    await pushThroughDays();
    await collect();
    const log = pushedErasure({
      home: home.folder,
      project: () => Promise.resolve(project),
      store: () => Promise.resolve(store),
      openEngine: () => Engine.open({ threads: 1 }),
      functions: [],
    });
    const key = erasedKey(project, "shop", "b");
    await log.erase(key);
    expect(await log.scan(key)).toBe(0);
    expect(await files()).toEqual({ ...inDays, [`2024-03-21/part-${String(midnight + 2)}.parquet`]: [128] });
  });
});
