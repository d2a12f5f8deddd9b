import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { formatMicros } from "../../../src/core/index.ts";
import { Engine } from "../../../src/featurestore/index.ts";
import { open, type Tondo } from "../../../src/open.ts";

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
const feature = "shop:sales:n_7d";

let folder: string;
let tondo: Tondo;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-late-"));
  await writeFile(
    join(folder, "shop.tondo"),
    `entity shop (shop: string)
events orders { csv "orders.csv" at ordered id order_id
  columns (shop: string, ordered: timestamp, order_id: string) }
group shop:sales from orders by shop { n_7d = count() over 7d }
`,
  );
  await writeFile(join(folder, "orders.csv"), `shop,ordered,order_id\na,${daysAgo(6).toISOString()},1\n`);
  tondo = await open({ folder });
  await tondo.apply();
  await tondo.materialize();
});
afterAll(async () => {
  await tondo.close();
  await rm(folder, { recursive: true });
});

it("training sets know of rows that waited for a load from that load's moment on, as requests do", async () => {
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
