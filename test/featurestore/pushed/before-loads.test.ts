import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatMicros } from "../../../src/core/index.ts";
import { daysAgo, type ShopOrders, shopOrders } from "./shop-orders.ts";

const micros = (date: Date): bigint => BigInt(date.getTime()) * 1000n;

let shop: ShopOrders;
let sets = 0;
beforeEach(async () => {
  shop = await shopOrders("n_7d = count() over 7d", `a,${daysAgo(6).toISOString()},1,`);
});
afterEach(async () => {
  await shop[Symbol.asyncDispose]();
});

/** How a training set of some moments differs when it is made again. */
async function madeAgain(feature: string, moments: readonly bigint[]): Promise<readonly string[]> {
  const { folder, tondo } = shop;
  const name = String(sets++);
  const lines = moments.map((at) => `a,${formatMicros(Number(at))}`);
  await writeFile(join(folder, `rows-${name}.csv`), ["shop,at", ...lines, ""].join("\n"));
  const output = join(folder, `set-${name}`);
  await tondo.trainingSet({ features: [feature], rows: `rows-${name}.csv`, output });
  return (await tondo.reproduce({ set: output, output: `${output}-again` })).differences;
}

describe("a training set of moments before the first load", () => {
  it("is the same when it is made again, where rows were pushed since", async () => {
    const reader = await shop.tondo.features();
    await reader.push("orders", [{ shop: "a", ordered: new Date(), order_id: "2" }]);
    expect(await madeAgain("shop:sales:n_7d", [micros(daysAgo(2))])).toEqual([]);
  });

  it("is the same where the first load took in rows that had waited", async () => {
    const reader = await shop.tondo.features();
    const { waiting } = await reader.push("orders", [{ shop: "a", ordered: daysAgo(5), order_id: "2" }]);
    expect(waiting).toBe(1);
    await shop.define("group shop:more from orders by shop { n_8d = count() over 8d }");
    expect(await madeAgain("shop:more:n_8d", [micros(daysAgo(2))])).toEqual([]);
  });
});
