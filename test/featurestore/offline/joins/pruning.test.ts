import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VectorPlan } from "../../../../src/dsl/index.ts";
import { type Cell, Engine, sqlText } from "../../../../src/featurestore/duckdb/index.ts";
import type { JoinPlan } from "../../../../src/featurestore/offline/joins/join-plan.ts";
import { joinReads } from "../../../../src/featurestore/offline/joins/join.ts";
import type { JoinReport } from "../../../../src/featurestore/offline/joins/join-report.ts";
import { compileText } from "../../../dsl/check-one.ts";

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-pruning-"));
  engine = await Engine.open({ threads: 2 });
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

function vectorOf(text: string): VectorPlan {
  const { plan, diagnostics } = compileText(text);
  const vector = plan?.vectors[0];
  if (vector === undefined) throw new Error(diagnostics[0]?.message);
  return vector;
}

async function joined(
  vector: VectorPlan,
  plan?: JoinPlan,
): Promise<{ readonly rows: readonly Record<string, Cell>[]; readonly reports: readonly JoinReport[] }> {
  const { tables, columnOf, reports } = await joinReads({ engine, vector, left: "l", places: { folder }, plan });
  const columns = vector.reads.map(({ id, stored }) => `${columnOf.get(id) ?? ""}::double as ${stored}`);
  const from = tables.map((table) => `join ${table} using (row)`).join(" ");
  return { rows: await engine.rows(`select ${columns.join(", ")} from l ${from} order by row`, "reading"), reports };
}

const write = (file: string, sql: string): Promise<void> =>
  engine.run(`copy (${sql}) to ${sqlText(join(folder, file))} (format parquet)`, "writing");

describe("what left rows cannot see is not read", () => {
  it("of other keys, where most rows are of them; the values are those of all rows", async () => {
    const vector = vectorOf(`
entity shop (shop: string, floor: int)
snapshot shops {
  parquet "shops.parquet"
  columns (shop: string, floor: int, at: timestamp, size: int)
  at at
}
events sales {
  parquet "shops.parquet"
  columns (shop: string, floor: int, at: timestamp, size: int)
  at at
}
group shop:state from shops by shop, floor { size }
group shop:sales from sales by shop, floor { n_1d = count() over 1d }
vector v {
  key shop
  size = @shop:state:size
  n = @shop:sales:n_1d
}`);
    await write(
      "shops.parquet",
      `select 's' || (i % 1000)::varchar as shop, (i // 1000 % 2)::int as floor, make_timestamp(i * 1000000) as "at", i::int as size
       from range(1100000) r(i)`,
    );
    await engine.run(
      `create or replace temp table l as select i as row, (1000000 + i * 100) * 1000000 as q, 's' || (i % 3)::varchar as shop_shop, 1 as shop_floor from range(30) r(i)`,
      "making rows",
    );
    const free = await joined(vector);
    expect(free.reports.map(({ join: by, reason }) => [by, reason.includes("other keys are left out")])).toEqual([
      ["sweep", true],
      ["asof", true],
    ]);
    const naive = await engine.rows(
      `select (select max(size) from read_parquet(${sqlText(join(folder, "shops.parquet"))}) e
                where e.shop = l.shop_shop and e.floor = l.shop_floor and epoch_us(e."at") <= q)::double as size,
              (select count(*) from read_parquet(${sqlText(join(folder, "shops.parquet"))}) e
                where e.shop = l.shop_shop and e.floor = l.shop_floor and epoch_us(e."at") < q
                  and epoch_us(e."at") >= (q - 86400000000) // 3600000000 * 3600000000)::double as n_1d
       from l order by row`,
      "reading naively",
    );
    expect(free.rows).toEqual(naive);
    for (const plan of [{ states: "range", parts: 4 }, { windows: "range" }] as const)
      expect((await joined(vector, plan)).rows).toEqual(naive);
  });

  it("of other times, however the files hold them", async () => {
    const vector = vectorOf(`
entity shop (shop: string)
snapshot shops {
  parquet "states.parquet"
  columns (shop: string, at: timestamp, size: int)
  at at
}
group shop:state from shops by shop {
  ttl 2d
  size
}
vector v {
  key shop
  size = @shop:state:size
}`);
    await engine.run(
      `create or replace temp table l as select i as row, i * 86400000000 - 1 as q, 'a' as shop from range(-3, 8) r(i)`,
      "making rows",
    );
    const rows = `(values ('a', '1969-12-29', 1), ('a', '1970-01-01', 2), ('a', '1970-01-02', 3), ('a', '2100-01-01', 4)) v (shop, day, size)`;
    const expected = [null, 1, 1, null, 2, 3, 3, null, null, null, null].map((size) => ({ size }));
    for (const type of ["date", "timestamp", "timestamptz", "timestamp_ms", "timestamp_ns"]) {
      await write("states.parquet", `select shop, day::${type} as "at", size::int as size from ${rows}`);
      for (const plan of [{ states: "range" }, { states: "asof" }, { states: "asof", parts: 2 }] as const)
        expect((await joined(vector, plan)).rows, type).toEqual(expected);
    }
  });
});
