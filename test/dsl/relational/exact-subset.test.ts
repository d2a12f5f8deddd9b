import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseTypeName } from "../../../src/core/index.ts";
import { type ExpressionPlan, expressionSql, fromRaw, type RawColumn } from "../../../src/dsl/index.ts";
import { carrierOf, Engine, toCarrier } from "../../../src/featurestore/duckdb/index.ts";
import { naiveValue } from "../../oracle/naive-expression.ts";
import { type Row, rowsSql, runRows, showRow } from "../run-rows.ts";
import { sameValue } from "../same-value.ts";
import { expressions, idOf, rows, ways } from "../random-expressions.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 7_041_997);
const wanted = Number(process.env["TONDO_EXPRESSIONS"] ?? 2_600);
const perQuery = 20;

function leaf(plan: ExpressionPlan): string {
  return plan.node === "column" ? `"${plan.name}"` : "null";
}

let engine: Engine;
let data: readonly Row[];

describe("the exact subset in DuckDB", () => {
  beforeAll(async () => {
    engine = await Engine.open({ memory: "600MB", threads: 2 });
    data = fc.sample(rows, { seed, numRuns: 40 });
    await engine.run(`create table edges as ${rowsSql(data)}`, "edges");
  });
  afterAll(() => {
    engine.close();
  });

  it("equals the generated JavaScript bit by bit, and the oracle", { timeout: 300_000 }, async () => {
    const sample = fc.sample(fc.oneof(...[2, 3, 3, 4].map((depth) => expressions(true, depth))), {
      seed,
      numRuns: wanted,
    });
    let results = 0;
    let present = 0;
    let compared = 0;
    const covered = new Map<string, number>();
    for (let from = 0; from < sample.length; from += perQuery) {
      const batch = sample.slice(from, from + perQuery).flatMap((plan) => {
        const sql = expressionSql(plan, leaf);
        return sql === undefined ? [] : [{ plan, sql, kind: parseTypeName(plan.type).kind }];
      });
      compared += batch.length;
      const select = batch.map(({ sql, kind }) => toCarrier(sql, kind)).join(",\n");
      const read: RawColumn[] = [];
      for await (const chunk of engine.chunks(`select ${select} from edges order by row`, "comparing")) {
        expect(chunk.rows).toBe(data.length);
        for (const [i, { kind }] of batch.entries()) read.push(chunk.column(i, carrierOf(kind)));
      }
      for (const [i, { plan, sql, kind }] of batch.entries()) {
        const ours = runRows(plan, data);
        const closed = runRows(plan, data, "closures");
        for (const [r, row] of data.entries()) {
          const theirs = fromRaw(read[i]?.[r] ?? Number.NaN, kind);
          const mine = ours[r] ?? null;
          results++;
          if (mine !== null) present++;
          if (!sameValue(mine, theirs)) {
            throw new Error(
              `DuckDB gives ${String(theirs)}, JavaScript ${String(mine)}\n${sql}\n${JSON.stringify(plan)}\n${showRow(row)}`,
            );
          }
          if (!sameValue(mine, closed[r] ?? null)) throw new Error(`closures give ${String(closed[r])}: ${sql}`);
          if (r === i && !sameValue(mine, runRows(plan, [row])[0] ?? null))
            throw new Error(`a row alone differs: ${sql}`);
          const naive = naiveValue(plan, row);
          if (!sameValue(mine, naive))
            throw new Error(`the oracle gives ${String(naive)}, we ${String(mine)}\n${sql}\n${showRow(row)}`);
          if (mine !== null && plan.node === "call") covered.set(idOf(plan), (covered.get(idOf(plan)) ?? 0) + 1);
        }
      }
    }
    console.log(
      `seed ${String(seed)}: ${String(compared)} expressions, ${String(results)} results, ${String(Math.round((100 * present) / results))} % present`,
    );
    expect(compared).toBeGreaterThanOrEqual((wanted * 10) / 13);
    expect(present / results).toBeGreaterThan(0.5);
    for (const { id, overload } of ways) {
      if (overload.sql !== undefined) expect(covered.get(id) ?? 0, `results of ${id}`).toBeGreaterThanOrEqual(100);
    }
  });

  it("leaves to JavaScript what would grow too large in SQL", () => {
    const column: ExpressionPlan = { node: "column", type: "int?", name: "i1" };
    let sum: ExpressionPlan = column;
    for (let n = 0; n < 30; n++) {
      sum = { node: "call", type: "int?", function: "add", version: 1, args: [sum, column] };
    }
    expect(expressionSql(sum, leaf)).toBeUndefined();
  });

  it("computes the largest it takes in bounded time", async () => {
    const column: ExpressionPlan = { node: "column", type: "float?", name: "f1" };
    let sum: ExpressionPlan = column;
    for (;;) {
      const next: ExpressionPlan = { node: "call", type: "float?", function: "mul", version: 1, args: [sum, column] };
      if (expressionSql(next, leaf) === undefined) break;
      sum = next;
    }
    const started = performance.now();
    await engine.rows(`select ${expressionSql(sum, leaf) ?? ""} as x from edges`, "the largest");
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
