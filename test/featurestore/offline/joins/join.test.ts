import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Engine, sqlText } from "../../../../src/featurestore/duckdb/index.ts";
import { joinReads } from "../../../../src/featurestore/offline/joins/join.ts";
import type { JoinPlan } from "../../../../src/featurestore/offline/joins/join-plan.ts";
import { compileText } from "../../../dsl/check-one.ts";
import { differences } from "../../../oracle/compare.ts";
import { histories, historiesTogether } from "../../../oracle/history.ts";
import { joinedHistory } from "../../../oracle/joined-history.ts";
import { trainingRows } from "../../../../src/featurestore/oracle/oracle.ts";
import { writeHistory } from "../../../oracle/write-history.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 20011122);
const runs = Number(process.env["TONDO_RUNS"] ?? 40);
/** So many histories of one plan are joined at once: statements cost more than rows here. */
const together = Number(process.env["TONDO_TOGETHER"] ?? 1);
const drawn = together === 1 ? histories : historiesTogether(together);

/** How joins are done that are not forced, and every other way. */
const usual: JoinPlan = { windows: "sweep", states: "asof" };
const others: readonly JoinPlan[] = [
  { windows: "range", states: "range" },
  { windows: "sweep", states: "range", parts: 3 },
  { windows: "range", states: "asof", parts: 2 },
];

describe("the point-in-time join", () => {
  it(
    "equals the naive oracle on random histories, by every plan",
    async () => {
      const engine = await Engine.open({ threads: 2 });
      try {
        await fc.assert(
          fc.asyncProperty(drawn, async (history) => {
            const folder = await mkdtemp(join(tmpdir(), "tondo-join-"));
            try {
              const { left } = await writeHistory(history, folder);
              const expected = trainingRows(history.vector, history.left, history.data);
              const other = others[history.left.length % others.length] ?? {};
              for (const plan of [usual, other]) {
                const actual = await joinedHistory(engine, history, left, { places: { folder }, plan });
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

  it("takes, of states of one time that were known before it, the one known later, and none of which nobody says when", async () => {
    const states = [
      [10, 3, 7],
      [10, 5, 1],
      [10, 4, 9],
      [10, null, 11],
    ].map(([t, k, size]) => `('a', make_timestamp(${String(t)}), make_timestamp(${String(k)}), ${String(size)})`);
    const engine = await Engine.open({ threads: 1 });
    await withShops(engine, `from (values ${states.join(", ")}) as e (shop, since, loaded, size)`, async (sizes) => {
      await engine.run(`create temp table l as select 0::bigint as row, 10::bigint as q, 'a' as shop`, "making rows");
      for (const states of ["asof", "range"] as const) {
        const { table, size } = await sizes({ states });
        expect(await engine.rows(`select ${size}::int as size from ${table}`, "reading")).toEqual([{ size: 1 }]);
      }
    });
  });

  it("finds each of many versions of one moment without pairing all of them with all rows that ask", async () => {
    // Pairs of all versions with all rows would take 20 times this memory.
    const engine = await Engine.open({ threads: 1, memory: "500MB" });
    const states =
      "select 'a' as shop, make_timestamp(10) as since, make_timestamp(10 + i) as loaded, i as size from range(20000) r(i)";
    await withShops(engine, states, async (sizes) => {
      await engine.run(
        `create temp table l as select i as row, 10 + i as q, 'a' as shop from range(20000) r(i)`,
        "making rows",
      );
      const { table, size } = await sizes(usual);
      expect(await engine.rows(`select count(*)::int as n from ${table} where row = ${size}`, "reading")).toEqual([
        { n: 20_000 },
      ]);
    });
  });
});

/** What `work` finds where `query` gives the states of shops; `sizes` joins those of the rows in `l`. The engine is closed after. */
async function withShops(
  engine: Engine,
  query: string,
  work: (sizes: (plan: JoinPlan) => Promise<{ readonly table: string; readonly size: string }>) => Promise<void>,
): Promise<void> {
  const { plan: project, diagnostics } = compileText(`
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
  const vector = project?.vectors[0];
  if (vector === undefined) throw new Error(diagnostics[0]?.message);
  const folder = await mkdtemp(join(tmpdir(), "tondo-join-"));
  try {
    await engine.run(`copy (${query}) to ${sqlText(join(folder, "shops.parquet"))}`, "writing states");
    await work(async (plan) => {
      const { tables, columnOf } = await joinReads({ engine, vector, left: "l", places: { folder }, plan });
      return { table: tables[0] ?? "", size: columnOf.get(vector.reads[0]?.id ?? "") ?? "" };
    });
  } finally {
    engine.close();
    await rm(folder, { recursive: true });
  }
}
