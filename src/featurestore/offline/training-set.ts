import { createHash } from "node:crypto";
import { mkdir, open, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setImmediate } from "node:timers/promises";
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
import {
  compileRows,
  type Fitted,
  functionLibrary,
  quoteIdentifier,
  requireFunctions,
  vectorFingerprint,
  type VectorPlan,
} from "../../dsl/index.ts";
import { Engine, type EngineOptions, sqlText, toFile } from "../duckdb/index.ts";
import { programCall, selectExpressions } from "./expressions-sql.ts";
import { fitVector } from "./fit.ts";
import type { WindowJoin } from "./join.ts";
import { type LeftRow, type LeftRows, loadLeftRows, type LoadedRows } from "./left-rows.ts";
import { type Manifest, manifestFile, type OutputColumn, type OutputFile } from "./manifest.ts";
import { clearLeftovers, existingSet, replaceFolder } from "./output-folder.ts";
import { lockOutput } from "./output-lock.ts";
import { digestFiles, type FileDigest, filesOf, stampFiles, transportsAtRest } from "./source-files.ts";
import { type Part, parts, partSql, type Split, splitMicros, type SplitMicros } from "./split.ts";
import { type JoinedTable, joinTableOf, kindOf } from "./vector-table.ts";

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
      if (counts[name] > 0) files.push(await this.#write(name, counts[name], fitted, table, left, columns));
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

  async #write(
    name: "train" | "holdout",
    rows: number,
    fitted: Fitted,
    table: JoinedTable,
    left: LoadedRows,
    columns: readonly OutputColumn[],
  ): Promise<OutputFile> {
    const { vector, signal } = this.#options;
    // All slots in one program, so that a part they share is computed once.
    const program = compileRows(
      vector.slots.map((slot, i) => ({ name: `slot${String(i)}`, value: slot.value })),
      fitted,
      { functions: this.#engine.functions },
    );
    const { call, result } = programCall(this.#engine, program, table.leaf);
    const read = vector.reads.map((read) => ({
      ...read,
      sql: table.leaf({ node: "stored", name: read.id, type: read.type }),
    }));
    const sqlOf = (column: OutputColumn): string => {
      switch (column.role) {
        case "at":
          return "make_timestamp(q)";
        case "slot": {
          const i = vector.slots.findIndex((slot) => slot.name === column.name);
          return toFile(result(i), kindOf(vector.slots[i] ?? { type: "float" }));
        }
        case "label": {
          const i = vector.labels.findIndex((label) => label.name === column.name);
          return toFile(`label${String(i)}`, kindOf(vector.labels[i] ?? { type: "float" }));
        }
        case "raw": {
          const one = read.find(({ id }) => id === column.name);
          return toFile(one?.sql ?? "null", kindOf(one ?? { type: "float" }));
        }
        default: {
          const kind = [...vector.keys, ...vector.inputs].find(({ name: own }) => own === column.name);
          const carried = left.carried.find(({ name: own }) => own === column.name);
          return toFile(left.column(column.name), carried?.kind ?? kindOf(kind ?? { type: "string" }));
        }
      }
    };
    const path = join(this.#folder, `${name}.parquet`);
    const selected = columns.map((column) => `${sqlOf(column)} as ${quoteIdentifier(column.name)}`);
    await this.#engine.run(
      `copy (select ${selected.join(", ")} from (select *, ${call} as js from classified where part = '${name}') order by row)
       to ${sqlText(path)} (format parquet, compression zstd, row_group_size 122880)`,
      `writing ${name}.parquet`,
      signal,
    );
    const file = await open(path, "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    const [digest] = await digestFiles([path], this.#folder);
    return { part: name, rows, path: `${name}.parquet`, bytes: digest?.bytes ?? 0, sha256: digest?.sha256 ?? "" };
  }
}

function outputColumns(vector: VectorPlan, left: LoadedRows, raw: boolean): readonly OutputColumn[] {
  const columns: OutputColumn[] = [
    { name: "at", role: "at", type: "timestamp" },
    ...vector.keys.map(({ name, type }): OutputColumn => ({ name, role: "key", type })),
    ...left.carried.map(({ name, kind }): OutputColumn => ({ name, role: "carried", type: kind })),
    ...vector.slots.map(({ name, type }): OutputColumn => ({ name, role: "slot", type })),
    ...vector.labels.map(({ name, type }): OutputColumn => ({ name, role: "label", type })),
    ...(raw ? vector.reads.map(({ id, type }): OutputColumn => ({ name: id, role: "raw", type })) : []),
  ];
  // Engines that read the file, as SQL does, take `km` and `KM` for one.
  const names = columns.map(({ name }) => name.toLowerCase());
  const twice = columns.find((_, i) => names.indexOf(names[i] ?? "") !== i)?.name;
  if (twice === undefined) return columns;
  throw new TondoError("ROWS_INVALID", `two columns of the training set would be named "${twice}"`, {
    hint: "Rename the carried column, or the slot.",
  });
}

/** Digests of the files of all sources that a vector reads. */
export async function digestSources(
  vector: Pick<VectorPlan, "sources">,
  folder: string,
  signal?: AbortSignal,
): Promise<Manifest["sources"]> {
  const digests: { source: string; files: FileDigest[] }[] = [];
  for (const source of vector.sources) {
    const files: FileDigest[] = [];
    for (const { path } of transportsAtRest(source))
      files.push(...(await digestFiles(await filesOf(path, folder, `source "${source.name}"`), folder, signal)));
    digests.push({ source: source.name, files });
  }
  return digests;
}

function withoutPaths(sources: Manifest["sources"]): unknown {
  return sources.map(({ source, files }) => ({ source, files: files.map(({ sha256: hash }) => hash) }));
}

/** What the file system says of all files that go in: source by source, and the left rows'. */
async function stampInputs({ vector, rows, folder }: TrainingSetOptions): Promise<string> {
  const stamps: string[] = [];
  for (const source of vector.sources)
    for (const { path } of transportsAtRest(source))
      stamps.push(await stampFiles(await filesOf(path, folder, `source "${source.name}"`)));
  if (typeof rows === "string") stamps.push(await stampFiles(await filesOf(rows, folder, "training rows")));
  return canonicalJson(stamps);
}

/** Row by row: one text of all of them may be longer than a text can be. */
async function digestRows(rows: readonly LeftRow[], signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  for (const [i, row] of rows.entries()) {
    if (i % 10_000 === 9_999) await setImmediate();
    if (signal?.aborted === true)
      throw new TondoError("ABORTED", "hashing rows was cancelled", { cause: signal.reason });
    const text = JSON.stringify(row, (_key, value: unknown) =>
      typeof value === "bigint" ? { int: value.toString() } : value,
    ) as string | undefined;
    hash.update(`${text ?? ""}\n`);
  }
  return hash.digest("hex");
}
