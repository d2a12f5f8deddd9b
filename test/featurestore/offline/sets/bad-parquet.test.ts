import { copyFile, link, mkdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Refusal, type Shop, shopProject, shopRow } from "../shop-project.ts";

const golden = join(import.meta.dirname, "../../../golden/parquet");

let shop: Shop;
beforeAll(async () => {
  shop = await shopProject();
});
beforeEach(() => shop.clear());
afterAll(() => shop.close());

const file = "orders/c.parquet";
const order = "'r' as store, 'ulm' as town, timestamp '2024-01-01' as happened";

/** Five files of an order each, all alike. */
async function five(): Promise<void> {
  await shop.parquet("orders/a.parquet", `select ${order}, 1::bigint as x`);
  for (const name of "bcde") await copyFile(shop.path("orders/a.parquet"), shop.path(`orders/${name}.parquet`));
}

async function goldenFile(name: string): Promise<void> {
  await mkdir(shop.path("orders"), { recursive: true });
  await copyFile(join(golden, `${name}.parquet`), shop.path(file));
}

describe("a source in Parquet", () => {
  it("that is cut short, or has other bytes, is refused with the file", async () => {
    await five();
    expect(await shop.slots("ordered")).toEqual([[5, 5]]);
    const bytes = await readFile(shop.path(file));
    const filled = (value: number, from: number, to: number): Buffer => Buffer.from(bytes).fill(value, from, to);
    for (const [what, content] of Object.entries({
      nothing: Buffer.alloc(0),
      "the first mark": bytes.subarray(0, 4),
      "both marks": Buffer.from("PAR1PAR1"),
      half: bytes.subarray(0, bytes.length >> 1),
      "cut within the footer": bytes.subarray(0, bytes.length - 30),
      "all but a byte": bytes.subarray(0, -1),
      "a byte too many": Buffer.concat([bytes, Buffer.from("x")]),
      "a footer of 4 GB": filled(0xff, bytes.length - 8, bytes.length - 4),
      "a footer of nothing": filled(0, bytes.length - 200, bytes.length - 8),
      "pages of nothing": filled(0xff, 4, 60),
    })) {
      await writeFile(shop.path(file), content);
      // DuckDB does not say in which file what it decodes is wrong.
      const isDecoded = ["a footer of nothing", "pages of nothing"].includes(what);
      await shop.refused("ordered", { code: "SOURCE_UNREADABLE", ...(isDecoded ? {} : { where: file }) });
    }
  });

  it.each<readonly [string, string, Refusal]>([
    [
      "a column that lacks",
      `select ${order}`,
      { code: "SOURCE_CHANGED", message: /no column "x"/, hint: /It has store, town, happened/ },
    ],
    [
      "a column by another name",
      `select ${order}, 1::bigint as xx`,
      { code: "SOURCE_CHANGED", message: /no column "x"/, hint: /Did you mean "xx"/ },
    ],
    [
      "a name in another case",
      `select ${order}, 1::bigint as X`,
      { code: "SOURCE_CHANGED", message: /no column "x"/, hint: /Did you mean "X"/ },
    ],
    [
      "fractions for ints",
      `select ${order}, 1.5::double as x`,
      { code: "SOURCE_CHANGED", message: /of type float, and the definitions say int/ },
    ],
    ["texts for ints", `select ${order}, '1' as x`, { code: "SOURCE_CHANGED", message: /of type string/ }],
    ["ints of 128 bits", `select ${order}, 1::hugeint as x`, { code: "SOURCE_CHANGED", message: /of type/ }],
    [
      "numbers for moments",
      `select ${order.replace("timestamp '2024-01-01'", "1704067200")}, 1::bigint as x`,
      { code: "SOURCE_CHANGED", message: /"happened" is of type int/ },
    ],
    [
      "hours for moments",
      `select ${order.replace("timestamp '2024-01-01'", "time '12:00:00'")}, 1::bigint as x`,
      { code: "SOURCE_CHANGED", message: /"happened" is of type TIME, which the language does not have/ },
    ],
  ])("with %s in the third of five files is refused", async (_, sql, refusal) => {
    await five();
    await shop.parquet(file, sql);
    await shop.refused("ordered", { ...refusal, where: file });
  });

  it("may have narrower types, another order, more columns of any kind, or no rows in one of its files", async () => {
    await five();
    await shop.parquet(
      file,
      `select 7::smallint as x, [1] as more, ${order.replace("timestamp '", "timestamptz '").replace("01' as h", "01 00:00:00+00' as h")}`,
    );
    await shop.parquet("orders/d.parquet", `select ${order}, 'other' as More, 1::bigint as x limit 0`);
    expect(await shop.slots("ordered")).toEqual([[4, 10]]);
  });

  it("is no folder, no link to nothing and none in a circle", async () => {
    await five();
    await rm(shop.path(file));
    await mkdir(shop.path(file));
    await shop.refused("ordered", {
      code: "SOURCE_MISSING",
      message: /is a folder/,
      where: file,
      hint: /c\.parquet\/\*\.parquet/,
    });
    await rm(shop.path(file), { recursive: true });
    await mkdir(shop.path("orders/old"));
    expect(await shop.slots("ordered")).toEqual([[4, 4]]);
    await symlink("nowhere", shop.path(file));
    await shop.refused("ordered", { code: "SOURCE_MISSING", message: /link to nothing/, where: file });
    await rm(shop.path(file));
    await symlink("c.parquet", shop.path(file));
    await shop.refused("ordered", { code: "IO_FAILED", message: /circle/, where: file });
    await rm(shop.path(file));
    await symlink("a.parquet", shop.path(file));
    expect(await shop.slots("ordered")).toEqual([[5, 5]]);
  });

  it("needs a file at least", async () => {
    const missing = {
      code: "SOURCE_MISSING",
      message: /no file at "orders\/\*\.parquet"/,
      where: "orders/*.parquet",
    } as const;
    await shop.refused("ordered", missing);
    await mkdir(shop.path("orders"));
    await shop.refused("ordered", missing);
    await rm(shop.path("orders"), { recursive: true });
    await writeFile(shop.path("orders"), "");
    await shop.refused("ordered", missing);
  });

  async function links(count: number): Promise<void> {
    await shop.parquet("one.parquet", `select ${order}, 1::bigint as x`);
    await mkdir(shop.path("orders"));
    const names = Array.from({ length: count }, (_, i) => shop.path(`orders/${String(i)}.parquet`));
    await Promise.all(names.map((name) => link(shop.path("one.parquet"), name)));
  }

  it("is read from ten thousand files", { timeout: 120_000 }, async () => {
    await links(10_000);
    expect(await shop.slots("counted")).toEqual([[10_000]]);
  });

  it("is not read from one more", { timeout: 120_000 }, async () => {
    await links(10_001);
    await shop.refused("counted", {
      code: "LIMIT_EXCEEDED",
      message: /more than 10000 files/,
      where: "orders/*.parquet",
    });
  });
});

describe("what other writers write", () => {
  const moments = [
    "1969-12-31T23:59:59.999999Z",
    "1970-01-01T00:00:00Z",
    "1970-01-01T00:00:00.000001Z",
    "2023-12-31T23:59:59.999999Z",
    "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00.000001Z",
  ];

  it.each([
    ["nanoseconds", [0, 1, 2, 0, 1, 2]],
    ["int96", [0, 1, 2, 0, 1, 2]],
    ["us-local", [0, 1, 2, 0, 1, 2]],
    ["us-zoned", [0, 1, 2, 0, 1, 2]],
    ["ms-local", [1, 1, 2, 1, 1, 2]],
    ["ms-zoned", [1, 1, 2, 1, 1, 2]],
    ["nanoseconds-zoned-late", [0, 0, 0, 0, 1, 2]],
  ])("has its moments to the microsecond: %s", async (name, counts) => {
    await goldenFile(name);
    const rows = moments.map((at) => ({ ...shopRow, at }));
    expect((await shop.slots("counted", { rows })).flat()).toEqual(counts);
    // And so of rows that ask: a window does not see its own moment.
    await shop.parquet(
      "left.parquet",
      `select happened as "at", store, 1.0::double as took, timestamp '2024-01-02' as seen from read_parquet('${shop.path(file)}') where happened is not null`,
    );
    const own = await shop.slots("counted", { rows: "left.parquet" });
    expect(own.flat()).toEqual(name === "nanoseconds-zoned-late" ? [0, 1] : [0, 1, 0, 1]);
  });

  it.each<readonly [string, Refusal]>([
    [
      "nanoseconds-zoned",
      {
        code: "SOURCE_UNREADABLE",
        message: /"happened" has moments before 1970 in nanoseconds with a zone/,
        where: file,
        hint: /microseconds/,
      },
    ],
    ["milliseconds-far", { code: "SOURCE_UNREADABLE", message: /Could not convert Timestamp/ }],
    ["no-columns", { code: "SOURCE_UNREADABLE", where: file }],
  ])("is refused where moments cannot be had, or nothing is there: %s", async (name, refusal) => {
    await goldenFile(name);
    await shop.refused("counted", refusal);
  });

  it.each<readonly [string, Refusal]>([
    ["twice", { code: "SOURCE_CHANGED", message: /more than one column "x"/ }],
    ["twice-by-case", { code: "SOURCE_CHANGED", message: /more than one column "x"/ }],
    ["moment-twice", { code: "SOURCE_CHANGED", message: /more than one column "happened"/ }],
    ["latin-1", { code: "SOURCE_UNREADABLE", message: /UTF8/ }],
    ["bytes", { code: "SOURCE_CHANGED", message: /"store" is of type BLOB, which the language does not have/ }],
    ["unsigned", { code: "SOURCE_CHANGED", message: /"x" is of type UBIGINT, which/ }],
    ["nested", { code: "SOURCE_CHANGED", message: /"x" is of type a nested type, which/ }],
  ])("is refused in the columns that are read: %s", async (name, refusal) => {
    await goldenFile(name);
    await shop.refused("ordered", { ...refusal, where: file });
  });

  it("is read where a column stands twice that nobody reads, has no value, or is a dictionary", async () => {
    await goldenFile("twice-and-numbered");
    expect(await shop.slots("ordered")).toEqual([[1, 4]]);
    await goldenFile("without-values");
    expect(await shop.slots("ordered")).toEqual([[1, null]]);
    await goldenFile("dictionary");
    expect(await shop.slots("ordered")).toEqual([[1, 7]]);
    await shop.parquet("orders/d.parquet", `select ${order}, 5::bigint as x`);
    await goldenFile("without-values");
    expect(await shop.slots("ordered")).toEqual([[2, 5]]);
    await copyFile(join(golden, "without-values.parquet"), shop.path("orders/a.parquet"));
    await rm(shop.path("orders/d.parquet"));
    expect(await shop.slots("ordered")).toEqual([[2, null]]);
  });
});

describe("left rows in Parquet", () => {
  const asks = (at: string, more = ""): string =>
    `select ${at} as "at", 'r' as store, 1.0::double as took, timestamp '2024-06-02' as seen${more}`;
  const early = "timestamp '2024-06-01'";
  beforeEach(five);

  it.each<readonly [string, string, Refusal]>([
    [
      "infinity",
      asks("timestamp 'infinity'"),
      { code: "ROWS_INVALID", message: /^1 of the training rows has no time/ },
    ],
    ["infinity before", asks("timestamptz '-infinity'"), { code: "ROWS_INVALID", message: /no time/ }],
    [
      "the year 9999",
      asks("timestamp '9999-12-31'"),
      { code: "ROWS_INVALID", message: /between the years 1684 and 2255/ },
    ],
    ["the year 1", asks("timestamp '0001-01-01'"), { code: "ROWS_INVALID", message: /no time/ }],
    ["no moment", asks("null::timestamp"), { code: "ROWS_INVALID", message: /no time/ }],
    ["texts for moments", asks("'2024-06-01'"), { code: "ROWS_INVALID", message: /"at" is of type string/ }],
    ["seconds for moments", asks("1717200000"), { code: "ROWS_INVALID", message: /"at" is of type int/ }],
    [
      "another schema",
      "select 1 as one",
      { code: "ROWS_INVALID", message: /no column "at"/, hint: /--at-column|Mend the file/ },
    ],
    ["a key of numbers", asks(early).replace("'r'", "7"), { code: "ROWS_INVALID", message: /"store" is of type int/ }],
  ])("with %s in one file of two are refused", async (_, sql, refusal) => {
    await shop.parquet("left/a.parquet", asks(early));
    await shop.parquet("left/b.parquet", sql);
    await shop.refused("ordered", refusal, { rows: "left/*.parquet" });
  });

  it("cut short, missing, or a folder are refused", async () => {
    await shop.parquet("left/a.parquet", asks(early));
    const bytes = await readFile(shop.path("left/a.parquet"));
    for (const content of [bytes.subarray(0, bytes.length >> 1), bytes.subarray(0, -1), Buffer.alloc(0)]) {
      await writeFile(shop.path("left/b.parquet"), content);
      await shop.refused("ordered", { code: "SOURCE_UNREADABLE", where: "left/b.parquet" }, { rows: "left/*.parquet" });
    }
    await shop.refused(
      "ordered",
      { code: "SOURCE_MISSING", message: /training rows: no file/, hint: /It is a folder/, where: "left" },
      { rows: "left" },
    );
    await shop.refused(
      "ordered",
      { code: "SOURCE_MISSING", message: /no file at "nothing\/\*"/ },
      { rows: "nothing/*" },
    );
    await writeFile(shop.path("left/c.txt"), "at,store\n");
    await shop.refused("ordered", { code: "SOURCE_UNREADABLE", where: "left/c.txt" }, { rows: "left/c.txt" });
  });

  it("are of one moment whatever its type, zone and unit", async () => {
    const types = ["timestamp", "timestamptz", "timestamp_ns", "timestamp_ms", "timestamp_s", "date"];
    for (const [i, type] of types.entries())
      await shop.parquet(`left/${String(i)}.parquet`, asks(`timestamp '2024-06-01 00:00:00'::${type}`));
    expect(await shop.slots("ordered", { rows: "left/*.parquet" })).toEqual(types.map(() => [5, 5]));
  });

  it("see nothing by a key of which any part is missing", async () => {
    const places = [
      ["r", "r", "ulm"],
      ["r", null, "ulm"],
      ["r", "r", null],
      [null, "r", "ulm"],
      ["r", null, null],
      [null, null, null],
      ["r", "r", "bonn"],
    ];
    await shop.parquet(
      "orders/f.parquet",
      `select unnest(['r', null, null]) as store, unnest([null, 'ulm', null]) as town, timestamp '2024-01-01' as happened, 1::bigint as x`,
    );
    const rows = places.map(([store = null, placeStore = null, town = null]) => ({
      ...shopRow,
      store,
      place_store: placeStore,
      place_town: town,
    }));
    expect(await shop.slots("placed", { rows })).toEqual([
      [6, 5],
      [6, null],
      [6, null],
      [null, 5],
      [6, null],
      [null, null],
      [6, 0],
    ]);
  });
});
