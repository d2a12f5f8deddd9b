import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Engine, sqlText } from "../../../../src/featurestore/duckdb/index.ts";
import { type JoinUnit, joinUnits } from "../../../../src/featurestore/offline/joins/join-unit.ts";
import { keysSql, tablesOf } from "../../../../src/featurestore/offline/joins/join-steps.ts";
import { openSource } from "../../../../src/featurestore/offline/sources/open-source.ts";
import { SparkScratch } from "../../../../src/featurestore/offline/spark/spark-scratch.ts";
import { type SparkUnit, sparkUnit } from "../../../../src/featurestore/offline/spark/spark-unit.ts";
import { compileText } from "../../../dsl/check-one.ts";

let folder: string;
let engine: Engine;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-spark-unit-"));
  await mkdir(join(folder, "rows", "unit0"), { recursive: true });
  engine = await Engine.open({ threads: 1 });
});
afterEach(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

function unitOf(source: string, features: string): JoinUnit {
  const { plan, diagnostics } = compileText(`
entity shop (shop: string)
${source}
group shop:g from s by shop { ${features} }
vector v {
  key shop
  a = @shop:g:a | fill(0)
}`);
  const vector = plan?.vectors[0];
  const [unit] = vector === undefined ? [] : joinUnits(vector);
  if (unit === undefined) throw new Error(diagnostics[0]?.message);
  return unit;
}

/** Compiles the join of three rows, of which one has no key. */
async function compiled(unit: JoinUnit): Promise<SparkUnit> {
  const { keyed, keys } = tablesOf(unit);
  await engine.run(
    `create or replace temp table ${keyed} as from (values (0::bigint, 100::bigint, 'a'), (1, 200, 'b'), (2, 300, null)) e (row, q, key0)`,
    "making rows",
  );
  await engine.run(`create or replace temp table ${keys} as ${keysSql(unit, keyed)}`, "making keys");
  const { whole: relation } = await openSource(engine, unit.group, unit.source, { folder });
  return sparkUnit({
    ...{ engine, unit, relation, places: { folder }, scratch: new SparkScratch(join(folder, "rows")) },
    asked: { keys: 2, rows: 2, times: { from: 0n, to: 300n } },
    shards: () => Promise.resolve(3),
  });
}

async function write(select: string, ...path: readonly string[]): Promise<void> {
  await engine.run(`copy (${select}) to ${sqlText(join(folder, ...path))} (format parquet)`, "writing");
}

const events = `events s {
  parquet "s.parquet"
  columns (shop: string, at: timestamp, x: float)
  at at
}`;

describe("a join for Spark", () => {
  const shops = "'a' as shop, make_timestamp(10) as at";

  it.each([
    ["double", "1.5::double", "s.parquet", true],
    ["integer", "7::int", "s.parquet", true],
    ["float", "1.5::float", "s.parquet", true],
    ["decimal", "1.5::decimal(18, 3)", "s.parquet", false],
    ["hidden file", "1.5::double", "_s.parquet", false],
    ["file with a sign", "1.5::double", "s;t.parquet", false],
  ])("has Spark read a column of %s itself, or what DuckDB has read", async (_, x, file, direct) => {
    await write(`select ${shops}, ${x} as x`, file);
    const { statements } = await compiled(unitOf(events.replace("s.parquet", file), "a = sum(x) over 1h"));
    const all = statements.join("\n");
    expect(all.includes(join(folder, file))).toBe(direct);
    expect(all.includes("unit0/place0.parquet")).toBe(!direct);
  });

  it("has DuckDB read files whose types differ, moments in nanoseconds, and what is not of the exact subset", async () => {
    const passes = async (at: string, features = "a = sum(x) over 1h"): Promise<boolean> => {
      await write(`select 'a' as shop, ${at} as at, 1::double as x`, "s.parquet");
      const { statements } = await compiled(unitOf(events, features));
      return statements.join("\n").includes("unit0/place0.parquet");
    };
    expect(await passes("make_timestamp(10)")).toBe(false);
    expect(await passes("make_timestamp(10)::timestamptz")).toBe(false);
    expect(await passes("make_timestamp_ns(10000)")).toBe(true);
    expect(await passes("make_timestamp(10)", 'a = sum(x) over 1h where lower(shop) == "a"')).toBe(true);
    await write(`select 'b' as shop, make_timestamp(10) as at, 1::int as x`, "s2.parquet");
    const two = unitOf(events.replace("s.parquet", "s*.parquet"), "a = sum(x) over 1h");
    expect((await compiled(two)).statements.join("\n")).toContain("unit0/place0.parquet");
  });

  it("makes statements of one line's worth of quotes, and no semicolon", async () => {
    await write(`select ${shops}, 1::double as x`, "s.parquet");
    const { statements } = await compiled(unitOf(events, 'a = count() over 1h where shop == "it\'s; -- ${x}"'));
    for (const statement of statements) expect(statement).not.toMatch(/;|--|\$\{/);
    expect(statements.at(-1)).toMatch(/^insert overwrite directory '.*\/rows\/unit0\/result' using parquet select /);
  });

  const passage = (rows: string): string =>
    `select * replace (i0::double as i0) from (values ${rows}) e (number, moment, asks, stamp, until, i0)`;

  it("sweeps the parts that Spark wrote; a row without a key has nothing", async () => {
    await write(`select ${shops}, 1::double as x`, "s.parquet");
    const unit = unitOf(events, "a = sum(x) over 1h");
    const { take } = await compiled(unit);
    await mkdir(join(folder, "rows", "unit0", "result"));
    await write(
      passage("(1, 11, 0, 10, null, 1.5), (1, 100, 1, 0, null, null)"),
      "rows",
      "unit0",
      "result",
      "part-0.parquet",
    );
    await write(
      passage("(2, 50, 0, 49, null, 2.0), (2, 60, 0, 59, null, 3.0), (2, 200, 1, 1, null, null)"),
      "rows",
      "unit0",
      "result",
      "part-1.parquet",
    );
    await take();
    expect(await engine.rows("select row::int as row, s0 as a from unit0 order by row", "reading")).toEqual([
      { row: 0, a: 1.5 },
      { row: 1, a: 5 },
      { row: 2, a: null },
    ]);
  });

  it.each([
    [
      "a part is not seen here",
      "(1, 11, 0, 10, null, 1.5), (1, 100, 1, 0, null, null)",
      "of the 2 answers that Spark wrote 1",
    ],
    ["nothing is", "", "Spark has written nothing"],
    [
      "a key's rows come twice",
      "(2, 200, 1, 1, null, null), (1, 11, 0, 10, null, 1.5), (1, 100, 1, 0, null, null)",
      "in another order",
    ],
    [
      "an event comes after the row that sees it",
      "(1, 100, 1, 0, null, null), (1, 11, 0, 10, null, 1.5), (2, 200, 1, 1, null, null)",
      "in another order",
    ],
    [
      "one of the same moment does",
      "(1, 100, 1, 0, null, null), (1, 100, 0, 99, null, 1.5), (2, 200, 1, 1, null, null)",
      "in another order",
    ],
  ])("refuses answers where %s", async (_, rows, message) => {
    await write(`select ${shops}, 1::double as x`, "s.parquet");
    const { take } = await compiled(unitOf(events, "a = sum(x) over 1h"));
    await mkdir(join(folder, "rows", "unit0", "result"));
    if (rows !== "") await write(passage(rows), "rows", "unit0", "result", "part-0.parquet");
    await expect(take()).rejects.toMatchObject({
      code: "SPARK_FAILED",
      message: expect.stringContaining(message) as string,
    });
  });

  it("refuses states that are not there for every row", async () => {
    await write(`select ${shops}, 1::double as a`, "s.parquet");
    const { take } = await compiled(
      unitOf(`snapshot s {\n parquet "s.parquet"\n columns (shop: string, at: timestamp, a: float)\n at at\n}`, "a"),
    );
    await mkdir(join(folder, "rows", "unit0", "result"));
    await write("select 0::bigint as row, 1.5::double as s0", "rows", "unit0", "result", "part-0.parquet");
    await expect(take()).rejects.toMatchObject({ code: "SPARK_FAILED" });
    await write("select 1::bigint as row, null::double as s0", "rows", "unit0", "result", "part-1.parquet");
    await take();
    expect(await engine.rows("select row::int as row, s0 from unit0 order by row", "reading")).toEqual([
      { row: 0, s0: 1.5 },
      { row: 1, s0: null },
      { row: 2, s0: null },
    ]);
  });

  it("tells Spark, which runs elsewhere, of a relative scratch folder as an absolute one", () => {
    const scratch = new SparkScratch("scratch");
    expect(scratch.literal("x")).toBe(`'${resolve("scratch", "x")}'`);
    expect(scratch.path("x")).toBe(resolve("scratch", "x"));
  });

  it("says that a scratch folder's path cannot be told to Spark", () => {
    expect(() => new SparkScratch("/data/it's")).toThrow(/cannot be told of the folder/);
  });
});
