import { tmpdir } from "node:os";
import { resolve } from "node:path";
import type { RecordBatch } from "apache-arrow";
import type * as Arrow from "apache-arrow";
import { elementKind, isList, TondoError, type ValueKind } from "../../core/index.ts";
import { quoteIdentifier } from "../../dsl/index.ts";
import { Engine, type EngineOptions } from "../duckdb/index.ts";
import { columnKind, filesOfPart, readManifest, scanSet, type TrainingSet } from "../offline/index.ts";
import { loadArrow } from "../offline/files/arrow/arrow-module.ts";
import { arrowType, type ColumnBuilder, columnBuilder } from "./column-builder.ts";

/** What is read of a training set, and in batches of what size. */
export interface TrainingBatchesOptions {
  /** A training set as made, or the path of its folder. */
  readonly set: string | Pick<TrainingSet, "folder" | "manifest">;
  /** Default `train`: what is learned of the holdout no longer judges. */
  readonly part?: "train" | "holdout";
  /** Columns in the order wanted; default: all of the files, but for the numbers of rows that partitions keep. */
  readonly columns?: readonly string[];
  /** How many rows a batch has, but for the last one; default 65,536. */
  readonly rows?: number;
  /** What the path of a set is relative to; default: the working folder. */
  readonly folder?: string;
  /** Where nothing is said of a spill folder it is the system's for temporary files: partitions are put into order there. */
  readonly engine?: EngineOptions;
  readonly signal?: AbortSignal;
}

/** See {@link TrainingBatchesOptions.rows}. */
export const defaultBatchRows = 65_536;

/** The most rows that a batch may have. */
export const maxBatchRows = 16_777_216;

/**
 * Reads a training set as Arrow record batches, in the order of its rows, whatever its files are: types as in the Parquet files, columns as
 * columns, no object a row. One batch is in memory at a time, besides what the caller keeps; its columns are his, and `toArray()` of one without
 * missing values is that memory itself. Nothing is read before the first batch is asked for. To stop, leave the loop: the engine is closed then.
 *
 * @example
 * ```ts
 * for await (const batch of trainingBatches({ set: "training/eta", columns: ["prep", "late"] })) {
 *   const prep = batch.getChild("prep")?.toArray();
 * }
 * ```
 * @throws TondoError `DRIVER_MISSING` where `apache-arrow` is not installed, `MANIFEST_INVALID`, `INVALID_ARGUMENT`, `ROWS_INVALID` where the set has no
 * such column, `SOURCE_CHANGED`, `SOURCE_MISSING`, `SOURCE_UNREADABLE`, `LIMIT_EXCEEDED`, `ABORTED`
 */
export async function* trainingBatches(
  options: TrainingBatchesOptions,
): AsyncGenerator<RecordBatch, undefined, undefined> {
  const { set, part = "train", folder = ".", rows = defaultBatchRows, signal } = options;
  if (!Number.isInteger(rows) || rows < 1 || rows > maxBatchRows) {
    throw new TondoError("INVALID_ARGUMENT", `rows: ${String(rows)} is no number of rows of a batch`, {
      hint: `Give a whole number from 1 to ${String(maxBatchRows)}.`,
    });
  }
  const arrow = await loadArrow();
  const place = typeof set === "string" ? resolve(folder, set) : set.folder;
  const manifest = typeof set === "string" ? await readManifest(place) : set.manifest;
  const names = options.columns ?? manifest.columns.filter(({ role }) => role !== "row").map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice !== undefined || names.length === 0) {
    throw new TondoError(
      "INVALID_ARGUMENT",
      twice === undefined ? "columns: there is none" : `columns: "${twice}" stands twice`,
      {
        hint: "Leave `columns` out for all of them.",
      },
    );
  }
  const files = filesOfPart(manifest, part);
  if (files.length === 0) return;
  const engine = await Engine.open({ ...options.engine, spillFolder: options.engine?.spillFolder ?? tmpdir() });
  try {
    const relation = await scanSet(engine, { folder: place, manifest, part }, names, { ordered: true });
    const columns = names.map((name) => ({ name, kind: columnKind(manifest, name) ?? "string" }));
    const selected = columns.map(({ name, kind }) => held(quoteIdentifier(name), kind));
    const schema = new arrow.Schema(
      columns.map(({ name, kind }) => new arrow.Field(name, arrowType(arrow, kind), true)),
    );
    const room = Math.min(
      rows,
      files.reduce((sum, file) => sum + file.rows, 0),
    );
    const builders = columns.map(({ kind }) => columnBuilder(arrow, kind, room));
    const sql = `select ${selected.join(", ")} from (${relation})`;
    let length = 0;
    for await (const chunk of engine.chunks(sql, `reading the training set "${place}"`, signal)) {
      const items = builders.map((_, i) => chunk.items(i));
      for (let from = 0; from < chunk.rows;) {
        const count = Math.min(chunk.rows - from, rows - length);
        for (const [i, builder] of builders.entries()) {
          const own = items[i];
          if (own !== undefined) builder.append(own, from, count);
        }
        from += count;
        length += count;
        if (length < rows) continue;
        yield batchOf(arrow, schema, builders, length);
        length = 0;
      }
    }
    if (length > 0) yield batchOf(arrow, schema, builders, length);
  } finally {
    engine.close();
  }
}

function batchOf(
  arrow: typeof Arrow,
  schema: Arrow.Schema,
  builders: readonly ColumnBuilder[],
  length: number,
): RecordBatch {
  const children = builders.map((builder) => builder.finish());
  const data = arrow.makeData({ type: new arrow.Struct(schema.fields), length, nullCount: 0, children });
  return new arrow.RecordBatch(schema, data);
}

/** SQL of a value of the language in the width that Arrow has it in. */
function held(sql: string, kind: ValueKind): string {
  if (kind === "bool" || kind === "date") return `(${sql})::int`;
  if (!isList(kind)) return sql;
  const element = elementKind(kind);
  return element === "bool" || element === "date" ? `(${sql})::int[]` : sql;
}
