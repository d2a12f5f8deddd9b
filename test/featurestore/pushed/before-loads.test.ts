import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatMicros } from "../../../src/core/index.ts";
import { open, type Tondo } from "../../../src/open.ts";

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);
const micros = (date: Date): bigint => BigInt(date.getTime()) * 1000n;

let folder: string;
let tondo: Tondo;
let sets = 0;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-before-"));
  await define("");
  await writeFile(join(folder, "orders.csv"), `shop,ordered,order_id\na,${daysAgo(6).toISOString()},1\n`);
  tondo = await open({ folder });
  await tondo.apply();
  await tondo.materialize();
});
afterEach(async () => {
  await tondo.close();
  await rm(folder, { recursive: true });
});

async function define(more: string): Promise<void> {
  await writeFile(
    join(folder, "shop.tondo"),
    `entity shop (shop: string)
events orders { csv "orders.csv" at ordered id order_id
  columns (shop: string, ordered: timestamp, order_id: string) }
group shop:sales from orders by shop { n_7d = count() over 7d }
${more}`,
  );
}

/** How a training set of some moments differs when it is made again. */
async function madeAgain(feature: string, moments: readonly bigint[]): Promise<readonly string[]> {
  const name = String(sets++);
  const lines = moments.map((at) => `a,${formatMicros(Number(at))}`);
  await writeFile(join(folder, `rows-${name}.csv`), ["shop,at", ...lines, ""].join("\n"));
  const output = join(folder, `set-${name}`);
  await tondo.trainingSet({ features: [feature], rows: `rows-${name}.csv`, output });
  return (await tondo.reproduce({ set: output, output: `${output}-again` })).differences;
}

describe("a training set of moments before the first load", () => {
  it("is the same when it is made again, where rows were pushed since", async () => {
    const reader = await tondo.features();
    await reader.push("orders", [{ shop: "a", ordered: new Date(), order_id: "2" }]);
    expect(await madeAgain("shop:sales:n_7d", [micros(daysAgo(2))])).toEqual([]);
  });

  it("is the same where the first load took in rows that had waited", async () => {
    const reader = await tondo.features();
    const { waiting } = await reader.push("orders", [{ shop: "a", ordered: daysAgo(5), order_id: "2" }]);
    expect(waiting).toBe(1);
    await define("group shop:more from orders by shop { n_8d = count() over 8d }");
    await tondo.apply();
    await tondo.materialize();
    expect(await madeAgain("shop:more:n_8d", [micros(daysAgo(2))])).toEqual([]);
  });
});
