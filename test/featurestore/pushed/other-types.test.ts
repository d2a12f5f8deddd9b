import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { formatMicros, type GivenValue } from "../../../src/core/index.ts";
import { Engine } from "../../../src/featurestore/index.ts";
import { pushedRaw } from "../../../src/featurestore/online/pushed-values.ts";
import { open, type Tondo } from "../../../src/open.ts";

const feature = "shop:sales:last_price";
let folder: string;
let tondo: Tondo;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-types-"));
  await writeFile(join(folder, "orders.csv"), "shop,ordered,price\na,2024-01-01T00:00:00Z,\n");
  tondo = await open({ folder });
});
afterEach(async () => {
  await tondo.close();
  await rm(folder, { recursive: true });
});

/** Has the definitions in force say of which type a column is. */
async function define(type: string): Promise<void> {
  await writeFile(
    join(folder, "shop.tondo"),
    `entity shop (shop: string)
events orders { csv "orders.csv" at ordered columns (shop: string, ordered: timestamp, price: ${type}) }
group shop:sales from orders by shop { last_price = last(price) over 7d }
`,
  );
  await tondo.apply({ replace: true });
}

async function served(at: bigint): Promise<unknown> {
  const reader = await tondo.features();
  return (await reader.get([feature], { shop: "a" }, { at })).values[feature].value;
}

async function trained(at: bigint): Promise<unknown> {
  await writeFile(join(folder, "rows.csv"), `shop,at\na,${formatMicros(Number(at))}\n`);
  const output = join(folder, `set-${String(at)}`);
  await tondo.trainingSet({ features: [feature], rows: "rows.csv", output });
  const engine = await Engine.open({ threads: 1 });
  const [row] = await engine.rows(`select shop__shop__sales__last_price as v from '${output}/*.parquet'`, "reading");
  engine.close();
  return typeof row?.["v"] === "bigint" ? Number(row["v"]) : row?.["v"];
}

const order = (price: GivenValue): Record<string, GivenValue> => ({
  ...{ shop: "a", ordered: new Date(Date.now() - 1000), price },
});

describe("a row of a program that knows another type of a column", () => {
  it.each([
    ["float", "int", 5.5, null],
    ["float", "int", 5, 5],
    ["int", "float", 2n ** 60n, 2 ** 60],
    ["int", "string", 7, null],
    ["string", "int", "abc", null],
    ["string", "bool", "abc", null],
    ["int", "bool", 7, null],
    ["int", "bool", 1, true],
  ] as const)(
    "has nothing in it that is not of the one in force (%s, now %s: %s)",
    async (from, to, price, expected) => {
      await define(from);
      await tondo.materialize();
      const old = await tondo.features();
      await old.push("orders", [order(price)]);
      await define(to);
      await tondo.materialize();
      expect(await served(BigInt(Date.now()) * 1000n)).toBe(expected);
      const { appliedAt } = await old.push("orders", [order(price)]);
      expect(await served(BigInt(appliedAt))).toBe(expected);
      expect(await trained(BigInt(appliedAt))).toBe(expected);
    },
    60_000,
  );

  it.each([
    ["list<int>", [1, 2n ** 60n], [1, 2n ** 60n]],
    ["list<float>", [1, 2n ** 60n], [1, 2 ** 60]],
    ["list<int>", [1, 1.5], null],
    ["list<bool>", [0, 1], [0, 1]],
    ["list<bool>", [0, 2], null],
    ["list<string>", "abc", null],
    ["embedding(2)", [1, 2], Float64Array.of(1, 2)],
    ["embedding(2)", [1], null],
    ["string", null, null],
    ["float", null, NaN],
  ] as const)("has lists of that type alone (%s: %s)", (kind, value, expected) => {
    expect(pushedRaw(value, kind)).toEqual(expected);
  });
});
