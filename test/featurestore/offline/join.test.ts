import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTypeName, type Value } from "../../../src/core/index.ts";
import { fromRaw, type VectorPlan } from "../../../src/dsl/index.ts";
import { carrierOf, Engine, sqlText, toCarrier } from "../../../src/featurestore/duckdb/index.ts";
import { joinReads, type WindowJoin } from "../../../src/featurestore/offline/join.ts";
import { differences } from "../../oracle/compare.ts";
import { compileText } from "../../dsl/check-one.ts";
import { histories, type History } from "../../oracle/history.ts";
import { trainingRows } from "../../../src/featurestore/oracle/oracle.ts";
import { writeHistory } from "../../oracle/write-history.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 20011122);
const runs = Number(process.env["TONDO_RUNS"] ?? 60);

/** A training join of a history that was written, by the real path. */
async function joined(
  engine: Engine,
  history: History,
  { folder, left }: { readonly folder: string; readonly left: string },
  windows: WindowJoin,
  settle?: number,
): Promise<Record<string, { value: Value }>[]> {
  const vector: VectorPlan = history.vector;
  const keys = vector.keys.map(({ name }) => `"${name}"`).join(", ");
  await engine.run(
    `create or replace temp table l as select row_number() over () - 1 as row, epoch_us("at") as q, ${keys} from read_parquet(${sqlText(left)})`,
    "reading left rows",
  );
  const result = await joinReads({
    engine,
    vector,
    left: "l",
    folder,
    windows,
    ...(settle === undefined ? {} : { settle }),
  });
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
    "equals the naive oracle on random histories, windows by range and by tiles",
    async () => {
      const engine = await Engine.open({ threads: 2 });
      try {
        await fc.assert(
          fc.asyncProperty(histories, async (history) => {
            const folder = await mkdtemp(join(tmpdir(), "tondo-join-"));
            try {
              const { left } = await writeHistory(history, folder);
              const expected = trainingRows(history.vector, history.left, history.data);
              // Tiles that wait for nobody leave all late events to the last part of that join.
              const tiles = [undefined, 0, 3_600_000_000][history.left.length % 3];
              for (const [windows, settle] of [["range"], ["tiles", tiles]] as const) {
                const actual = await joined(engine, history, { folder, left }, windows, settle);
                expect(differences(expected, actual), windows).toEqual([]);
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

  it("counts in tiles only what was known by then, however long they wait", async () => {
    const { plan, diagnostics } = compileText(`
entity shop (shop: string)
events orders {
  parquet "orders.parquet" known loaded
  columns (shop: string, happened: timestamp, loaded: timestamp)
  at happened
}
group shop:load from orders by shop {
  n_12h = count() over 12h
}
vector v {
  key shop
  n = @shop:load:n_12h
}`);
    const vector = plan?.vectors[0];
    if (vector === undefined) throw new Error(diagnostics[0]?.message);
    const [minute, hour] = [60_000_000, 3_600_000_000];
    const events = Array.from({ length: 400 }, (_, i) => ({ t: i * 7 * minute, k: i * 7 * minute + 40 * minute }));
    const asked = Array.from({ length: 200 }, (_, i) => 6 * hour + i * 11 * minute);
    const expected = asked.map((q) => {
      const from = Math.floor((q - 12 * hour) / hour) * hour;
      return events.filter(({ t, k }) => t >= from && t < q && k <= q).length;
    });
    const folder = await mkdtemp(join(tmpdir(), "tondo-join-"));
    const engine = await Engine.open({ threads: 1 });
    try {
      const rows = events.map(({ t, k }) => `('a', make_timestamp(${String(t)}), make_timestamp(${String(k)}))`);
      await engine.run(
        `copy (from (values ${rows.join(", ")}) as e (shop, happened, loaded)) to ${sqlText(join(folder, "orders.parquet"))}`,
        "writing events",
      );
      const left = asked.map((q, i) => `(${String(i)}, ${String(q)}::bigint, 'a')`);
      await engine.run(`create temp table l (row bigint, q bigint, shop varchar)`, "making left rows");
      await engine.run(`insert into l values ${left.join(", ")}`, "making left rows");
      for (const settle of [0, 10 * minute, 2 * hour]) {
        const { tables, columnOf } = await joinReads({ engine, vector, left: "l", folder, windows: "tiles", settle });
        const column = columnOf.get(vector.reads[0]?.id ?? "") ?? "";
        const found = await engine.rows(
          `select ${column}::double as n from ${tables[0] ?? ""} order by row`,
          "reading",
        );
        expect(found.map((row) => row["n"])).toEqual(expected);
      }
    } finally {
      engine.close();
      await rm(folder, { recursive: true });
    }
  });
});
