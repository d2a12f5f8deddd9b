import { parseTypeName, type Value } from "../../src/core/index.ts";
import { fromRaw } from "../../src/dsl/index.ts";
import { carrierOf, type Engine, sqlText, toCarrier } from "../../src/featurestore/duckdb/index.ts";
import { type JoinOptions, joinReads } from "../../src/featurestore/offline/joins/join.ts";
import type { History } from "./history.ts";

/** What a training join gives each left row of a history that was written, `left` to that file. */
export async function joinedHistory(
  engine: Engine,
  { vector }: Pick<History, "vector">,
  left: string,
  options: Omit<JoinOptions, "engine" | "vector" | "left">,
): Promise<readonly Readonly<Record<string, { readonly value: Value }>>[]> {
  const keys = vector.keys.map(({ name }) => `"${name}"`).join(", ");
  await engine.run(
    `create or replace temp table l as select row_number() over () - 1 as row, epoch_us("at") as q, ${keys} from read_parquet(${sqlText(left)})`,
    "reading left rows",
  );
  const { tables, columnOf } = await joinReads({ engine, vector, left: "l", ...options });
  const reads = [...vector.reads, ...vector.labelReads].map(({ id, type }) => ({ id, kind: parseTypeName(type).kind }));
  const columns = reads.map(({ id, kind }) => toCarrier(columnOf.get(id) ?? "", kind));
  const from = tables.map((table) => `join ${table} using (row)`).join(" ");
  const rows: Record<string, { value: Value }>[] = [];
  for await (const chunk of engine.chunks(`select ${columns.join(", ")} from l ${from} order by row`, "reading")) {
    const values = reads.map(({ kind }, i) => chunk.column(i, carrierOf(kind)));
    for (let row = 0; row < chunk.rows; row++) {
      rows.push(
        Object.fromEntries(reads.map(({ id, kind }, i) => [id, { value: fromRaw(values[i]?.[row] ?? null, kind) }])),
      );
    }
  }
  return rows;
}
