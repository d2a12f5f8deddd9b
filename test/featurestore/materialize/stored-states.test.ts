import { afterAll, beforeAll, expect, it } from "vitest";
import { aggregates } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ threads: 2 });
});
afterAll(() => {
  engine.close();
});

it.each(["distinct", "approx_distinct"])(
  "%s is stored in the order of its values, whatever they came in",
  async (name) => {
    const sql = aggregates.get(name)?.sql("int", { limit: 1000 });
    if (sql === undefined) throw new Error(`no aggregate ${name}`);
    const states = sql.columns.map(({ suffix, update }) => `${update("x", "row(0)", "true")} as s_${suffix}`);
    const [value = ""] = sql.encode((suffix) => `s_${suffix}`).values;
    const stored = async (order: string): Promise<string> => {
      const rows = `select (i * 7919 % 500)::bigint as x from range(500) t(i) order by ${order}`;
      const [row] = await engine.rows(
        `select ${value} as state from (select ${states.join(", ")} from (${rows}))`,
        name,
      );
      return String(row?.["state"]);
    };
    const ascending = await stored("x");
    expect(await stored("x desc")).toBe(ascending);
    expect(await stored("i % 17, i")).toBe(ascending);
    const numbers = (ascending.slice(1).match(/\d+/g) ?? []).map(Number);
    if (name === "distinct") expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
  },
);
