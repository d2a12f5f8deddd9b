import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type Micros, type Progress, silentProgress, TondoError } from "../../../core/index.ts";
import { fitsOf, type VectorPlan } from "../../../dsl/index.ts";
import type { AppliedRows } from "../../applied/index.ts";
import type { Engine } from "../../duckdb/index.ts";
import { type FileChoice, fileChoice } from "../../specification/index.ts";
import { type JoinedTable, joinTableOf } from "../joins/vector-table.ts";
import type { LoadedRows } from "../rows/left-rows.ts";
import { loadLeftRows } from "../rows/load-left-rows.ts";
import { keyColumnsOf, type RowChoice } from "../rows/row-choice.ts";
import { SparkJoin } from "../spark/spark-join.ts";
import { classifyRows } from "./classify-rows.ts";
import { fitVector } from "./fit.ts";
import type { ResumedJoins } from "./kept-joins.ts";
import type { Manifest } from "./manifest.ts";
import { outputColumns } from "./output-columns.ts";
import { partitionKindsOf } from "./output-partitions.ts";
import { type Part, parts, type SplitMicros } from "./split.ts";
import type { TrainingSetOptions } from "./training-set-options.ts";
import { writeParts } from "./write-parts.ts";

/** What a manifest says of the work itself. */
export type BuiltSet = Pick<
  Manifest,
  "rows" | "lastAsked" | "counts" | "fitted" | "columns" | "files" | "joins" | "engine"
>;

/**
 * The stages of a training set on one engine: left rows, join, labels and parts, fit, files, which are written to `part`. What `kept` holds of
 * a run that was killed is not joined again.
 *
 * @throws TondoError what `makeTrainingSet` throws
 */
export async function buildSet(
  engine: Engine,
  options: TrainingSetOptions & { readonly groups: ReadonlyMap<string, AppliedRows> },
  split: SplitMicros,
  part: string,
  kept: ResumedJoins,
): Promise<BuiltSet> {
  const { vector, rows, at = "at", carry = [], raw = false, plan, classBalance } = options;
  const { maxDistinct, progress = silentProgress, signal } = options;
  const places = options;
  const choice = fileChoice(options.output);
  startJoining(progress, vector);
  if (options.spark !== undefined) refuseApplied(options.groups);
  await using spark = await sparkOf(options, part);
  const left = await loadLeftRows({
    ...{ engine, vector, rows, at, carry, places, labels: true },
    choice: choiceOf(options, at),
    signal,
  });
  partitionKindsOf(choice, vector, left);
  const lastAsked = await lastMoment(engine, left);
  const joinUnit = spark?.joiner(engine, places, signal);
  const applied = options.groups;
  const joined = await joinTableOf({ engine, vector, left, places, applied, plan, joinUnit, kept, progress, signal });
  const joinedBy = await spark?.engine();
  await spark?.close();
  const readOnce = isReadOnce(vector, choice);
  const counts = await classifyRows({ engine, vector, left, joined, split, classBalance, readOnce, signal });
  const again = kept.taken();
  progress.finish(`${String(left.rows)} rows${again === 0 ? "" : `, ${String(again)} of the joins from a run before`}`);
  requireTraining(left, counts);
  progress.start("fitting and writing");
  const table: JoinedTable = { ...joined, sql: "select * from classified" };
  const from = "select * from classified where part = 'train'";
  const fitted = await fitVector({ engine, vector, table, from, maxDistinct, signal });
  const columns = outputColumns(vector, left, raw, choice);
  const written = { engine, vector, left, table, fitted, columns, choice, folder: part, signal };
  const files = await writeParts(written, counts);
  progress.finish();
  return {
    rows: left.rows + left.filtered + left.unsampled,
    ...(lastAsked === undefined ? {} : { lastAsked }),
    counts,
    fitted,
    columns,
    files,
    joins: joined.reports,
    engine: [...(joinedBy === undefined ? [] : [joinedBy]), `DuckDB ${await engine.version()}`].join(", "),
  };
}

/** Whether the rows of a set are read for its one file alone. */
function isReadOnce(vector: VectorPlan, { partitionBy, maxFileRows }: FileChoice): boolean {
  const isFitted = fitsOf(vector.slots.map(({ value }) => value)).length > 0;
  return !isFitted && partitionBy.length === 0 && maxFileRows === undefined;
}

async function lastMoment(engine: Engine, { table }: LoadedRows): Promise<Micros | undefined> {
  const [row] = await engine.rows(`select max(q)::double as last from ${table}`, "looking at the rows");
  const last = row?.["last"];
  return typeof last === "number" ? last : undefined;
}

function refuseApplied(groups: ReadonlyMap<string, AppliedRows>): void {
  const [first] = groups.keys();
  if (first === undefined) return;
  throw new TondoError(
    "INVALID_ARGUMENT",
    `${first} was materialized, so that its rows are known when they were first applied online, and joins in Spark know them when they say`,
    {
      hint: 'Join in this process, or ask for `knowledge: "declared"`: then a row may be seen that requests of its moment did not see.',
      details: { groups: [...groups.keys()] },
    },
  );
}

/** The Spark that joins, which starts while the left rows are read; `undefined` where the engine itself does. */
async function sparkOf({ spark, plan, signal }: TrainingSetOptions, part: string): Promise<SparkJoin | undefined> {
  if (spark === undefined) return undefined;
  if (plan !== undefined) {
    throw new TondoError("INVALID_ARGUMENT", "`plan` says how the embedded engine joins, and Spark is to join", {
      hint: "Leave one of them out: the values are the same.",
    });
  }
  const folder = join(part, "spark");
  await mkdir(folder);
  const joins = new SparkJoin(spark, folder);
  joins.start(signal);
  return joins;
}

function startJoining(progress: Progress, vector: VectorPlan): void {
  progress.start(
    "joining features",
    new Set(
      [...vector.reads, ...vector.labelReads].map(({ entity, group, key }) => JSON.stringify([entity, group, key])),
    ).size,
  );
}

function choiceOf(options: TrainingSetOptions, at: string): RowChoice {
  const { vector, filters = [], sampling, split, classBalance, written } = options;
  const balanceSeed = classBalance === undefined ? undefined : (classBalance.seed ?? 0);
  return { filters, sampling, holdout: split?.holdout, balanceSeed, keys: keyColumnsOf(vector), at, written };
}

function requireTraining(left: LoadedRows, counts: Readonly<Record<Part, number>>): void {
  if (counts.train > 0) return;
  const where = parts
    .filter((name) => counts[name] > 0)
    .map((name) => `${String(counts[name])} ${name}`)
    .join(", ");
  throw new TondoError(
    "TRAINING_SET_EMPTY",
    `of ${String(left.rows + left.filtered + left.unsampled)} rows none is left to train on${where === "" ? "" : `: ${where}`}`,
    {
      hint: "Check the filters, the split, the cutoff, and that the labels and their `known` are filled in.",
      details: { counts },
    },
  );
}
