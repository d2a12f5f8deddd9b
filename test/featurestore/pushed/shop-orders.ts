import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { open, type Tondo } from "../../../src/open.ts";

/** An opened project of a shop's orders, which have an `id`, loaded once. */
export interface ShopOrders extends AsyncDisposable {
  readonly folder: string;
  readonly tondo: Tondo;
  /** Has the definitions say more, and applies and loads them. */
  define(more: string): Promise<void>;
}

export const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

/**
 * @param group the features of `shop:sales`
 * @param orders the lines of the file, after its header `shop,ordered,order_id,price`
 */
export async function shopOrders(group: string, ...orders: readonly string[]): Promise<ShopOrders> {
  const folder = await mkdtemp(join(tmpdir(), "tondo-shop-"));
  await writeFile(join(folder, "orders.csv"), ["shop,ordered,order_id,price", ...orders, ""].join("\n"));
  const write = (more: string): Promise<void> =>
    writeFile(
      join(folder, "shop.tondo"),
      `entity shop (shop: string)
events orders { csv "orders.csv" at ordered id order_id
  columns (shop: string, ordered: timestamp, order_id: string, price: float) }
group shop:sales from orders by shop { ${group} }
${more}
`,
    );
  await write("");
  const tondo = await open({ folder });
  const load = async (): Promise<void> => {
    await tondo.apply();
    await tondo.materialize();
  };
  await load();
  return {
    folder,
    tondo,
    define: async (more) => {
      await write(more);
      await load();
    },
    [Symbol.asyncDispose]: async () => {
      await tondo.close();
      await rm(folder, { recursive: true });
    },
  };
}
