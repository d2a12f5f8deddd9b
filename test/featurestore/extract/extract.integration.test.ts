import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, inject, it } from "vitest";
import { lockHome } from "../../../src/featurestore/index.ts";
import { byCursor, ordersDatabase } from "./orders-database.ts";

const rows = [
  { store: "a", at: "2024-03-01T10:40:00Z", late: 1 },
  { store: "a", at: "2024-03-01T11:30:00Z", late: 0 },
];

describe("extracting a table by its cursor", () => {
  it("reads what is new, and rows committed late within the lookback, each once", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    await orders.order(1, "2024-03-01T10:00:00Z");
    await orders.order(2, "2024-03-01T10:30:00Z");
    expect(await tondo.extract()).toMatchObject([
      {
        source: "orders",
        table: "public.orders",
        status: "extracted",
        rows: 2,
        repeats: 0,
        watermark: "2024-03-01T10:30:00.000Z",
        kept: { rows: 2, parts: 1 },
        unread: [{ name: "note", type: "bytea" }],
      },
    ]);
    expect(await tondo.extract()).toMatchObject([{ status: "unchanged", rows: 0, repeats: 1 }]);
    // Committed late: one within the lookback, one on its edge, one before it, and one at the very watermark.
    await orders.order(3, "2024-03-01T10:25:00Z");
    await orders.order(4, "2024-03-01T10:20:00Z");
    await orders.order(5, "2024-03-01T10:19:59.999999Z");
    await orders.order(6, "2024-03-01T10:30:00Z");
    await orders.order(7, "2024-03-01T11:00:00Z");
    expect(await tondo.extract()).toMatchObject([
      { status: "extracted", rows: 4, repeats: 1, watermark: "2024-03-01T11:00:00.000Z", kept: { rows: 6 } },
    ]);
    expect(await orders.kept("order_id")).toEqual([[1n], [2n], [3n], [4n], [6n], [7n]]);
    const refresh = { fullRefresh: true };
    expect(await tondo.extract(refresh)).toMatchObject([{ status: "replaced", rows: 7, kept: { rows: 7, parts: 1 } }]);
    expect(await tondo.extract(refresh)).toMatchObject([{ status: "unchanged", rows: 0, kept: { rows: 7, parts: 1 } }]);
    expect(await orders.kept("order_id")).toHaveLength(7);
  });

  it("is not led into the future by a row that is dated there, and says which rows have no place on the cursor", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await orders.client.query("alter table orders alter updated_at drop not null");
    await using tondo = await orders.open();
    await orders.order(1, "2200-01-01T00:00:00Z");
    await orders.order(2, "9999-12-31T00:00:00Z");
    await orders.order(3, "infinity");
    await orders.client.query("insert into orders (order_id) values (4)");
    const [first] = await tondo.extract();
    expect(first).toMatchObject({ rows: 1, withoutCursor: 3, watermark: first?.at });
    await orders.client.query("insert into orders select 5, 'a', now(), now(), 1, 'paid'");
    expect(await tondo.extract()).toMatchObject([{ rows: 1, repeats: 1, kept: { rows: 2 } }]);
    expect(await tondo.extract()).toMatchObject([{ rows: 0, repeats: 2 }]);
  });

  it("keeps both versions of a row that was written anew, and training sees each from when it was known", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    await orders.order(1, "2024-03-01T10:00:00Z", 5, "open");
    await tondo.extract();
    await orders.client.query("update orders set status = 'paid', price = 7, updated_at = '2024-03-01T11:00:00Z'");
    await tondo.extract();
    expect(await orders.kept("order_id, status")).toEqual([
      [1n, "open"],
      [1n, "paid"],
    ]);
    const set = await tondo.trainingSet({ vector: "eta", rows, output: "set" });
    const { path = "" } = set.manifest.files[0] ?? {};
    expect(await read(join(set.folder, path), "n, s")).toEqual([
      [0n, 5],
      [1n, 7],
    ]);
  });

  it("leaves training sets reproducible whatever comes later, and says so where a file was replaced", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    await orders.order(1, "2024-03-01T10:00:00Z");
    await expect(tondo.trainingSet({ vector: "eta", rows, output: "set" })).rejects.toMatchObject({
      code: "SOURCE_MISSING",
      message: 'source "orders" stands in the table "public.orders", of which nothing was extracted yet',
      hint: "Run: tondo extract orders",
    });
    await expect(tondo.materialize()).rejects.toMatchObject({
      code: "SOURCE_MISSING",
      hint: "Run: tondo extract orders",
    });
    await tondo.extract();
    writeFileSync(join(orders.folder, "rows.csv"), "store,at,late\na,2024-03-01T10:40:00Z,1\n");
    const set = await tondo.trainingSet({ vector: "eta", rows: "rows.csv", output: "set" });
    expect(set.manifest.sources).toMatchObject([
      { source: "orders", files: [{ path: ".tondo/sources/orders/public.orders/part-000001.parquet" }] },
    ]);
    await orders.order(2, "2024-03-01T10:10:00Z");
    await tondo.extract();
    expect((await tondo.reproduce({ set: "set", output: "again" })).differences).toEqual([]);
    const more = await tondo.trainingSet({ vector: "eta", rows: "rows.csv", output: "more" });
    expect(more.manifest.sources[0]?.files).toHaveLength(2);
    expect(more.manifest.vector.fingerprint).toBe(set.manifest.vector.fingerprint);
    await tondo.extract({ fullRefresh: true });
    expect((await tondo.reproduce({ set: "set", output: "once more" })).differences).toEqual([]);
    await tondo.extract();
    await expect(tondo.reproduce({ set: "set", output: "third" })).rejects.toMatchObject({
      code: expect.stringMatching(/SOURCE_MISSING|NOT_REPRODUCIBLE/) as string,
      where: expect.stringContaining("part-000001.parquet") as string,
    });
    await tondo.materialize({ asOf: "2024-03-01T10:40:00Z" });
    const features = await tondo.features();
    const { values } = await features.get(["shop:sales:n_1d"], { shop: "a" }, { at: "2024-03-01T10:40:00Z" });
    expect(Object.values(values)).toMatchObject([{ value: 2 }]);
  });
});

describe("what is kept", () => {
  it("goes on after a kill from the last part that was written whole, and forgets what was not", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    await orders.order(1, "2024-03-01T10:00:00Z");
    await tondo.extract();
    const folder = join(orders.folder, ".tondo/sources/orders/public.orders");
    // What a kill between writing a part and its record leaves, and one in the middle of a part.
    writeFileSync(join(folder, "part-000002.parquet"), readFileSync(join(folder, "part-000001.parquet")));
    writeFileSync(join(folder, ".part-000003.parquet.0.part"), "PAR1");
    const set = await tondo.trainingSet({ vector: "eta", rows, output: "set" });
    expect(set.manifest.sources[0]?.files).toHaveLength(1);
    await orders.order(2, "2024-03-01T10:00:00Z");
    expect(await tondo.extract()).toMatchObject([{ rows: 1, repeats: 1, kept: { rows: 2, parts: 2 } }]);
    expect(readdirSync(folder).filter((name) => name.includes("part"))).toEqual([
      "part-000001.parquet",
      "part-000003.parquet",
    ]);
  });

  it("stays where it is replaced, for those who read it, until the next run", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    const folder = join(orders.folder, ".tondo/sources/orders/public.orders");
    const parts = (): readonly string[] => readdirSync(folder).filter((name) => name.includes("part"));
    await orders.order(1, "2024-03-01T10:00:00Z");
    await tondo.extract();
    await orders.order(2, "2024-03-01T10:00:00Z");
    await tondo.extract({ fullRefresh: true });
    expect(parts()).toEqual(["part-000001.parquet", "part-000002.parquet"]);
    expect(await orders.kept("order_id")).toEqual([[1n], [2n]]);
    expect(await tondo.extract({ fullRefresh: true })).toMatchObject([{ status: "unchanged" }]);
    expect(parts()).toEqual(["part-000002.parquet"]);
  });

  it("stays where its record is damaged and it cannot be read anew", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    const folder = join(orders.folder, ".tondo/sources/orders/public.orders");
    const record = join(folder, "extracted.json");
    await orders.order(1, "2024-03-01T10:00:00Z");
    await tondo.extract();
    const whole = readFileSync(record, "utf8");
    writeFileSync(record, whole.slice(0, 100));
    const stop = new AbortController();
    // The table is held, so that reading it waits.
    await orders.client.query("begin; lock table orders in access exclusive mode");
    setTimeout(() => {
      stop.abort();
    }, 200);
    await expect(tondo.extract({ fullRefresh: true, signal: stop.signal })).rejects.toMatchObject({ code: "ABORTED" });
    await orders.client.query("rollback");
    writeFileSync(record, whole);
    await expect(tondo.trainingSet({ vector: "eta", rows, output: "set" })).resolves.toMatchObject({ made: true });
    writeFileSync(record, "{");
    expect(await tondo.extract({ fullRefresh: true })).toMatchObject([{ rows: 1, kept: { rows: 1, parts: 1 } }]);
    expect(await orders.kept("order_id")).toEqual([[1n]]);
    expect(await tondo.extract()).toMatchObject([{ status: "unchanged" }]);
    expect(readdirSync(folder).filter((name) => name.includes("part"))).toEqual(["part-000002.parquet"]);
  });

  it("is looked at as far as the lookback reaches, and all of it where an earlier release wrote it", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    // The second lies on the edge of what is looked back to from the third.
    const times = ["2024-03-01T10:00:00Z", "2024-03-01T11:50:00Z", "2024-03-01T12:00:00Z"];
    for (const [i, time] of times.entries()) {
      await orders.order(i, time);
      await tondo.extract();
    }
    const folder = join(orders.folder, ".tondo/sources/orders/public.orders");
    const record = join(folder, "extracted.json");
    const kept = JSON.parse(readFileSync(record, "utf8")) as { parts: { file: string; largest?: string }[] };
    expect(kept.parts.map(({ largest }) => largest)).toEqual(times.map((time) => String(Date.parse(time) * 1000)));
    // Who opens it fails.
    writeFileSync(join(folder, "part-000001.parquet"), "PAR1");
    await orders.order(3, "2024-03-01T11:50:00Z");
    expect(await tondo.extract()).toMatchObject([{ rows: 1, repeats: 2, kept: { rows: 4, parts: 4 } }]);
    for (const part of kept.parts) delete part.largest;
    writeFileSync(record, JSON.stringify(kept));
    await expect(tondo.extract()).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
  });

  it("is changed by one process at a time, and by none that is cancelled", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    await orders.order(1, "2024-03-01T10:00:00Z");
    const folder = join(orders.folder, ".tondo/sources/orders/public.orders");
    {
      using _lock = lockHome(folder, "test");
      await expect(tondo.extract()).rejects.toMatchObject({ code: "HOME_BUSY" });
    }
    const gone = new AbortController();
    // The table is held, so that reading it waits.
    await orders.client.query("begin; lock table orders in access exclusive mode");
    setTimeout(() => {
      gone.abort();
    }, 200);
    const before = performance.now();
    await expect(tondo.extract({ signal: gone.signal })).rejects.toMatchObject({ code: "ABORTED" });
    expect(performance.now() - before).toBeLessThan(10_000);
    await orders.client.query("rollback");
    expect(readdirSync(folder)).toEqual(["work.lock"]);
    expect(await tondo.extract()).toMatchObject([{ rows: 1 }]);
  });

  it("is of a table that is read whole: replaced where it changed, and without rows a file with its columns", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open('postgres "orders"');
    expect(await tondo.extract()).toMatchObject([{ status: "extracted", rows: 0, kept: { rows: 0, parts: 1 } }]);
    await expect(tondo.trainingSet({ vector: "eta", rows, output: "none" })).resolves.toMatchObject({ made: true });
    await orders.order(1, "2024-03-01T10:00:00Z");
    const [read] = await tondo.extract();
    expect(read).toMatchObject({ status: "replaced", rows: 1, kept: { rows: 1, parts: 1 } });
    expect(read).not.toHaveProperty("watermark");
    expect(await tondo.extract()).toMatchObject([{ status: "unchanged" }]);
    await orders.client.query("delete from orders");
    await orders.order(2, "2024-03-01T10:00:00Z");
    expect(await tondo.extract()).toMatchObject([{ status: "replaced", rows: 1 }]);
    expect(await orders.kept("order_id", "orders/orders")).toEqual([[2n]]);
  });

  it("is refused where its record is damaged, until it is read anew", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    const folder = join(orders.folder, ".tondo/sources/orders/public.orders");
    mkdirSync(folder, { recursive: true });
    for (const text of ["{", "null", '{"version":2}']) {
      writeFileSync(join(folder, "extracted.json"), text);
      await expect(tondo.extract()).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
      await expect(tondo.trainingSet({ vector: "eta", rows, output: "set" })).rejects.toMatchObject({
        code: "MANIFEST_INVALID",
      });
    }
    expect(await tondo.extract({ fullRefresh: true })).toMatchObject([{ kept: { parts: 1 } }]);
    rmSync(join(folder, "part-000001.parquet"));
    await expect(tondo.trainingSet({ vector: "eta", rows, output: "set" })).rejects.toMatchObject({
      code: "SOURCE_MISSING",
      where: join(folder, "part-000001.parquet"),
    });
  });
});

describe("a table that changed", () => {
  it("is refused where what the definitions read is gone or another, and what is kept stays", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    await orders.order(1, "2024-03-01T10:00:00Z");
    await tondo.extract();
    await orders.client.query("create table first as select * from orders");
    for (const [change, message] of [
      ["alter table orders drop price", 'the table "public.orders" has no column "price"'],
      ["alter table orders rename price to cost", 'has no column "price"'],
      ["alter table orders alter price type text", 'has "price" as text, and the definitions say float'],
      ["alter table orders alter price type bytea using null", 'has "price" as bytea, which the language has no type'],
      ['alter table orders add "Price" int', 'has columns that differ from "price" in upper and lower case alone'],
      ["alter table orders alter updated_at type text", 'has "updated_at" as text, and the definitions say timestamp'],
      ["alter table orders alter order_id type numeric", 'has "order_id" as numeric, and the definitions say int'],
      ["alter table orders alter price type int", 'had "price" as float, and has it as integer now'],
    ]) {
      await orders.client.query(`drop table orders; create table orders as select * from first; ${change ?? ""}`);
      await expect(tondo.extract(), change).rejects.toMatchObject({
        code: "SOURCE_CHANGED",
        message: expect.stringContaining(message ?? "") as string,
      });
      expect(await orders.kept("order_id, price")).toEqual([[1n, 1]]);
    }
  });

  it("may gain and lose columns that nobody reads", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    await orders.client.query("alter table orders add town text default 'x'");
    await orders.order(1, "2024-03-01T10:00:00Z");
    await tondo.extract();
    await orders.client.query("alter table orders drop town, add street text default 'y'");
    await orders.order(2, "2024-03-01T10:00:00Z");
    expect(await tondo.extract()).toMatchObject([{ rows: 1, repeats: 1 }]);
    expect(await orders.kept("order_id, town, street")).toEqual([
      [1n, "x", null],
      [2n, null, "y"],
    ]);
    await expect(tondo.trainingSet({ vector: "eta", rows, output: "set" })).resolves.toMatchObject({ made: true });
  });

  it("may change the types of columns that nobody reads: rows are told apart by what stayed", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    await orders.client.query("alter table orders add town text default 'x', add storeys int[] default '{1,2}'");
    await orders.order(1, "2024-03-01T10:00:00Z");
    await tondo.extract();
    await orders.client.query(
      `alter table orders alter town drop default, alter town type int using 7,
       alter storeys drop default, alter storeys type timestamptz using now()`,
    );
    await orders.order(2, "2024-03-01T10:00:00Z");
    await orders.client.query(
      "insert into orders select 3, shop_id, ordered_at, updated_at, 1 from orders where order_id = 1",
    );
    expect(await tondo.extract()).toMatchObject([{ rows: 2, repeats: 1 }]);
    await orders.client.query("alter table orders alter town type text using 'x'");
    await orders.order(4, "2024-03-01T10:00:00Z");
    expect(await tondo.extract()).toMatchObject([{ rows: 1, repeats: 3 }]);
    await expect(tondo.trainingSet({ vector: "eta", rows, output: "set" })).resolves.toMatchObject({ made: true });
  });

  it("is read anew where the definitions read it by another column", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using first = await orders.open();
    await first.extract();
    await using tondo = await orders.open('postgres "public.orders" cursor order_id known updated_at');
    await expect(tondo.extract()).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      message: 'source "orders": the table "public.orders" was extracted by the cursor updated_at before',
      hint: "Read it anew, in place of what is kept: tondo extract orders --full-refresh.",
    });
    await expect(tondo.extract({ fullRefresh: true })).resolves.toHaveLength(1);
    await orders.order(3, "2024-03-01T10:00:00Z");
    expect(await tondo.extract()).toMatchObject([{ rows: 1, watermark: "3" }]);
  });
});

describe("what cannot be extracted", () => {
  it("is said with what to do", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await using tondo = await orders.open();
    await expect(tondo.extract({ sources: ["order"] })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: 'there is no source "order"',
      hint: 'Did you mean "orders"?',
    });
    await orders.client.query("drop table orders");
    await expect(tondo.extract()).rejects.toMatchObject({
      code: "SOURCE_MISSING",
      message: 'the database has no table "public.orders"',
    });
    await using nowhere = await orders.open(byCursor, { folder: orders.folder, sources: {} });
    await expect(nowhere.extract()).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      message: 'source "orders" stands in the table "public.orders", and the address of its database is not given',
    });
    await using named = await orders.open('postgres "shop.public.orders" cursor order_id', {
      folder: orders.folder,
      sources: { postgres: { default: orders.url } },
    });
    await expect(named.extract()).rejects.toMatchObject({
      message: expect.stringContaining('the address of the database "shop" is not given') as string,
      hint: expect.stringContaining("TONDO_SOURCE_DATABASE_SHOP") as string,
    });
    await using away = await orders.open(byCursor, {
      folder: orders.folder,
      sources: { postgres: "postgres://nobody@127.0.0.1:1/none" },
    });
    await expect(away.extract()).rejects.toMatchObject({ code: "DATABASE_UNAVAILABLE", where: "127.0.0.1:1/none" });
  });

  it("may be in a database of a name, with a password that is asked for", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    let asked = 0;
    const password = (): string => `secret ${String(++asked)}`;
    await using tondo = await orders.open('postgres "shop.public.orders" cursor order_id lookback 5', {
      folder: orders.folder,
      sources: { postgres: { shop: { url: orders.url, password } } },
    });
    await orders.order(1, "2024-03-01T10:00:00Z");
    expect(await tondo.extract()).toMatchObject([{ table: "shop.public.orders", rows: 1 }]);
    expect(asked).toBe(1);
    expect(await orders.kept("order_id", "orders/shop.public.orders")).toEqual([[1n]]);
  });
});

async function read(path: string, columns: string): Promise<readonly (readonly unknown[])[]> {
  const { Engine } = await import("../../../src/featurestore/index.ts");
  const engine = await Engine.open();
  try {
    const found = await engine.rows(`select ${columns} from read_parquet('${path}')`, "reading");
    return found.map((row) => Object.values(row));
  } finally {
    engine.close();
  }
}
