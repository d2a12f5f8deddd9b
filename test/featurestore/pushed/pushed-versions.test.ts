import { copyFile, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { GivenValue, Micros } from "../../../src/core/index.ts";
import { compile, parseProject, type ProjectPlan } from "../../../src/dsl/index.ts";
import type { ErasableLog } from "../../../src/featurestore/erase/erasable-log.ts";
import { erasedKey } from "../../../src/featurestore/erase/erased-key.ts";
import { materialize, type MaterializeOptions } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader, type PushedRows } from "../../../src/featurestore/online/index.ts";
import { maxKeyBytes } from "../../../src/featurestore/online/codec/index.ts";
import type { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import { recentKey } from "../../../src/featurestore/online/recent-rows.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { pushedErasure, pushing, withPushed } from "../../../src/featurestore/pushed/index.ts";
import { dayOf, pushedFolder } from "../../../src/featurestore/pushed/pushed-parts.ts";
import { eachInSampleHome, type SampleHome } from "../online/sample-home.ts";
import { noon } from "../online/sample-project.ts";

const second = 1_000_000;
const hour = 3_600 * second;
const day = 24 * hour;
let home: SampleHome;
let store: LmdbStore;
eachInSampleHome(
  (given) => {
    home = given;
    ({ store } = given);
  },
  () => store,
);

let now: Micros = noon;
/** A clock that passes whatever is waited for. */
const clock = (): Micros => (now += 1);
beforeEach(() => {
  now = noon;
});

const { plan } = compile(
  parseProject([
    {
      path: "p.tondo",
      text: `entity shop (code: string)
events orders { csv "orders*.csv" at ordered id order_id deleted gone
  columns (shop: string, ordered: timestamp, order_id: string, price: float, status: string, gone: bool) }
group shop:sales from orders by shop {
  n_7d = count() over 7d
  paid_7d = sum(price) over 7d where status == "paid"
  paid_1h = sum(price) over 1h where status == "paid"
  last_price = last(price) over 7d
  n_30d = count() over 30d
}`,
    },
  ]),
  new Map(),
);
if (plan === undefined) throw new Error("no plan");
const project: ProjectPlan = plan;

const features = ["n_7d", "paid_7d", "paid_1h", "last_price"].map((name) => `shop:sales:${name}`);

/** An order `ago` before noon. */
function order(
  id: string | null,
  ago: Micros,
  rest: Readonly<Record<string, GivenValue>> = {},
): Record<string, GivenValue> {
  return { shop: "a", ordered: noon - ago, order_id: id, price: 10, status: "paid", gone: false, ...rest };
}

async function file(name: string, orders: readonly Readonly<Record<string, GivenValue>>[]): Promise<void> {
  const lines = orders.map(({ shop, ordered, order_id, price, status, gone }) =>
    [shop, new Date(Number(ordered) / 1000).toISOString(), order_id, price, status, gone].map(String).join(","),
  );
  await writeFile(
    path.join(home.folder, `orders-${name}.csv`),
    ["shop,ordered,order_id,price,status,gone", ...lines, ""].join("\n"),
  );
}

async function load(options: Partial<MaterializeOptions> = {}): Promise<string | undefined> {
  const { groups } = await materialize({ ...home, store, project, home: home.folder, clock, ...options });
  now += second;
  return groups[0]?.loaded?.how;
}

async function push(rows: readonly Record<string, GivenValue>[]): Promise<PushedRows> {
  const erased = (): Promise<() => undefined> => Promise.resolve(() => undefined);
  const done = await pushing({ project, store, clock, erased })("orders", rows);
  now = Math.max(now, done.appliedAt);
  return done;
}

/** Where the rows lie that are pushed on the day of these tests. */
const folderOfDay = (): string => path.join(pushedFolder(home.folder, "orders"), dayOf(noon));

/** The files of pushed rows, and the rows in each. */
async function parts(): Promise<readonly (readonly [string, number])[]> {
  const folder = folderOfDay();
  const names = (await readdir(folder)).filter((name) => name.endsWith(".parquet"));
  return Promise.all(
    names.map(async (name) => {
      const [row] = await home.engine.rows(
        `select count(*)::double as n from read_parquet('${path.join(folder, name)}')`,
        "counting",
      );
      return [name.replace(/-.*/, ""), Number(row?.["n"])] as const;
    }),
  );
}

function erasure(): ErasableLog {
  return pushedErasure({
    home: home.folder,
    project: () => Promise.resolve(project),
    store: () => Promise.resolve(store),
    openEngine: () => Engine.open({ threads: 1 }),
    functions: [],
  });
}

async function sales(shop = "a"): Promise<readonly unknown[]> {
  const { values } = await createFeatureReader({ project, store }).get(features, { shop }, { at: BigInt(clock()) });
  return features.map((name) => values[name]?.value ?? null);
}

describe("a version that is pushed", () => {
  beforeEach(async () => {
    await file("old", [
      order("1", 6 * day, { price: 100 }),
      order("2", 2 * hour),
      order("3", second, { price: 5 }),
      order("3", second, { price: 7, shop: "b" }),
    ]);
    await load();
    expect(await sales()).toEqual([3, 115, 5, 5]);
  });

  it("replaces the one that was loaded, in windows of every hop, and its load says the same", async () => {
    await push([order("3", second, { price: 8 })]);
    expect(await sales()).toEqual([3, 118, 8, 8]);
    await push([order("2", 2 * hour, { status: "refunded" })]);
    expect(await sales()).toEqual([3, 108, 8, 8]);
    expect(await sales("b")).toEqual([1, 7, 7, 7]);
    expect(await load()).toBe("full");
    expect(await sales()).toEqual([3, 108, 8, 8]);
    await push([order("3", second, { price: 9 })]);
    expect(await sales()).toEqual([3, 109, 9, 9]);
  });

  it("replaces one that was pushed", async () => {
    await push([order("4", 0, { price: 1 }), order("4", 0, { price: 2 })]);
    await push([order("4", 0, { price: 3 })]);
    expect(await sales()).toEqual([4, 118, 8, 3]);
  });

  it("changes nothing where it was known before, also where another one stands", async () => {
    await push([order("3", second, { price: 5 })]);
    expect(await sales()).toEqual([3, 115, 5, 5]);
    await push([order("3", second, { price: 6 })]);
    await push([order("3", second, { price: 5 })]);
    expect(await sales()).toEqual([3, 116, 6, 6]);
    await load();
    await push([order("3", second, { price: 5 })]);
    expect(await sales()).toEqual([3, 116, 6, 6]);
  });

  it("stands against one that a load under way brings first, by when each was served", async () => {
    await file("more", [order("3", second, { price: 20 }), order("4", second, { price: 30, shop: "b" })]);
    const erased = async (): Promise<() => undefined> => {
      await push([order("3", second, { price: 8 })]);
      expect(await sales()).toEqual([3, 118, 8, 8]);
      return () => undefined;
    };
    await load({ erased });
    expect(await sales()).toEqual([3, 130, 20, 20]);
    await load();
    expect(await sales()).toEqual([3, 130, 20, 20]);
  });

  it("stands before one that a load brings first which begins at its very moment", async () => {
    const { appliedAt } = await push([order("3", second, { price: 8 })]);
    await file("more", [order("3", second, { price: 6 })]);
    // Its row is there some time before its moment comes.
    now = appliedAt - 1;
    await load();
    expect(await sales()).toEqual([3, 116, 6, 6]);
    await load();
    expect(await sales()).toEqual([3, 116, 6, 6]);
  });

  it("leaves those of one load as they stand, of which the largest counts", async () => {
    await file("more", [
      ...[9, 11, 10].map((price) => order("5", second, { price })),
      ...[31, 30].map((price) => order("6", second, { price, status: "refunded" })),
    ]);
    await load();
    const before = await sales();
    expect(before).toEqual([5, 126, 16, 31]);
    await push([order("7", 2 * hour, { price: 0.5 })]);
    expect(await sales()).toEqual([6, 126.5, 16, 31]);
  });

  it("counts once in windows whose tiles are of other widths, however many of their rows are kept", async () => {
    await file("more", [order("5", 30 * hour)]);
    await load();
    await push([order("6", 0)]);
    const names = ["shop:sales:n_7d", "shop:sales:n_30d"];
    const { values } = await createFeatureReader({ project, store }).get(names, { shop: "a" }, { at: BigInt(clock()) });
    expect(names.map((name) => values[name]?.value)).toEqual([5, 5]);
  });

  it("is a repeat where only one of the two says that it is no deletion", async () => {
    await file("more", [order("5", second, { price: 1, gone: "" })]);
    await load();
    await push([order("5", second, { price: 2 })]);
    const before = await sales();
    await push([order("5", second, { price: 1, gone: false })]);
    expect(await sales()).toEqual(before);
    await push([order("5", second, { price: 1, gone: null }), order("5", second, { price: 2, gone: null })]);
    expect(await sales()).toEqual(before);
  });

  it("is another event where its time or key is another", async () => {
    await push([order("3", 2 * second, { price: 1 })]);
    expect(await sales()).toEqual([4, 116, 6, 5]);
  });

  it("takes its event away where it is a deletion, and brings it back by another version", async () => {
    await push([order("3", second, { price: 5, gone: true })]);
    expect(await sales()).toEqual([2, 110, null, 10]);
    await load({ limits: { changedShare: 1 } });
    expect(await sales()).toEqual([2, 110, null, 10]);
    await push([order("3", second, { price: 5 })]);
    expect(await sales()).toEqual([2, 110, null, 10]);
    await push([order("3", second, { price: 4 })]);
    expect(await sales()).toEqual([3, 114, 4, 4]);
  });

  it("is an event of its own without an id", async () => {
    await push([order(null, second), order(null, second)]);
    await push([order(null, second)]);
    expect(await sales()).toEqual([6, 145, 35, 10]);
  });

  it("counts at once where it happened within a day", async () => {
    expect(await push([order("5", day - hour, { price: 1 })])).toMatchObject({ rows: 1, waiting: 0 });
    expect(await sales()).toEqual([4, 116, 5, 5]);
  });

  it("counts in loads that copy what did not change", async () => {
    await file("more", [order("6", 3 * hour, { shop: "c" })]);
    expect(await load({ limits: { changedShare: 1 } })).toBe("incremental");
    await push([order("3", second, { price: 8 }), order("6", 3 * hour, { shop: "c", price: 11 })]);
    expect(await sales()).toEqual([3, 118, 8, 8]);
    expect(await sales("c")).toEqual([1, 11, null, 11]);
    now += 2 * day;
    expect(await load({ limits: { changedShare: 1 } })).toBe("incremental");
    expect(await sales("c")).toEqual([1, 11, null, 11]);
    expect(await sales("b")).toEqual([1, 7, null, 7]);
  });
});

describe("a row that is pushed longer than a day after it happened", () => {
  beforeEach(async () => {
    await file("old", [order("1", 6 * day, { price: 100 }), order("2", 2 * hour), order("3", 6 * day, { shop: "b" })]);
    await load();
    expect(await sales()).toEqual([2, 110, null, 10]);
  });

  it("waits for the next load, and what is pushed with it does not", async () => {
    const pushed = await push([order("4", 0), order("1", 6 * day, { price: 1 }), order("5", 2 * day, { shop: "b" })]);
    expect(pushed).toMatchObject({ rows: 1, waiting: 2, erased: 0 });
    expect(await sales()).toEqual([3, 120, 10, 10]);
    expect(await sales("b")).toEqual([1, 10, null, 10]);
    expect(await load()).toBe("full");
    expect(await sales()).toEqual([3, 21, 10, 10]);
    expect(await sales("b")).toEqual([2, 20, null, 10]);
    expect(await parts()).toEqual([
      ["late", 2],
      ["part", 1],
    ]);
  });

  it("waits alone, and comes by a load that copies what did not change", async () => {
    expect(await push([order("1", 6 * day, { gone: true })])).toMatchObject({ rows: 0, waiting: 1 });
    expect(await sales()).toEqual([2, 110, null, 10]);
    expect(await load({ limits: { changedShare: 1 } })).toBe("incremental");
    expect(await sales()).toEqual([1, 10, null, 10]);
    expect(await parts()).toEqual([
      ["late", 1],
      ["part", 0],
    ]);
  });

  it("waits until a load as of then or later", async () => {
    const before = clock();
    now += second;
    await push([order("1", 6 * day, { price: 1 })]);
    const after = now;
    await load({ asOf: BigInt(before) });
    now = after + 1;
    expect(await sales()).toEqual([2, 110, null, 10]);
    await load({ limits: { changedShare: 1 } });
    expect(await sales()).toEqual([2, 11, null, 10]);
  });

  it("is a repeat where its version is known, and is not where another one stands for good", async () => {
    await push([order("1", 6 * day, { price: 100 }), order("1", 6 * day, { price: 2 })]);
    await load();
    expect(await sales()).toEqual([2, 12, null, 10]);
    await push([order("1", 6 * day, { price: 100 })]);
    await load();
    expect(await sales()).toEqual([2, 12, null, 10]);
  });

  it("waits as well where the day passes while it is on its way", async () => {
    // A push takes a while: its moment is behind the one at which it began.
    let asked = 0;
    const slow = (): Micros => (asked++ === 2 ? (now += hour) : (now += 1));
    const erased = (): Promise<() => undefined> => Promise.resolve(() => undefined);
    const done = await pushing({ project, store, clock: slow, erased })("orders", [order("4", day - hour / 2)]);
    now = Math.max(now, done.appliedAt);
    expect(done).toMatchObject({ rows: 0, waiting: 1 });
    expect(await sales()).toEqual([2, 110, null, 10]);
    await load();
    expect(await sales()).toEqual([3, 120, null, 10]);
  });

  it("is in no file of a run that was killed before it had left the log", async () => {
    await push([order("1", 6 * day, { price: 1 })]);
    await load();
    const folder = folderOfDay();
    const [late = ""] = (await readdir(folder)).filter((name) => name.startsWith("late-"));
    await push([order("5", 2 * day)]);
    await copyFile(path.join(folder, late), path.join(folder, `late-${String(now + second)}.parquet`));
    const { sources } = await withPushed(project, { home: home.folder, folder: home.folder });
    const listed = sources.flatMap(({ transports }) => transports.flatMap((one) => ("files" in one ? one.files : [])));
    expect(listed).toHaveLength(2);
    now += 2 * second;
    await load();
    expect(await parts()).toEqual([
      ["late", 1],
      ["late", 1],
      ["part", 0],
      ["part", 0],
    ]);
    expect(await sales()).toEqual([3, 21, null, 10]);
  });

  it("leaves the files when its key is erased", async () => {
    await push([order("1", 6 * day, { price: 1 }), order("5", 2 * day, { shop: "b" })]);
    await load();
    const log = erasure();
    const key = erasedKey(project, "shop", "a");
    expect(await log.scan(key)).toBe(1);
    expect(await log.erase(key)).toBe(1);
    expect(await log.scan(key)).toBe(0);
    expect(await parts()).toEqual([
      ["late", 1],
      ["part", 0],
    ]);
    await load();
    expect(await sales("b")).toEqual([2, 20, null, 10]);
  });

  it("leaves what a run that was killed had written of them, too", async () => {
    await push([order("1", 6 * day, { price: 1 })]);
    await load();
    const folder = folderOfDay();
    const [late = "", part = ""] = await readdir(folder);
    await copyFile(path.join(folder, late), path.join(folder, `late-${String(now + second)}.parquet`));
    await copyFile(path.join(folder, late), path.join(folder, `.${part}.one.part`));
    await erasure().erase(erasedKey(project, "shop", "a"));
    expect((await readdir(folder)).sort()).toEqual([late, part]);
    expect(await parts()).toEqual([
      ["late", 0],
      ["part", 0],
    ]);
  });
});

describe("the rows that loads keep for versions", () => {
  const keys = ["a", "b"].map((code) => erasedKey(project, "shop", code).bytes);
  const kept = async (): Promise<readonly number[]> =>
    Promise.all(
      keys.map(async (key) => {
        const all = await store.recordsOf("shop:sales", [recentKey(key) ?? key]);
        return all.at(-1)?.records ?? 0;
      }),
    );

  it("are those of the last day", async () => {
    await file("all", [order("1", 2 * day + hour), order("2", day, { shop: "b" })]);
    await load();
    expect(await kept()).toEqual([0, 1]);
    now += 3 * day;
    await load({ limits: { changedShare: 1 } });
    expect(await kept()).toEqual([0, 0]);
  });

  it("are none of a key that was erased", async () => {
    await file("all", [order("1", hour), order("2", hour, { shop: "b" })]);
    const [first] = keys;
    const has = (key: Uint8Array): boolean => Buffer.compare(key, first ?? key) === 0;
    await load({ erased: () => Promise.resolve(() => ({ digest: "one key", has })) });
    expect(await kept()).toEqual([0, 1]);
  });

  it("are none of a key that has too many, which takes no pushed rows", async () => {
    await file("all", [order("1", 2 * hour), order("2", 2 * hour), order("3", 2 * hour, { shop: "b" })]);
    await load({ limits: { recentBytes: 120 } });
    expect(await kept()).toEqual([1, 1]);
    await expect(push([order("4", 0)])).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    expect(await sales()).toEqual([2, 20, null, 10]);
    await push([order("3", 2 * hour, { shop: "b", price: 1 })]);
    expect(await sales("b")).toEqual([1, 1, null, 1]);
    await file("more", [order("5", 2 * hour, { shop: "c" })]);
    expect(await load({ limits: { changedShare: 1 } })).toBe("full");
    await push([order("4", 0)]);
    expect(await sales()).toEqual([3, 30, 10, 10]);
  });

  it("are refused of keys that leave no room for theirs", async () => {
    await file("all", [order("1", hour)]);
    await load();
    const longest = "x".repeat(maxKeyBytes - 3);
    await expect(push([order("2", 0, { shop: longest })])).rejects.toMatchObject({ code: "KEY_INVALID" });
    await push([order("2", 0, { shop: longest.slice(1) })]);
    expect(await sales(longest.slice(1))).toEqual([1, 10, 10, 10]);
  });
});
