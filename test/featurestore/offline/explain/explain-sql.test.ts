import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { explain, parseProject, compile } from "../../../../src/dsl/index.ts";
import { Engine, explainJoins } from "../../../../src/featurestore/index.ts";
import { layoutSql } from "../../../../src/featurestore/offline/explain/layout-sql.ts";

describe("layoutSql", () => {
  const plain = (sql: string): string => sql.replace(/\s+/g, "");

  it("changes white space only", () => {
    const sql =
      "with a as (select x, 'it''s (a, b)' as y from (select * from t where z in (1, 2))) select * from a left join b on a.x = b.x asof left join c on a.q >= c.v group by x";
    expect(plain(layoutSql(sql))).toBe(plain(sql));
    expect(layoutSql(sql)).toContain("'it''s (a, b)'");
  });

  it("begins lines with clauses, and leaves short queries on theirs", () => {
    expect(layoutSql("select a, b from (select * from t) where a > 1")).toBe(
      "select a, b\nfrom (select * from t)\nwhere a > 1",
    );
  });

  it("indents what is too long", () => {
    const list = Array.from({ length: 40 }, (_, i) => `column_${String(i)}`);
    const lines = layoutSql(`select ${list.join(", ")} from t`).split("\n");
    expect(lines).toHaveLength(41);
    expect(lines[1]).toBe("  column_1,");
  });
});

describe("explainJoins", () => {
  let folder = "";
  let engine: Engine;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tondo-explain-"));
    engine = await Engine.open();
  });
  afterAll(async () => {
    engine.close();
    await rm(folder, { recursive: true, force: true });
  });

  const text = (): string => `entity store (store: string)
events orders {
  parquet "${join(folder, "orders.parquet")}" known loaded
  columns (store: string, at: timestamp, loaded: timestamp, x: float)
  at at
}
snapshot stores {
  parquet "${join(folder, "stores.parquet")}"
  columns (store: string, at: timestamp, city: string)
  at at
}
group store:orders from orders by store {
  big_1d = sum(x) over 1d where x > 1
}
group store:state from stores by store { city }
vector v {
  key store
  input name: string?
  big = @store:orders:big_1d ?? 0.0
  rome = float(@store:state:city == "rome")
  other = @store:state:city[name ?? "b"] ?? "none" | onehot(["oslo"])
}`;

  it("is SQL that DuckDB runs, with the values of the time contract", async () => {
    const hour = 3_600_000_000;
    await engine.run(
      `copy (select * from (values ('a', to_timestamp(0), to_timestamp(3600), 2.0), ('a', to_timestamp(3600), to_timestamp(36000), 4.0), ('a', to_timestamp(60), to_timestamp(60), 0.5), ('b', to_timestamp(0), to_timestamp(0), 9.0)) v(store, "at", loaded, x)) to '${join(folder, "orders.parquet")}' (format parquet)`,
      "making orders",
    );
    await engine.run(
      `copy (select * from (values ('a', to_timestamp(0), 'oslo'), ('a', to_timestamp(7200), 'rome')) v(store, "at", city)) to '${join(folder, "stores.parquet")}' (format parquet)`,
      "making stores",
    );
    const { plan, about, places } = compile(parseProject([{ path: "v.tondo", text: text() }]), new Map());
    if (plan === undefined) throw new Error("the text has errors");
    const explanation = explain({ plan, about, places }, "v");
    if (explanation.of === "nothing") throw new Error("no vector");
    const joins = await explainJoins(explanation.reads, places);
    await engine.run(
      `create temp table rows as select * from (values (0, ${String(2 * hour)}, 'a', 'a'), (1, ${String(11 * hour)}, 'a', 'x'), (2, 0, 'b', 'a')) v(row, q, store, name)`,
      "making rows",
    );
    let passing: readonly unknown[] = [];
    for (const given of joins.flatMap(({ sql }) => sql)) {
      const statement = given.replace("first_q", "0").replace("last_q", String(11 * hour));
      // What is swept comes from JavaScript.
      if (statement.includes("_swept")) continue;
      if (statement.startsWith("select number")) passing = await engine.rows(statement, "sweeping it");
      else await engine.run(statement, "running it");
    }
    const numbers = await engine.rows("select key0, number from unit1_keys", "numbering keys");
    const numberOf = (key: string): number => Number(numbers.find((row) => row["key0"] === key)?.["number"]);
    // Of each key the events when they can be seen, and the rows when they ask: 2 at two hours, 4 more at eleven.
    const event = (key: string, moment: number, at: number, x: number): object => ({
      ...{ number: numberOf(key), moment, asks: 0, stamp: at, until: null, i0: x },
      c0: x > 1 ? 1 : 0,
    });
    const asked = (key: string, q: number, row: number): object => ({
      ...{ number: numberOf(key), moment: q, asks: 1, stamp: row, until: null, i0: null },
      c0: null,
    });
    const ofKey = (key: string): unknown[] =>
      passing.filter((row) => (row as Record<string, unknown>)["number"] === numberOf(key));
    expect(ofKey("a")).toEqual([
      event("a", 60_000_001, 60_000_000, 0.5),
      event("a", hour, 0, 2),
      asked("a", 2 * hour, 0),
      event("a", 10 * hour, hour, 4),
      asked("a", 11 * hour, 1),
    ]);
    expect(ofKey("b")).toEqual([asked("b", 0, 2), event("b", 1, 0, 9)]);
    const [found = ""] = joins.flatMap(({ sql }) => sql).filter((statement) => statement.includes("semi join"));
    expect(await engine.rows(found, "counting keys")).toEqual([{ n: 2 }]);
    const values: Record<string, unknown[]> = {};
    for (const [i, { reads, join: how }] of joins.entries()) {
      if (how === "windows") continue;
      const [read] = reads;
      if (read === undefined) throw new Error("nothing is read");
      const rows = await engine.rows(`select ${read.column} as value from unit${String(i)} order by row`, "reading it");
      values[read.text] = rows.map((row) => row["value"] ?? null);
    }
    expect(values).toEqual({
      "@store:state:city[store]": ["rome", "rome", null],
      '@store:state:city[fill(name, "b")]': ["rome", null, "oslo"],
    });
  });
});
