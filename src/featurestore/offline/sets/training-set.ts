import { mkdir, rm } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import {
  canonicalJson,
  type Progress,
  sha256,
  silentProgress,
  temporaryBeside,
  TondoError,
  writeFileAtomic,
} from "../../../core/index.ts";
import { functionLibrary, requireFunctions, vectorFingerprint, type VectorPlan } from "../../../dsl/index.ts";
import { Engine, type EngineOptions } from "../../duckdb/index.ts";
import {
  meantName,
  normalChoice,
  normalSpecification,
  type Specification,
  specificationError,
  type Written,
} from "../../specification/index.ts";
import { selectExpressions } from "../expressions-sql.ts";
import { fitVector } from "./fit.ts";
import { digestRows, digestSources, stampInputs, withoutPaths } from "./input-files.ts";
import type { WindowJoin } from "../joins/join.ts";
import type { LeftRows, LoadedRows } from "../rows/left-rows.ts";
import { loadLeftRows } from "../rows/load-left-rows.ts";
import { type Manifest, manifestFile, type OutputFile } from "./manifest.ts";
import { outputColumns } from "./output-columns.ts";
import { clearLeftovers, existingSet, replaceFolder } from "./output-folder.ts";
import { lockOutput } from "./output-lock.ts";
import { digestFiles, filesOf } from "../files/source-files.ts";
import { keyColumnsOf, type RowChoice } from "../rows/row-choice.ts";
import { type Part, parts, partSql, splitMicros, type SplitMicros } from "./split.ts";
import { balanceClasses } from "./balance-classes.ts";
import { type JoinedTable, joinTableOf } from "../joins/vector-table.ts";
import { writePart } from "./write-part.ts";

/** What a training set is made from. */
export interface TrainingSetOptions extends Pick<
  Specification,
  "at" | "carry" | "filters" | "sampling" | "split" | "cutoff" | "classBalance" | "raw" | "output"
> {
  readonly vector: VectorPlan;
  /** Parquet or CSV (a path, relative to `folder`), or rows in memory. */
  readonly rows: LeftRows;
  /** What the set is for and from: kept in the manifest, and nothing else. */
  readonly about?: Pick<Specification, "name" | "owner" | "project" | "description" | "features" | "label">;
  /** Where the specification was written, for errors. */
  readonly written?: Written;
  /** The project folder, which the paths of sources are relative to. */
  readonly folder: string;
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
  const keys = keyColumnsOf(vector);
  const split = splitMicros(options.split ?? {}, options.cutoff, keys);
  requireLabel(options);
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
    choice: normalChoice(options, [...keys, at]),
    carry,
    raw,
  };
  const specification = specificationOf(options, keys);
  const inputsDigest = sha256(canonicalJson(inputs));
  const found = await existingSet(output, inputsDigest, signal);
  if (found !== undefined)
    return { folder: output, manifest: await describe(found, specification, output), made: false };

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
      specification,
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

/** A class balance is of a label that there is. */
function requireLabel({ vector, classBalance, written }: TrainingSetOptions): void {
  if (classBalance === undefined) return;
  const names = vector.labels.map(({ name }) => name);
  if (names.includes(classBalance.label)) return;
  throw specificationError(
    [
      {
        path: ["classBalance", "label"],
        message: `names the label "${classBalance.label}", which the set does not have`,
        hint: meantName(classBalance.label, names, "label"),
      },
    ],
    written,
  );
}

/** What was asked for, as a manifest keeps it. */
function specificationOf(options: TrainingSetOptions, keys: readonly string[]): NonNullable<Manifest["specification"]> {
  const { about = {}, vector, rows, folder, output, ...rest } = options;
  return normalSpecification(
    {
      ...rest,
      ...about,
      ...(about.features === undefined ? { vector: vector.name } : {}),
      ...(typeof rows === "string" ? { rows } : {}),
      output: relative(folder, output) || ".",
    },
    keys,
  );
}

/** A set that is found is the one asked for; who owns it and what it is for may be said otherwise now. */
async function describe(
  found: Manifest,
  specification: NonNullable<Manifest["specification"]>,
  folder: string,
): Promise<Manifest> {
  if (canonicalJson(found.specification ?? {}) === canonicalJson(specification)) return found;
  const manifest = { ...found, specification };
  await writeFileAtomic(join(folder, manifestFile), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
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
    const choice = this.#choice(at);
    const left = await loadLeftRows({ engine, vector, rows, at, carry, folder, labels: true, choice, signal });
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
        `of ${String(left.rows + left.filtered + left.unsampled)} rows none is left to train on${where === "" ? "" : `: ${where}`}`,
        {
          hint: "Check the filters, the split, the cutoff, and that the labels and their `known` are filled in.",
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
      rows: left.rows + left.filtered + left.unsampled,
      counts,
      fitted,
      columns,
      files,
      joins: joined.reports,
      engine: `DuckDB ${String(version?.["v"])}`,
    };
  }

  #choice(at: string): RowChoice {
    const { vector, filters = [], sampling, split, classBalance, written } = this.#options;
    const balanceSeed = classBalance === undefined ? undefined : (classBalance.seed ?? 0);
    return { filters, sampling, holdout: split?.holdout, balanceSeed, keys: keyColumnsOf(vector), at, written };
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
    const { classBalance } = this.#options;
    if (classBalance !== undefined) {
      const label = vector.labels.findIndex(({ name }) => name === classBalance.label);
      const { ratio = 1 } = classBalance;
      await balanceClasses({
        engine: this.#engine,
        label: `label${String(label)}`,
        ratio,
        columns: left.columns,
        signal,
      });
    }
    const rows = await this.#engine.rows(
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
}
