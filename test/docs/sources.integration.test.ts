import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { expect, inject, it } from "vitest";
import { freshDatabase } from "../servers/fresh-database.ts";
import { tondoWith } from "../cli/run-tondo.ts";

const page = await readFile(join(import.meta.dirname, "../../docs/sources.md"), "utf8");
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] ?? "";

it("docs/sources.md shows definitions and commands that run", async () => {
  const database = await freshDatabase(inject("postgresUrl"));
  const folder = mkdtempSync(join(tmpdir(), "tondo-docs-"));
  const client = new pg.Client({ connectionString: database.url });
  try {
    await client.connect();
    await client.query(`
      create table orders (order_id bigint, restaurant_id text, ordered_at timestamptz, updated_at timestamptz, status text, price numeric);
      create table restaurants (restaurant_id text, cuisine text);
      insert into orders values (1, 'r1', '2024-03-01T11:00:00Z', '2024-03-01T11:00:00Z', 'paid', 9.5)`);
    const vector = "vector eta {\n  key restaurant\n  n = @restaurant:kitchen:paid_7d\n  label late: bool\n}\n";
    writeFileSync(join(folder, "shop.tondo"), `${block("tondo")}\n${vector}`);
    writeFileSync(join(folder, "rows.csv"), "restaurant,at,late\nr1,2024-03-01T12:00:00Z,true\n");
    const commands = block("sh").trim().split("\n");
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const argv = command
        .replace(/postgres:\/\/\S+/, database.url)
        .replace("rows.parquet", "rows.csv")
        .split(" ")
        .slice(1);
      const { code, err } = await tondoWith({ folder }, ...argv);
      expect(code, err).toBe(0);
    }
    expect(existsSync(join(folder, ".tondo/sources/orders/public.orders/part-000001.parquet"))).toBe(true);
    expect(existsSync(join(folder, ".tondo/sources/restaurants/public.restaurants/extracted.json"))).toBe(true);
    const explained = await tondoWith({ folder }, "explain", "restaurant:kitchen:paid_7d");
    expect(explained.out).toContain('postgres "public.orders" cursor updated_at lookback 10m known updated_at');
    expect(explained.out).toContain("read_parquet('.tondo/sources/orders/public.orders/*.parquet')");
  } finally {
    await client.end();
    await database.drop();
    rmSync(folder, { recursive: true });
  }
});
