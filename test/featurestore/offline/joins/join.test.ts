import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTypeName, type Value } from "../../../../src/core/index.ts";
import { fromRaw, type VectorPlan } from "../../../../src/dsl/index.ts";
import { carrierOf, Engine, sqlText, toCarrier } from "../../../../src/featurestore/duckdb/index.ts";
import { joinReads } from "../../../../src/featurestore/offline/joins/join.ts";
import type { JoinPlan } from "../../../../src/featurestore/offline/joins/join-plan.ts";
import { compileText } from "../../../dsl/check-one.ts";
import { differences } from "../../../oracle/compare.ts";
import { histories, type History } from "../../../oracle/history.ts";
import { trainingRows } from "../../../../src/featurestore/oracle/oracle.ts";
import { writeHistory } from "../../../oracle/write-history.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 20011122);
const runs = Number(process.env["TONDO_RUNS"] ?? 60);

/** How joins are done that are not forced, and every other way. */
const usual: JoinPlan = { windows: "sweep", states: "asof" };
const others: readonly JoinPlan[] = [
  { windows: "range", states: "range" },
  { windows: "sweep", states: "range", parts: 3 },
  { windows: "range", states: "asof", parts: 2 },
];

/** A training join of a history that was written, by the real path. */
async function joined(
  engine: Engine,
  history: History,
  { folder, left }: { readonly folder: string; readonly left: string },
  plan: JoinPlan,
): Promise<Record<string, { value: Value }>[]> {
  const vector: VectorPlan = history.vector;
  const keys = vector.keys.map(({ name }) => `"${name}"`).join(", ");
  await engine.run(
    `create or replace temp table l as select row_number() over () - 1 as row, epoch_us("at") as q, ${keys} from read_parquet(${sqlText(left)})`,
    "reading left rows",
  );
  const result = await joinReads({ engine, vector, left: "l", places: { folder }, plan });
  const reads = [...vector.reads, ...vector.labelReads];
  const columns = reads.map(({ id, type }) => toCarrier(result.columnOf.get(id) ?? "", parseTypeName(type).kind));
  const from = result.tables.map((table) => `join ${table} using (row)`).join(" ");
  const rows: Record<string, { value: Value }>[] = [];
  for await (const chunk of engine.chunks(`select ${columns.join(", ")} from l ${from} order by row`, "reading")) {
    const values = reads.map(({ type }, i) => chunk.column(i, carrierOf(parseTypeName(type).kind)));
    for (let row = 0; row < chunk.rows; row++) {
      rows.push(
        Object.fromEntries(
          reads.map(({ id, type }, i) => [id, { value: fromRaw(values[i]?.[row] ?? null, parseTypeName(type).kind) }]),
        ),
      );
    }
  }
  return rows;
}

describe("the point-in-time join", () => {
  it(
    "equals the naive oracle on random histories, by every plan",
    async () => {
      const engine = await Engine.open({ threads: 2 });
      try {
        await fc.assert(
          fc.asyncProperty(histories, async (history) => {
            const folder = await mkdtemp(join(tmpdir(), "tondo-join-"));
            try {
              const { left } = await writeHistory(history, folder);
              const expected = trainingRows(history.vector, history.left, history.data);
              const other = others[history.left.length % others.length] ?? {};
              for (const plan of [usual, other]) {
                const actual = await joined(engine, history, { folder, left }, plan);
                expect(differences(expected, actual), JSON.stringify(plan)).toEqual([]);
              }
            } finally {
              await rm(folder, { recursive: true });
            }
          }),
          { seed, numRuns: runs, endOnFailure: true },
        );
      } finally {
        engine.close();
      }
    },
    Math.max(600_000, runs * 10_000),
  );

  it("takes, of states of one time that were known before it, the one known later", async () => {
    const { plan, diagnostics } = compileText(`
entity shop (shop: string)
snapshot shops {
  parquet "shops.parquet" known loaded
  columns (shop: string, since: timestamp, loaded: timestamp, size: int)
  at since
}
group shop:profile from shops by shop { size }
vector v {
  key shop
  size = @shop:profile:size
}`);
    const vector = plan?.vectors[0];
    if (vector === undefined) throw new Error(diagnostics[0]?.message);
    const folder = await mkdtemp(join(tmpdir(), "tondo-join-"));
    const engine = await Engine.open({ threads: 1 });
    try {
      const states = [
        [10, 3, 7],
        [10, 5, 1],
        [10, 4, 9],
      ].map(([t, k, size]) => `('a', make_timestamp(${String(t)}), make_timestamp(${String(k)}), ${String(size)})`);
      await engine.run(
        `copy (from (values ${states.join(", ")}) as e (shop, since, loaded, size)) to ${sqlText(join(folder, "shops.parquet"))}`,
        "writing states",
      );
      await engine.run(`create temp table l as select 0::bigint as row, 10::bigint as q, 'a' as shop`, "making rows");
      const { tables, columnOf } = await joinReads({ engine, vector, left: "l", places: { folder } });
      const column = columnOf.get(vector.reads[0]?.id ?? "") ?? "";
      expect(await engine.rows(`select ${column}::int as size from ${tables[0] ?? ""}`, "reading")).toEqual([
        { size: 1 },
      ]);
    } finally {
      engine.close();
      await rm(folder, { recursive: true });
    }
  });
});
