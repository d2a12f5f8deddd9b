import { describe, expect, inject, it } from "vitest";
import { byCursor, ordersDatabase } from "../featurestore/extract/orders-database.ts";
import { tondo, tondoWith } from "./run-tondo.ts";

describe("tondo extract", () => {
  it("says what was read of each table, and what was not", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await (await orders.open()).close();
    await orders.order(1, "2024-03-01T10:00:00Z");
    await orders.client.query(
      "alter table orders alter updated_at drop not null; insert into orders (order_id) values (2)",
    );
    const given = ["extract", "--source-database", orders.url];
    const { code, out, err } = await tondo(orders.folder, ...given);
    expect(code, err).toBe(0);
    const [heading, line, , ...notes] = out.trimEnd().split("\n");
    expect(heading).toMatch(/^SOURCE +TABLE +STATUS +NEW +KEPT +BYTES +UP TO +TIME$/);
    expect(line).toMatch(/^orders +public\.orders +extracted +1 +1 +[\d,]+ +2024-03-01T10:00:00.000Z +\S/);
    expect(notes).toEqual([
      "orders: 1 row of public.orders not read: their cursor is missing, or no moment between 1685 and 2255",
      "orders: columns of public.orders left out, for the language has no such type: note (bytea)",
    ]);
    const again = await tondo(orders.folder, ...given, "orders", "--json");
    expect(JSON.parse(again.out)).toMatchObject({
      tables: [{ source: "orders", status: "unchanged", rows: 0, repeats: 1, withoutCursor: 1, kept: { rows: 1 } }],
    });
    const refreshed = await tondo(orders.folder, ...given, "--full-refresh", "--json");
    expect(JSON.parse(refreshed.out)).toMatchObject({ tables: [{ status: "unchanged", kept: { rows: 1 } }] });
  });

  it("takes addresses from the environment, by name too", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    const named = byCursor.replace("public", "shop.public");
    await (await orders.open(named)).close();
    const { folder } = orders;
    const PATH = process.env["PATH"] ?? "";
    const environment = {
      PATH,
      TONDO_SOURCE_DATABASE: "postgres://nobody@127.0.0.1:1/x",
      TONDO_SOURCE_DATABASE_SHOP: orders.url,
    };
    const { code, err } = await tondoWith({ folder, environment }, "extract");
    expect(code, err).toBe(0);
    // What is given counts instead of what the environment says.
    const other = await tondoWith(
      { folder, environment },
      "extract",
      "--source-database",
      "shop=postgres://nobody@127.0.0.1:1/y",
    );
    expect(other).toMatchObject({ code: 1, err: expect.stringContaining("127.0.0.1:1/y") as string });
    expect(other.err).toContain("DATABASE_UNAVAILABLE");
    const none = await tondo(folder, "extract");
    expect(none.err).toContain("--source-database shop=postgres://USER:PASSWORD@HOST/NAME");
  });

  it("has nothing to do where no source stands in a table", async () => {
    await using orders = await ordersDatabase(inject("postgresUrl"));
    await (await orders.open('parquet "orders.parquet"')).close();
    const { code, out } = await tondo(orders.folder, "extract");
    expect({ code, out }).toEqual({
      code: 0,
      out: "no applied source stands in a table: there is nothing to extract\n",
    });
    const wrong = await tondo(orders.folder, "extract", "orders");
    expect(wrong.err).toContain('source "orders" stands in no table');
  });
});
