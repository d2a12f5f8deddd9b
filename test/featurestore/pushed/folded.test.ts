import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import {
  order,
  sales,
  secondsAgo,
  type StreamedOrders,
  streamedOrders,
  untilPassed,
} from "../stream/streamed-orders.ts";

const hot = { maxDelayMs: 5, flushEvents: 50, maxRowsPerKey: 200, foldRows: 16, foldAfterMs: 20 };

/** Streams many orders of one shop, of 1 each, and some of another. */
async function stream(shop: StreamedOrders, orders: number): Promise<void> {
  await using running = await shop.tondo.stream({ limits: hot });
  for (let n = 0; n < orders; n += 500) {
    const lines = Array.from({ length: 500 }, (_, i) =>
      order(String(n + i), i % 50 === 0 ? "south" : "north", secondsAgo(30), 1),
    );
    await shop.append("one.ndjson", ...lines);
  }
  await untilPassed(running, orders);
}

describe("a key with more events than are kept of one", () => {
  it("is streamed on, loaded and gone back with, and each counts once", async () => {
    await using shop = await streamedOrders({ id: "" });
    await stream(shop, 3000);
    expect(await sales(shop.tondo, "north")).toEqual([2940, 2940]);
    expect(await sales(shop.tondo, "south")).toEqual([60, 60]);
    await using other = await shop.again();
    expect(await sales(other, "north")).toEqual([2940, 2940]);
    await shop.tondo.materialize();
    expect(await sales(shop.tondo, "north")).toEqual([2940, 2940]);
    await stream(shop, 1000);
    expect(await sales(shop.tondo, "north")).toEqual([3920, 3920]);
    await shop.tondo.rollback(["shop:sales"]);
    expect(await sales(shop.tondo, "north")).toEqual([3920, 3920]);
    await shop.tondo.materialize();
    expect(await sales(shop.tondo, "north")).toEqual([3920, 3920]);
  });

  it("answers for no moment before, and nothing is loaded as of one", async () => {
    await using shop = await streamedOrders({ id: "" });
    const before = BigInt(Date.now()) * 1000n;
    await stream(shop, 1000);
    const features = await shop.tondo.features();
    const ask = (key: string) => features.get(["shop:sales:n"], { shop: key }, { at: before });
    await expect(ask("north")).rejects.toMatchObject({ code: "MOMENT_NOT_SERVED" });
    expect((await ask("west")).values["shop:sales:n"].status).toBe("present");
    await expect(shop.tondo.materialize({ asOf: before })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await sales(shop.tondo, "north")).toEqual([980, 980]);
  });

  it("is forgotten whole where it is erased", async () => {
    await using shop = await streamedOrders({ id: "" });
    await stream(shop, 1000);
    const { places } = await shop.tondo.erase("shop", "north", { compact: true });
    expect(places.find(({ place }) => place === "pushed rows")).toMatchObject({ after: 0 });
    expect(await sales(shop.tondo, "north")).toEqual([0, null]);
    expect(await sales(shop.tondo, "south")).toEqual([20, 20]);
    await shop.tondo.close();
    expect((await readFile(join(shop.folder, ".tondo", "online", "data.mdb"))).includes("north")).toBe(false);
  });

  it("keeps its events while definitions are other than those that were loaded, and has them in what is loaded", async () => {
    await using shop = await streamedOrders({ id: "" });
    await stream(shop, 500);
    await shop.redefine("n = count() over 1h  total = sum(price) over 1h  most = max(price) over 1d");
    await shop.tondo.apply();
    {
      await using running = await shop.tondo.stream({ limits: { ...hot, maxRowsPerKey: 10_000 } });
      await shop.append("one.ndjson", ...Array.from({ length: 300 }, () => order("x", "north", secondsAgo(20), 5)));
      const under = shop.tondo.materialize();
      await shop.append("one.ndjson", ...Array.from({ length: 300 }, () => order("y", "north", secondsAgo(20), 7)));
      await untilPassed(running, 600);
      await under;
      await sleep(50);
    }
    expect(await sales(shop.tondo, "north", "n", "total", "most")).toEqual([1090, 490 + 1500 + 2100, 7]);
  });
});
