import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine, sqlText } from "../../../../src/featurestore/duckdb/index.ts";
import { type OpenedSource, openSource } from "../../../../src/featurestore/offline/sources/open-source.ts";
import { compileText } from "../../../dsl/check-one.ts";

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-source-"));
  engine = await Engine.open({ threads: 2 });
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

/** Opens the states of shops at each second from 0 to 99, in two files of which the times are `type`. */
async function opened(type: string): Promise<OpenedSource> {
  for (const part of [0, 1]) {
    const rows = `select 'a' as shop, make_timestamp((${String(part * 50)} + i) * 1000000)::${type} as "At", i as size from range(50) r(i)`;
    await engine.run(`copy (${rows}) to ${sqlText(join(folder, `${String(part)}.parquet`))}`, "writing");
  }
  const { plan, diagnostics } = compileText(`
entity shop (shop: string)
snapshot shops { parquet "*.parquet"
  columns (shop: string, At: timestamp, size: int)
  at At }
group shop:state from shops by shop { size }`);
  const [group] = plan?.groups ?? [];
  const [source] = plan?.sources ?? [];
  if (group === undefined || source === undefined) throw new Error(diagnostics[0]?.message);
  return openSource(engine, group, source, { folder });
}

const second = 1_000_000n;

describe("a source says what it has before it is read", () => {
  it.each(["timestamp", "timestamptz", "timestamp_ms"])(
    "its rows by its footers, whatever its times are: %s",
    async (type) => {
      const source = await opened(type);
      expect(await source.count()).toBe(100);
    },
  );

  it("asks each row for its time where that leaves out a part of them", async () => {
    const source = await opened("timestamp");
    const { sql } = await source.seen({ from: 10n * second, to: 50n * second });
    expect(sql).toContain(`"At" >= make_timestamp(10000000::bigint) and "At" <= make_timestamp(50000000::bigint)`);
    expect(await engine.rows(`select count(*)::int as n from (${sql})`, "counting")).toEqual([{ n: 41 }]);
  });

  it("asks none where that would leave out next to nothing", async () => {
    const source = await opened("timestamp");
    expect((await source.seen({ from: 3n * second, to: 97n * second })).sql).not.toContain('where "At"');
    expect((await source.seen({ from: 3n * second, to: 90n * second })).sql).toContain('where "At" <= ');
    expect((await source.seen({ from: 20n * second, to: 200n * second })).sql).toContain('where "At" >= ');
  });

  it("sets rows of keys aside in a table, to be dropped by who asked", async () => {
    const source = await opened("timestamp");
    await engine.run("create or replace temp table keys as select 'b' as key0", "making keys");
    const { aside, sql } = await source.seen({ keys: "keys", aside: "seen_" });
    expect(aside).toEqual(["seen_0"]);
    expect(await engine.rows(`select count(*)::int as n from (${sql})`, "counting")).toEqual([{ n: 0 }]);
    await engine.run("drop table seen_0", "clearing up");
  });

  it("makes values late of reads that nothing is computed from, and of those alone", async () => {
    const source = await opened("timestamp");
    const { late } = await source.seen({});
    expect([...(late?.values ?? [])]).toEqual([["r0", '"r0"::bigint']]);
    expect(late?.sql).toContain('"size" as ');
    expect(late?.sql).toContain('tondo_micros("At") as ');
  });
});
