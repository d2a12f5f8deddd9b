import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { open } from "../../../src/open.ts";

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
const definitions = `entity shop (shop: string)
events orders { csv "orders.csv" at ordered id order_id
  columns (shop: string, ordered: timestamp, order_id: string, price: float) }
group shop:sales from orders by shop { sum_7d = sum(price) over 7d }
`;

it("of rows that waited for one load the one that was pushed last stands, in all groups", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tondo-late-order-"));
  await writeFile(join(folder, "orders.csv"), "shop,ordered,order_id,price\n");
  await writeFile(join(folder, "shop.tondo"), definitions);
  const tondo = await open({ folder });
  try {
    await tondo.apply();
    await tondo.materialize();
    const order = { shop: "a", ordered: daysAgo(4), order_id: "1" };
    for (const price of [5, 3]) await (await tondo.features()).push("orders", [{ ...order, price }]);
    const more = "group shop:more from orders by shop { sum_7d = sum(price) over 7d }";
    await writeFile(join(folder, "shop.tondo"), `${definitions}${more}\n`);
    await tondo.apply();
    await tondo.materialize();
    const names = ["shop:more:sum_7d", "shop:sales:sum_7d"];
    const { values } = await (await tondo.features()).get(names, { shop: "a" });
    expect(names.map((name) => values[name]?.value)).toEqual([3, 3]);
  } finally {
    await tondo.close();
    await rm(folder, { recursive: true });
  }
}, 60_000);
