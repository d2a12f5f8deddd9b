import { parseTypeName, TondoError } from "../../../core/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import type { FilePlaces } from "../files/file-places.ts";
import { readParquet } from "../files/read-files.ts";
import { tablesOf } from "../joins/join-steps.ts";
import type { JoinUnit } from "../joins/join-unit.ts";
import { type Passing, sweepInto, type SweepPlan, sweepPlan, sweptSelect } from "../joins/sweep/index.ts";
import { windowsOf } from "../joins/window-states.ts";
import type { SourceRelation } from "../sources/source-relation.ts";
import { valuesView } from "./spark-files.ts";
import { sparkSnapshot, sparkTable } from "./spark-latest.ts";
import { passageOfFile, sparkPassage } from "./spark-passage.ts";
import { sparkRelation, type SparkRelationOptions } from "./spark-relation.ts";
import { type SparkScratch, unitFiles } from "./spark-scratch.ts";

/** Who asks in a join, in tables of DuckDB that have been written for Spark. */
export interface AskedUnit {
  /** How many keys, and how many rows that have one. */
  readonly keys: number;
  readonly rows: number;
  /** The times of rows of the source that they may see. */
  readonly times: SparkRelationOptions["times"];
}

/** What one join by Spark is made from. */
export interface SparkUnitOptions {
  readonly engine: Engine;
  readonly unit: JoinUnit;
  readonly relation: SourceRelation;
  readonly places: FilePlaces;
  readonly scratch: SparkScratch;
  readonly asked: AskedUnit;
  /** Into how many parts windows over such files are dealt. */
  readonly shards: (files: readonly string[]) => Promise<number>;
  readonly signal?: AbortSignal | undefined;
}

/** A join for Spark: its statements, and what takes their result into the engine, as the unit's table. */
export interface SparkUnit {
  readonly statements: readonly string[];
  readonly files: readonly string[];
  readonly inJavaScript: readonly string[];
  readonly take: () => Promise<void>;
}

/** So many keys or fewer go to every worker, which drops rows of all others before they are dealt out. */
const prunedKeys = 200_000;

/** Compiles a join for Spark. */
export async function sparkUnit(options: SparkUnitOptions): Promise<SparkUnit> {
  const { unit, relation, scratch, asked, shards } = options;
  const own = await sparkRelation({ ...options, times: asked.times });
  const keyColumns = unit.key.map(({ type }, i) => ({ name: `key${String(i)}`, kind: parseTypeName(type).kind }));
  const views = { keys: `${unit.name}_keys`, asked: `${unit.name}_asked` };
  const files = unitFiles(unit.name);
  const number = { name: "number", kind: "int" } as const;
  const given = [
    valuesView(views.keys, [number, ...keyColumns], scratch.literal(files.keys)),
    valuesView(
      views.asked,
      [number, ...keyColumns, { name: "row", kind: "int" }, { name: "q", kind: "int" }],
      scratch.literal(files.asked),
    ),
  ];
  const into = (sql: string): string =>
    `insert overwrite directory ${scratch.literal(files.result)} using parquet ${sql}`;
  const common = { files: own.files, inJavaScript: own.inJavaScript };
  if (unit.source.kind === "events") {
    const plan = sweepPlan(windowsOf(unit), unit.direction);
    const passage = sparkPassage(plan, relation, { rows: own.sql, ...views }, await shards(own.files));
    return {
      ...common,
      statements: [...given, ...own.statements, into(passage)],
      take: () => takeWindows(options, plan),
    };
  }
  const rows =
    asked.keys > prunedKeys
      ? own.sql
      : `select * from (${own.sql}) left semi join ${views.keys} using (${relation.keys.join(", ")})`;
  const join = unit.source.kind === "table" ? sparkTable : sparkSnapshot;
  return {
    ...common,
    statements: [...given, ...own.statements, into(join(unit, relation, rows, views.asked))],
    take: () => takeLatest(options),
  };
}

/** Takes what Spark found for each row; rows without a key have nothing. */
async function takeLatest(options: SparkUnitOptions): Promise<void> {
  const { engine, unit, scratch, asked, signal } = options;
  const columns = unit.reads.map(({ column }) => column);
  const files = await writtenBySpark(scratch, unit);
  await requireWhole(options, readParquet(files), asked.rows);
  await engine.run(
    `create or replace table ${unit.name} as select row, ${columns.join(", ")}
     from ${tablesOf(unit).keyed} left join (select row, ${columns.join(", ")} from ${readParquet(files)}) using (row)`,
    `joining ${unit.group.entity}:${unit.group.name}`,
    signal,
  );
}

/** Sweeps the parts of a passage one after another. */
async function takeWindows(options: SparkUnitOptions, plan: SweepPlan): Promise<void> {
  const { engine, unit, relation, scratch, asked, signal } = options;
  const doing = `joining ${unit.group.entity}:${unit.group.name}`;
  const files = await writtenBySpark(scratch, unit);
  const passages = files.map((file) => passageOfFile(plan, readParquet([file])));
  const { keyed, swept } = tablesOf(unit);
  await sweepInto(engine, plan, relation, swept, passages, doing, signal, inOrder(unit));
  await requireWhole(options, swept, asked.rows * plan.horizons.length);
  const columns = plan.outputs.map(({ column }) => column).join(", ");
  await engine.run(
    `create or replace table ${unit.name} as select row, ${columns}
     from ${keyed} left join (${sweptSelect(plan, swept)}) using (row)`,
    doing,
    signal,
  );
  await engine.run(`drop table ${swept}`, doing);
}

/** Refuses a result that is not all of it: where workers write to disks of their own, this machine sees some of the files only. */
async function requireWhole(
  { engine, unit, scratch, signal }: SparkUnitOptions,
  from: string,
  rows: number,
): Promise<void> {
  const [row] = await engine.rows(
    `select count(*)::double as rows from ${from}`,
    `joining ${unit.group.entity}:${unit.group.name}`,
    signal,
  );
  if (row?.["rows"] === rows) return;
  throw new TondoError(
    "SPARK_FAILED",
    `of the ${String(rows)} answers that Spark wrote ${String(row?.["rows"])} are seen here`,
    {
      where: scratch.path(unitFiles(unit.name).result),
      hint: seenByAll,
    },
  );
}

const seenByAll =
  "Its workers must see the folder at the same path as this machine, or `paths` must say where: give `scratch`, a folder that all of them see.";

/** Refuses parts that are not in order: the sweep would answer from another key's windows, or from the future. */
function inOrder({ name }: JoinUnit): (passing: Passing, passage: number) => void {
  let [part, key, moment, asks] = [-1, -1, -Infinity, 0];
  return (passing, passage) => {
    if (passage !== part) [part, key, moment, asks] = [passage, -1, -Infinity, 0];
    for (let i = 0; i < passing.rows; i++) {
      const [k = 0, m = 0, a = 0] = [passing.key[i], passing.moment[i], passing.asks[i]];
      if (k < key || (k === key && (m < moment || (m === moment && a < asks)))) {
        throw new TondoError("SPARK_FAILED", `Spark wrote ${name} in another order than it was asked for`, {
          hint: "Look for settings and extensions of this Spark that rewrite files, and leave them out.",
        });
      }
      [key, moment, asks] = [k, m, a];
    }
  };
}

async function writtenBySpark(scratch: SparkScratch, { name }: JoinUnit): Promise<readonly string[]> {
  const { result } = unitFiles(name);
  const files = await scratch.written(result);
  if (files.length > 0) return files;
  throw new TondoError("SPARK_FAILED", `Spark has written nothing to "${scratch.path(result)}" that is seen here`, {
    where: scratch.path(result),
    hint: seenByAll,
  });
}
