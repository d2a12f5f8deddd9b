import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { formatMicros } from "../../../src/core/index.ts";
import { Engine } from "../../../src/featurestore/index.ts";
import { daysAgo, shopOrders } from "./shop-orders.ts";

const feature = "shop:sales:n_7d";

it("training sets know of rows that waited for a load from that load's moment on, as requests do", async () => {
  await using shop = await shopOrders("n_7d = count() over 7d", `a,${daysAgo(6).toISOString()},1,`);
  const { folder, tondo } = shop;
  const reader = await tondo.features();
  const served = async (at: bigint): Promise<unknown> =>
    (await reader.get([feature], { shop: "a" }, { at })).values[feature].value;
  const done = await reader.push("orders", [
    { shop: "a", ordered: daysAgo(3), order_id: "2" },
    { shop: "a", ordered: daysAgo(6), order_id: null },
  ]);
  expect(done).toMatchObject({ rows: 0, waiting: 2, erased: 0 });
  const before = BigInt(done.appliedAt) + 1n;
  expect(await served(before)).toBe(1);
  const asked = async (knowledge: "applied" | "declared", ...moments: readonly bigint[]): Promise<unknown> => {
    const rows = join(folder, "rows.csv");
    await writeFile(rows, ["shop,at", ...moments.map((at) => `a,${formatMicros(Number(at))}`), ""].join("\n"));
    const output = join(folder, `set-${knowledge}-${String(moments.length)}`);
    await tondo.trainingSet({ features: [feature], rows: "rows.csv", output, knowledge });
    const engine = await Engine.open({ threads: 1 });
    const found = await engine.rows(`select shop__shop__sales__n_7d::int as n from '${output}/*.parquet'`, "reading");
    engine.close();
    return found.map(({ n }) => n);
  };
  // They lie in files by now, which no load has read.
  expect(await asked("applied", before)).toEqual([1]);
  const { appliedAt } = await tondo.materialize();
  const after = BigInt(appliedAt) + 1n;
  expect(await served(after)).toBe(3);
  expect(await asked("applied", before, after)).toEqual([1, 3]);
  expect(await asked("declared", before, after)).toEqual([3, 3]);
}, 60_000);
