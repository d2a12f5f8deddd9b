import { mkdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import {
  canonicalJson,
  type Moment,
  type Progress,
  sha256,
  silentProgress,
  temporaryBeside,
  TondoError,
  writeFileAtomic,
} from "../../core/index.ts";
import { functionLibrary, requireFunctions, vectorFingerprint, type VectorPlan } from "../../dsl/index.ts";
import { Engine, type EngineOptions } from "../duckdb/index.ts";
import { selectExpressions } from "./expressions-sql.ts";
import { fitVector } from "./fit.ts";
import { digestRows, digestSources, stampInputs, withoutPaths } from "./input-files.ts";
import type { WindowJoin } from "./join.ts";
import { type LeftRows, loadLeftRows, type LoadedRows } from "./left-rows.ts";
import { type Manifest, manifestFile, type OutputFile } from "./manifest.ts";
import { outputColumns } from "./output-columns.ts";
import { clearLeftovers, existingSet, replaceFolder } from "./output-folder.ts";
import { lockOutput } from "./output-lock.ts";
import { digestFiles, filesOf } from "./source-files.ts";
import { type Part, parts, partSql, type Split, splitMicros, type SplitMicros } from "./split.ts";
import { type JoinedTable, joinTableOf } from "./vector-table.ts";
import { writePart } from "./write-part.ts";

/** What a training set is made from. */
export interface TrainingSetOptions {
  readonly vector: VectorPlan;
  /** Parquet or CSV (a path, relative to `folder`), or rows in memory. */
  readonly rows: LeftRows;
  /** The column of the rows that says when each asks; default `at`. */
  readonly at?: string;
  /** Further columns of the rows to carry into the files, for partitions and slices. */
  readonly carry?: readonly string[];
  /** Default: all rows train. */
  readonly split?: Split;
  /** Labels known later are not mature, and their rows left out; default: none is left out for that. */
  readonly cutoff?: Moment;
  /** The project folder, which the paths of sources are relative to. */
  readonly folder: string;
  /** The folder to make. */
  readonly output: string;
  /** Whether the raw values read are written beside the slots. */
  readonly raw?: boolean;
  readonly windows?: WindowJoin;
  /** How many different values `vocab`, `onehot` or `fill(mode)` may count; default a million. */
  readonly maxDistinct?: number;
  readonly engine?: EngineOptions;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** A training set as made or found. */
export interface TrainingSet {
  readonly folder: string;
  readonly manifest: Manifest;
  /** False where the folder already held the set of the same inputs. */
  readonly made: boolean;
}

/** Raised whenever the files of the same inputs would differ. */
const format = 1;

/**
 * Makes a training set: features as of each row's moment, by the time contract; a vector fitted on the training rows alone; its
 * slots, computed by the generated JavaScript that also serves, as Parquet; and a manifest. Either the whole folder
 * appears or nothing does. Where the folder already holds the set of the same inputs it is left as it is.
 *
 * @throws TondoError `ROWS_INVALID`, `SOURCE_MISSING`, `SOURCE_CHANGED`, `SOURCE_UNREADABLE`, `TRAINING_SET_EMPTY`, `LIMIT_EXCEEDED`,
 * `FUNCTION_UNKNOWN`, `FUNCTION_CHANGED`, `USER_FUNCTION_FAILED`, `TRAINING_SET_EXISTS` where the folder holds something else, `HOME_BUSY` where another run is making it, `IO_FAILED`, `ABORTED`
 */
export async function makeTrainingSet(options: TrainingSetOptions): Promise<TrainingSet> {
  const output = resolve(options.folder, options.output);
  try {
    await mkdir(dirname(output), { recursive: true });
    using _lock = lockOutput(output);
    await clearLeftovers(output);
    return await make({ ...options, output });
  } catch (error) {
    throw fileError(error, output);
  }
}

async function make(options: TrainingSetOptions): Promise<TrainingSet> {
  const started = performance.now();
  const { vector, rows, at = "at", carry = [], folder, output, raw = false, progress = silentProgress } = options;
  const { signal } = options;
  const split = splitMicros(options.split ?? {}, options.cutoff);
  requireFunctions(vector, functionLibrary(options.engine?.functions));
  const before = await stampInputs(options);
  const sources = await digestSources(vector, folder, signal);
  const leftFiles =
    typeof rows === "string" ? await digestFiles(await filesOf(rows, folder, "training rows"), folder, signal) : [];
  const left = { at, files: leftFiles, digest: typeof rows === "string" ? null : await digestRows(rows, signal) };
  const fingerprint = vectorFingerprint(vector);
  const inputs = {
    format,
    fingerprint,
    sources: withoutPaths(sources),
    left: { ...left, files: leftFiles.map(({ sha256: hash }) => hash) },
    split,
    carry,
    raw,
  };
  const inputsDigest = sha256(canonicalJson(inputs));
  const found = await existingSet(output, inputsDigest, signal);
  if (found !== undefined) return { folder: output, manifest: found, made: false };

  const part = temporaryBeside(output);
  await mkdir(part);
  let engine: Engine | undefined;
  try {
    engine = await Engine.open({ spillFolder: join(part, "spill"), ...options.engine });
    const made = await new Work(engine, options, split, part).run(at, carry, raw, progress);
    if ((await stampInputs(options)) !== before) {
      throw new TondoError(
        "SOURCE_CHANGED",
        "the files of a source or of the training rows changed while they were read",
        {
          hint: "Run it again when nobody writes them; nothing has been kept.",
        },
      );
    }
    const manifest: Manifest = {
      version: 1,
      inputsDigest,
      vector: { name: vector.name, fingerprint, plan: vector },
      sources,
      left,
      split,
      ...made,
      madeAt: new Date().toISOString(),
      seconds: Math.round(performance.now() - started) / 1000,
    };
    engine.close();
    await rm(join(part, "spill"), { recursive: true, force: true });
    await writeFileAtomic(join(part, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
    await replaceFolder(part, output);
    return { folder: output, manifest, made: true };
  } finally {
    engine?.close();
    await rm(part, { recursive: true, force: true });
  }
}

/** What the file system itself says (no room, no right) as this library's error. */
function fileError(error: unknown, output: string): unknown {
  const { code, syscall } = error as Partial<NodeJS.ErrnoException>;
  if (error instanceof TondoError || code === undefined || syscall === undefined) return error;
  return new TondoError("IO_FAILED", `"${output}" cannot be made: ${error instanceof Error ? error.message : code}`, {
    where: output,
    hint: "Check that the folder above it can be written and has room.",
    cause: error,
  });
}

/** The steps of one training set on one engine. */
class Work {
  readonly #engine: Engine;
  readonly #options: TrainingSetOptions;
  readonly #split: SplitMicros;
  readonly #folder: string;

  constructor(engine: Engine, options: TrainingSetOptions, split: SplitMicros, folder: string) {
    this.#engine = engine;
    this.#options = options;
    this.#split = split;
    this.#folder = folder;
  }

  async run(
    at: string,
    carry: readonly string[],
    raw: boolean,
    progress: Progress,
  ): Promise<Pick<Manifest, "rows" | "counts" | "fitted" | "columns" | "files" | "joins" | "engine">> {
    const { vector, rows, folder, signal, windows } = this.#options;
    const engine = this.#engine;
    progress.start(
      "joining features",
      new Set(
        [...vector.reads, ...vector.labelReads].map(({ entity, group, key }) => JSON.stringify([entity, group, key])),
      ).size,
    );
    const left = await loadLeftRows({ engine, vector, rows, at, carry, folder, labels: true, signal });
    const joined = await joinTableOf({ engine, vector, left, folder, windows, progress, signal });
    const counts = await this.#classify(joined, left);
    progress.finish(`${String(left.rows)} rows`);
    if (counts.train === 0) {
      const where = parts
        .filter((name) => counts[name] > 0)
        .map((name) => `${String(counts[name])} ${name}`)
        .join(", ");
      throw new TondoError(
        "TRAINING_SET_EMPTY",
        `of ${String(left.rows)} rows none is left to train on${where === "" ? "" : `: ${where}`}`,
        {
          hint: "Check the split's dates, the cutoff, and that the labels and their `known` are filled in.",
          details: { counts },
        },
      );
    }
    progress.start("fitting and writing");
    const table: JoinedTable = { ...joined, sql: "select * from classified" };
    const fitted = await fitVector({
      engine,
      vector,
      table,
      from: "select * from classified where part = 'train'",
      maxDistinct: this.#options.maxDistinct,
      signal,
    });
    const columns = outputColumns(vector, left, raw);
    const files: OutputFile[] = [];
    for (const name of ["train", "holdout"] as const) {
      if (counts[name] > 0)
        files.push(
          await writePart({
            engine,
            vector,
            left,
            table,
            fitted,
            columns,
            part: name,
            rows: counts[name],
            folder: this.#folder,
            signal,
          }),
        );
    }
    progress.finish();
    const [version] = await engine.rows("select version() as v", "asking the engine's version");
    return {
      rows: left.rows,
      counts,
      fitted,
      columns,
      files,
      joins: joined.reports,
      engine: `DuckDB ${String(version?.["v"])}`,
    };
  }

  /** Makes the table `classified`: the joined rows with their labels `label0`, ... and their part. */
  async #classify(joined: JoinedTable, left: LoadedRows): Promise<Record<Part, number>> {
    const { vector, signal } = this.#options;
    const expressions = vector.labels.flatMap((label, i) => [
      { name: `label${String(i)}`, value: label.value },
      ...label.known.map((value, j) => ({ name: `known${String(i)}_${String(j)}`, value })),
    ]);
    const { sql } = selectExpressions(this.#engine, joined.sql, expressions, joined.leaf);
    const part = partSql(
      vector,
      this.#split,
      (i) => `label${String(i)}`,
      (i, j) => `known${String(i)}_${String(j)}`,
    );
    await this.#engine.run(
      `create or replace temp table classified as select *, ${part} as part from (${sql}) order by row`,
      "labelling rows",
      signal,
    );
    // All of it stands in `classified` now.
    for (const table of [left.table, ...joined.tables])
      await this.#engine.run(`drop table ${table}`, "labelling rows", signal);
    const rows = await this.#engine.rows(
      "select part, count(*)::double as n from classified group by part",
      "counting rows",
      signal,
    );
    const counts = Object.fromEntries(parts.map((name) => [name, 0])) as Record<Part, number>;
    for (const row of rows) counts[String(row["part"]) as Part] = Number(row["n"]);
    return counts;
  }
}
