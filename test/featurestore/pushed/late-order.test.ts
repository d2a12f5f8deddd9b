import { expect, it } from "vitest";
import { daysAgo, shopOrders } from "./shop-orders.ts";

it("of rows that waited for one load the one that was pushed last stands, in all groups", async () => {
  await using shop = await shopOrders("sum_7d = sum(price) over 7d");
  const { tondo } = shop;
  const order = { shop: "a", ordered: daysAgo(4), order_id: "1" };
  for (const price of [5, 3]) await (await tondo.features()).push("orders", [{ ...order, price }]);
  await shop.define("group shop:more from orders by shop { sum_7d = sum(price) over 7d }");
  const names = ["shop:more:sum_7d", "shop:sales:sum_7d"];
  const { values } = await (await tondo.features()).get(names, { shop: "a" });
  expect(names.map((name) => values[name]?.value)).toEqual([3, 3]);
}, 60_000);
