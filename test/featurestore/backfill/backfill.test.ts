import { describe, expect, it } from "vitest";
import { order, sales, secondsAgo, streamedOrders, untilPassed } from "../stream/streamed-orders.ts";

const limits = { maxDelayMs: 10, flushEvents: 20 };
const before = "n = count() over 1h  total = sum(price) over 1h";

describe("a backfill", () => {
  it("has a new window reach back over all that was streamed, while more is, and each event counts once", async () => {
    await using shop = await streamedOrders({ id: "", group: before });
    await using running = await shop.tondo.stream({ limits });
    const stream = (orders: number): Promise<void> =>
      shop.append(
        "one.ndjson",
        ...Array.from({ length: orders }, (_, i) => order(String(i), "north", secondsAgo(60), i % 7)),
      );
    await stream(200);
    await untilPassed(running, 200);
    await shop.redefine(`${before}  most = max(price) over 7d  n_7d = count() over 7d`);
    await shop.tondo.apply();
    const reader = await shop.tondo.features();
    await expect(reader.get(["shop:sales:n_7d"], { shop: "north" })).rejects.toMatchObject({
      code: "GROUP_NOT_MATERIALIZED",
    });
    const under = shop.tondo.backfill(["shop:sales:n_7d", "shop:sales:most"]);
    await stream(100);
    expect(await sales(shop.tondo, "north", "n")).not.toEqual([null]);
    const done = await under;
    expect(done.features).toEqual([
      { feature: "shop:sales:n_7d", group: "shop:sales", status: "loaded" },
      { feature: "shop:sales:most", group: "shop:sales", status: "loaded" },
    ]);
    expect(done.groups).toHaveLength(1);
    await untilPassed(running, 300);
    expect(await sales(shop.tondo, "north", "n", "n_7d", "most")).toEqual([300, 300, 6]);
    const again = await shop.tondo.backfill(["shop:sales:n_7d"]);
    expect(again).toMatchObject({ asOf: null, appliedAt: null, groups: [], features: [{ status: "there" }] });
  });

  it("is refused of what is no feature", async () => {
    await using shop = await streamedOrders();
    await expect(shop.tondo.backfill(["shop:sales:nn"])).rejects.toMatchObject({ code: "UNKNOWN_FEATURE" });
  });
});
