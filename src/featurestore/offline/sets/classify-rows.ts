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
  /** Whether what is classified is read once only: where nothing is to be told apart it is joined as it is read, then. */
  readonly readOnce: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes `classified`: the joined rows with their labels `label0`, ... and their `part`, a table where they are more than passed on; the tables that they
 * were joined from are dropped then. Returns how many rows went where.
 *
 * @throws TondoError `LIMIT_EXCEEDED`, `USER_FUNCTION_FAILED`, `ABORTED`
 */
export async function classifyRows(options: ClassifyOptions): Promise<Record<Part, number>> {
  const { engine, vector, left, joined, split, classBalance, signal } = options;
  const none = Object.fromEntries(parts.map((name) => [name, 0])) as Record<Part, number>;
  const counts = { ...none, filtered: left.filtered, unsampled: left.unsampled };
  if (options.readOnce && allTrain(options)) {
    const all = `select *, 'train' as part from (${joined.sql})`;
    await engine.run(`create or replace temp view classified as ${all}`, "labelling rows", signal);
    return { ...counts, train: left.rows };
  }
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
  for (const table of [left.table, ...joined.tables])
    await engine.run(`drop ${joined.views.has(table) ? "view" : "table"} ${table}`, "labelling rows", signal);
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
  for (const row of rows) counts[String(row["part"]) as Part] = Number(row["n"]);
  return counts;
}

/** Whether every row that was joined is there to train on. */
function allTrain({ vector, split: { train, holdout }, classBalance }: ClassifyOptions): boolean {
  const isSplit = train.from !== null || train.to !== null || holdout !== null;
  return vector.labels.length === 0 && !isSplit && classBalance === undefined;
}
