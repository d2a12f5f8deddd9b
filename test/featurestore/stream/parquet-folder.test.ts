import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Engine, sqlText } from "../../../src/featurestore/duckdb/index.ts";
import type { OpenOptions } from "../../../src/open-options.ts";
import { sales, type StreamedOrders, streamedOrders, untilPassed } from "./streamed-orders.ts";

const limits = { maxDelayMs: 20 };

/** Orders in a file of Parquet, which appears whole: as many as `rows` says, each of 1, or as SQL gives them. */
async function write(shop: StreamedOrders, file: string, rows: number | string, rowGroup = 2048): Promise<void> {
  const at = `to_timestamp(${String(Date.now() / 1000 - 60)})`;
  const sql =
    typeof rows === "string"
      ? rows
      : `select 'north' as shop, ${at} as ordered, i::varchar as order_id, 1.0::double as price from range(${String(rows)}) t(i)`;
  const engine = await Engine.open({ threads: 1 });
  const hidden = join(shop.events, "orders", `.${file}`);
  try {
    const where = sqlText(hidden);
    await engine.run(
      `copy (${sql.replaceAll("NOW", at)}) to ${where} (format parquet, row_group_size ${String(rowGroup)})`,
      "writing",
    );
  } finally {
    engine.close();
  }
  await rename(hidden, join(shop.events, "orders", file));
}

/** An order as a row. */
const order = (id: string, price: string, ordered = "NOW"): string =>
  `select 'north' as shop, ${ordered} as ordered, '${id}' as order_id, ${price} as price`;

function shopOf(own: Omit<OpenOptions, "folder" | "events"> = {}): Promise<StreamedOrders> {
  return streamedOrders({ id: "", ...own });
}

describe("rows of Parquet in a folder", () => {
  it("are applied beside lines of others, each once, also by who goes on, and said by their numbers", async () => {
    await using shop = await shopOf();
    await write(shop, "a.parquet", 5);
    await shop.append("b.ndjson", JSON.stringify({ shop: "north", ordered: new Date(), order_id: "x", price: 100 }));
    {
      await using stream = await shop.tondo.stream({ limits });
      await untilPassed(stream, 6);
      expect(await sales(shop.tondo, "north")).toEqual([6, 105]);
      await write(shop, "c.parquet", 3);
      await untilPassed(stream, 9);
      expect(stream.metrics.partitions).toMatchObject([{ partition: "a.parquet", applied: 5, lag: 0 }, {}, {}]);
    }
    const { partitions } = await shop.tondo.streamStatus();
    expect(partitions).toMatchObject([
      { partition: "a.parquet", first: 0, next: 5, end: 5, lag: 0 },
      { partition: "b.ndjson", lag: 0 },
      { partition: "c.parquet", first: 0, next: 3, end: 3, lag: 0 },
    ]);
    await write(shop, "d.parquet", 2);
    await using again = await shop.tondo.stream({ limits });
    await untilPassed(again, 2);
    expect(await sales(shop.tondo, "north")).toEqual([11, 110]);
    await shop.tondo.materialize();
    expect(await sales(shop.tondo, "north")).toEqual([11, 110]);
  });

  it("are read some at once, whatever groups of rows they lie in, and by who takes over in between", async () => {
    await using shop = await shopOf();
    await write(shop, "a.parquet", 30_000);
    const small = { folder: shop.events, limits: { bytesAtOnce: 10_000 } };
    await using other = await shop.again(small);
    const stream = await other.stream({
      limits: { ...limits, maxRowsPerKey: 100_000, flushEvents: 700, bufferBytes: 20_000 },
    });
    await untilPassed(stream, 3000);
    await stream.stop();
    const [left] = (await shop.tondo.streamStatus()).partitions;
    expect(left?.next).toBeLessThan(30_000);
    await using rest = await other.stream({ limits: { ...limits, maxRowsPerKey: 100_000 } });
    await untilPassed(rest, 30_000 - (left?.next ?? 0));
    expect(await sales(shop.tondo, "north")).toEqual([30_000, 30_000]);
  });

  it("are no rows until their file has its name", async () => {
    await using shop = await shopOf();
    await write(shop, "a.parquet.tmp", 5);
    await using stream = await shop.tondo.stream({ limits });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(stream.metrics.partitions).toEqual([]);
    const folder = join(shop.events, "orders");
    await rename(join(folder, "a.parquet.tmp"), join(folder, ".a.parquet"));
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect((await shop.tondo.streamStatus()).partitions).toEqual([]);
    await rename(join(folder, ".a.parquet"), join(folder, "a.parquet"));
    await untilPassed(stream, 5);
    expect(await sales(shop.tondo, "north")).toEqual([5, 5]);
  });

  it("are waited for where a file is no Parquet so far, and the stream says so", async () => {
    await using shop = await shopOf();
    await shop.append("a.parquet", "PAR1, and no more");
    await using stream = await shop.tondo.stream({ limits: { ...limits, retryMs: 100 } });
    for (let left = 200; stream.metrics.sources[0]?.failing === undefined; left--) {
      if (left === 0) throw new Error("it does not fail");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(stream.metrics.sources[0].failing.code).toBe("SOURCE_UNREADABLE");
    await write(shop, "a.parquet", 5);
    await untilPassed(stream, 5);
    expect(stream.metrics.sources[0].failing).toBeUndefined();
  });

  it("are read from elsewhere: from a row, the end, the start, or where they came by", async () => {
    await using shop = await shopOf();
    await write(shop, "a.parquet", 10);
    const reset = { source: "orders", partition: "a.parquet" };
    expect(await shop.tondo.resetStream({ ...reset, to: { offset: 7 } })).toMatchObject([{ from: null, to: 7 }]);
    await expect(shop.tondo.resetStream({ ...reset, to: { offset: 11 } })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    await using stream = await shop.tondo.stream({ limits });
    await untilPassed(stream, 3);
    expect(await sales(shop.tondo, "north")).toEqual([3, 3]);
    expect((await shop.tondo.streamStatus()).partitions).toMatchObject([{ notApplied: 7 }]);
    await shop.tondo.resetStream({ ...reset, to: "earliest" });
    await untilPassed(stream, 13);
    expect(await sales(shop.tondo, "north")).toEqual([10, 10]);
    const moment = (at: number): { readonly moment: Date } => ({ moment: new Date(at) });
    expect(await shop.tondo.resetStream({ ...reset, to: moment(Date.now() - 60_000) })).toMatchObject([{ to: 0 }]);
    expect(await shop.tondo.resetStream({ ...reset, to: moment(Date.now() + 60_000) })).toMatchObject([{ to: 10 }]);
  });

  it("that are no events are dead letters with the row as JSON, and are applied once they can be", async () => {
    await using shop = await shopOf();
    const ahead = "to_timestamp(epoch(NOW) + 2 * 86400)";
    await write(
      shop,
      "a.parquet",
      [order("a", "1.5"), order("b", "2.5", "null::timestamptz"), order("c", "4.5", ahead)].join(" union all "),
    );
    await write(shop, "b.parquet", order("d", "'secret'"));
    await write(shop, "c.parquet", order("e", "5::ubigint"));
    await using stream = await shop.tondo.stream({ limits });
    await untilPassed(stream, 5);
    expect(await sales(shop.tondo, "north")).toEqual([1, 1.5]);
    const kept = join(shop.events, "orders.dead-letters");
    const [name = ""] = await readdir(kept);
    const letters = (await readFile(join(kept, name), "utf8"))
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Readonly<Record<string, string>>);
    expect(letters.map(({ partition, offset }) => [partition, offset]).sort()).toEqual([
      ["a.parquet", 1],
      ["a.parquet", 2],
      ["b.parquet", 0],
      ["c.parquet", 0],
    ]);
    expect(letters.map(({ reason }) => reason).join()).not.toContain("secret");
    expect(letters.filter(({ reason }) => reason === 'column "price" is no float')).toHaveLength(2);
    const dated = letters.find(({ offset, partition }) => Number(offset) === 2 && partition === "a.parquet");
    expect(JSON.parse(Buffer.from(dated?.["value"] ?? "", "base64").toString())).toEqual({
      ...{ shop: "north", order_id: "c", price: 4.5 },
      ordered: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/) as string,
    });
    const lenient = { limits: { maxFuture: 10 * 86_400_000_000 } };
    expect(await shop.tondo.replayDeadLetters(lenient)).toMatchObject([{ letters: 4, applied: 1 }]);
  });

  it("are gone where their file is another one by now, or was made shorter before it was read on", async () => {
    await using shop = await shopOf();
    await write(shop, "a.parquet", 5);
    const gone = { code: "EVENTS_GONE", details: { partition: "a.parquet", next: 5 } };
    {
      await using stream = await shop.tondo.stream({ limits });
      await untilPassed(stream, 5);
      await write(shop, "a.parquet", 8);
      await expect(stream.failed).rejects.toMatchObject(gone);
    }
    await write(shop, "a.parquet", 2);
    await using again = await shop.tondo.stream({ limits });
    await expect(again.failed).rejects.toMatchObject(gone);
    const reset = { source: "orders", to: "earliest" } as const;
    await expect(shop.tondo.resetStream(reset)).rejects.toMatchObject({
      hint: expect.stringContaining("--new-topic") as string,
    });
    await shop.tondo.resetStream({ ...reset, isNewTopic: true });
    await using anew = await shop.tondo.stream({ limits });
    await untilPassed(anew, 2);
    expect(await sales(shop.tondo, "north")).toEqual([7, 7]);
    // What was applied may go.
    await rm(join(shop.events, "orders", "a.parquet"));
    await write(shop, "b.parquet", 1);
    await untilPassed(anew, 3);
  });
});
