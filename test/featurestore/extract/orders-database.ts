import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { Engine } from "../../../src/featurestore/index.ts";
import { open, type OpenOptions, type Tondo } from "../../../src/index.ts";
import { freshDatabase } from "../../servers/fresh-database.ts";

/** A place of orders that is read by when they were written. */
export const byCursor = 'postgres "public.orders" cursor updated_at lookback 10m known updated_at';

function definitions(place: string): string {
  return `
entity shop (shop_id: string)
events orders {
  ${place}
  columns (order_id: int, shop_id: string, ordered_at: timestamp, updated_at: timestamp, price: float?, status: string)
  at ordered_at
  id order_id
}
group shop:sales from orders by shop_id {
  n_1d = count() over 1d where status == "paid"
  sum_1d = sum(price) over 1d
}
vector eta {
  key store: shop
  n = @shop:sales:n_1d[store]
  s = @shop:sales:sum_1d[store] ?? 0
  label late: float
}
`;
}

/** A real database with a table of orders, and a project over it. */
export interface OrdersDatabase extends AsyncDisposable {
  readonly client: pg.Client;
  readonly url: string;
  readonly folder: string;
  /** The project, applied, with orders at that place. */
  open(place?: string, options?: OpenOptions): Promise<Tondo>;
  /** Writes an order of the shop "a". */
  order(id: number, updated: string, price?: number | null, status?: string): Promise<void>;
  /** What is kept of a table, in order: the parts that its record names, as DuckDB alone reads them. */
  kept(columns: string, table?: string): Promise<readonly (readonly unknown[])[]>;
}

export async function ordersDatabase(serverUrl: string): Promise<OrdersDatabase> {
  const database = await freshDatabase(serverUrl);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(`set timezone = 'UTC'; create table orders (order_id bigint primary key, shop_id text, ordered_at timestamptz,
    updated_at timestamptz not null, price numeric, status text, note bytea)`);
  const folder = mkdtempSync(join(tmpdir(), "tondo-extract-"));
  return {
    client,
    url: database.url,
    folder,
    open: async (place = byCursor, options = {}) => {
      writeFileSync(join(folder, "shop.tondo"), definitions(place));
      const tondo = await open({ folder, sources: { postgres: database.url }, ...options });
      await tondo.apply({ replace: true });
      return tondo;
    },
    order: async (id, updated, price = 1, status = "paid") => {
      await client.query("insert into orders values ($1, 'a', $2, $2, $3, $4)", [id, updated, price, status]);
    },
    kept: async (columns, table = "orders/public.orders") => {
      const engine = await Engine.open();
      try {
        const kept = join(folder, ".tondo/sources", table);
        const { parts } = JSON.parse(readFileSync(join(kept, "extracted.json"), "utf8")) as {
          parts: { file: string }[];
        };
        const files = parts.map(({ file }) => `'${join(kept, file)}'`).join(", ");
        const sql = `select ${columns} from read_parquet([${files}], union_by_name = true) order by all`;
        return (await engine.rows(sql, "reading")).map((row) => Object.values(row));
      } finally {
        engine.close();
      }
    },
    [Symbol.asyncDispose]: async () => {
      await client.end();
      await database.drop();
      rmSync(folder, { recursive: true });
    },
  };
}
