import type { VectorPlan } from "../../../dsl/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import { selectExpressions } from "../expressions-sql.ts";
import type { JoinedTable } from "../joins/vector-table.ts";
import type { LoadedRows } from "../rows/left-rows.ts";
import { balanceClasses } from "./balance-classes.ts";
import { type Part, parts, partSql, type SplitMicros } from "./split.ts";
import type { TrainingSetOptions } from "./training-set-options.ts";

/** What joined rows are sorted into parts by. */
export interface ClassifyOptions {
  readonly engine: Engine;
  readonly vector: VectorPlan;
  readonly left: LoadedRows;
  readonly joined: JoinedTable;
  readonly split: SplitMicros;
  readonly classBalance: TrainingSetOptions["classBalance"];
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the table `classified`: the joined rows with their labels `label0`, ... and their `part`; the tables that they were joined from are
 * dropped. Returns how many rows went where.
 *
 * @throws TondoError `LIMIT_EXCEEDED`, `USER_FUNCTION_FAILED`, `ABORTED`
 */
export async function classifyRows(options: ClassifyOptions): Promise<Record<Part, number>> {
  const { engine, vector, left, joined, split, classBalance, signal } = options;
  const expressions = vector.labels.flatMap((label, i) => [
    { name: `label${String(i)}`, value: label.value },
    ...label.known.map((value, j) => ({ name: `known${String(i)}_${String(j)}`, value })),
  ]);
  const { sql } = selectExpressions(engine, joined.sql, expressions, joined.leaf);
  const part = partSql(
    vector,
    split,
    (i) => `label${String(i)}`,
    (i, j) => `known${String(i)}_${String(j)}`,
  );
  await engine.run(
    `create or replace temp table classified as select *, ${part} as part from (${sql}) order by row`,
    "labelling rows",
    signal,
  );
  // All of it stands in `classified` now.
  for (const table of [left.table, ...joined.tables]) await engine.run(`drop table ${table}`, "labelling rows", signal);
  if (classBalance !== undefined) {
    const label = vector.labels.findIndex(({ name }) => name === classBalance.label);
    const { ratio = 1 } = classBalance;
    await balanceClasses({ engine, label: `label${String(label)}`, ratio, columns: left.columns, signal });
  }
  const rows = await engine.rows(
    "select part, count(*)::double as n from classified group by part",
    "counting rows",
    signal,
  );
  const counts = Object.fromEntries(parts.map((name) => [name, 0])) as Record<Part, number>;
  for (const row of rows) counts[String(row["part"]) as Part] = Number(row["n"]);
  counts.filtered = left.filtered;
  counts.unsampled = left.unsampled;
  return counts;
}
