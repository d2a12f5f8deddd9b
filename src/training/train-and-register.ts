import { availableParallelism } from "node:os";
import { join } from "node:path";
import { type Progress, silentProgress, TondoError } from "../core/index.ts";
import { functionLibrary, requireFunctions, type UserFunction } from "../dsl/index.ts";
import { filesOfPart, readSetColumns, type Manifest, type TrainingSet } from "../featurestore/index.ts";
import type { DataReference, Metrics, ModelVersion, MovedTag, Registry, TagMove } from "../registry/index.ts";
import { columnsOf } from "./columns.ts";
import type { PartitionResult } from "./judge-partitions.ts";
import type { LevelValues } from "./partition-tree.ts";
import { modelSealer } from "./seal-model.ts";
import { type PartitionedRows, trainPartitioned, type TrainPartitionedResult } from "./train-partitioned.ts";
import type { Trainer, TrainerParameters } from "./trainer.ts";

/** What is trained, on which training set, and where it is registered. */
export interface TrainAndRegisterOptions {
  readonly registry: Registry;
  readonly set: TrainingSet;
  /** The model's name. */
  readonly model: string;
  /** One of the vector's labels. */
  readonly label: string;
  readonly trainer: Trainer;
  readonly parameters?: TrainerParameters;
  readonly seed?: number;
  /** Levels below the global one from the top down, each with the carried column that holds its values; default: none. */
  readonly levels?: readonly { readonly level: string; readonly column: string }[];
  /** A node with fewer training rows gets no model; default 1. */
  readonly minRows?: number;
  /** Moved to all trained nodes at once; nodes that have no model any more lose it. */
  readonly tag?: string;
  readonly reason?: string;
  readonly owner?: string;
  readonly description?: string;
  readonly missing?: "error" | "drop" | "keep";
  /** The functions of the project's own. */
  readonly functions?: readonly UserFunction[];
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** What came of it. */
export interface TrainAndRegisterResult extends TrainPartitionedResult {
  readonly model: string;
  /** The version of each trained node, in the order of `nodes`. */
  readonly versions: readonly { readonly version: ModelVersion; readonly created: boolean }[];
  readonly moved: readonly MovedTag[];
}

/**
 * Trains one model for each node of the hierarchy that has rows enough, registers them in one transaction and, where a tag is
 * given, moves it to all of them in another.
 *
 * @throws TondoError as `trainPartitioned` and the registry; `ROWS_INVALID` where a column lacks, `TRAINING_SET_EMPTY` where no node has
 * rows enough: tags stay where they are then; `FUNCTION_UNKNOWN`, `FUNCTION_CHANGED`, `USER_FUNCTION_FAILED`
 */
export async function trainAndRegister(options: TrainAndRegisterOptions): Promise<TrainAndRegisterResult> {
  const {
    registry,
    set,
    model,
    label,
    trainer,
    levels = [],
    minRows = 1,
    parameters,
    seed = 0,
    progress = silentProgress,
  } = options;
  const { manifest } = set;
  const vector = manifest.vector.plan;
  if (!vector.labels.some(({ name }) => name === label)) {
    throw new TondoError("INVALID_ARGUMENT", `the vector "${vector.name}" has no label "${label}"`, {
      hint: `It has ${vector.labels.map(({ name }) => name).join(", ") || "none"}.`,
    });
  }
  const functions = functionLibrary(options.functions);
  requireFunctions(vector, functions);
  const seal = modelSealer(vector, manifest.fitted, functions);
  const startedAt = Date.now() * 1000;
  const slots = vector.slots.map(({ name }) => name);
  const train = await readPart(set, "train", [...slots, label], levels, options.signal);
  const holdout = await readPart(set, "holdout", [...slots, label], levels, options.signal);
  const trained = await trainPartitioned({
    trainer,
    train,
    holdout,
    levels: levels.map(({ level }) => level),
    minRows,
    slots,
    label,
    seed,
    ...(parameters === undefined ? {} : { parameters }),
    ...(options.missing === undefined ? {} : { missing: options.missing }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    progress,
  });
  const nodes = trained.nodes.filter(
    (node): node is Extract<PartitionResult, { state: "trained" }> => node.state === "trained",
  );
  if (nodes.length === 0) {
    // Nothing to register; and a tag that were moved now would leave every node without an answer.
    throw new TondoError("TRAINING_SET_EMPTY", `no node has the ${String(minRows)} rows that a model needs`, {
      hint: "Lower `minRows`, or train on more rows.",
      details: { minRows, rows: trained.nodes.find(({ path }) => path.length === 0)?.rows ?? 0 },
    });
  }
  progress.start("registering models");
  const created = await registry.createModel({
    name: model,
    levels: ["global", ...levels.map(({ level }) => level)],
    ...(options.owner === undefined ? {} : { owner: options.owner }),
    ...(options.description === undefined ? {} : { description: options.description }),
  });
  const versions = await registry.registerVersions(
    nodes.map((node) => ({
      model: created.name,
      path: node.path,
      package: seal(node.trained),
      vector: { name: vector.name, fingerprint: manifest.vector.fingerprint },
      trainer: { name: trainer.name, version: trainer.version },
      configuration: {
        label,
        minRows,
        levels: levels.map(({ level, column }) => ({ level, column })),
        rows: node.rows,
      },
      parameters: parameters ?? {},
      metrics: flat(node.holdout.metrics, node.trained.metrics ?? {}),
      trainingSet: dataReference(manifest, "train", set.folder),
      holdoutSet: manifest.counts.holdout === 0 ? null : dataReference(manifest, "holdout", set.folder),
      seed,
      startedAt,
      endedAt: Date.now() * 1000,
      environment: {
        node: process.version,
        platform: process.platform,
        arch: process.arch,
        cores: availableParallelism(),
      },
    })),
  );
  await registry.recordNodes(
    model,
    trained.nodes.map(({ path, rows, state }) => ({ path, rows, minRows, state })),
  );
  const moved =
    options.tag === undefined
      ? []
      : await moveTags(
          options,
          options.tag,
          versions.map(({ version }) => version),
        );
  progress.finish(
    `${String(versions.length)} ${versions.length === 1 ? "version" : "versions"}, ${String(versions.filter((version) => version.created).length)} of them new`,
  );
  return { ...trained, model, versions, moved };
}

async function moveTags(
  { registry, model, reason }: TrainAndRegisterOptions,
  tag: string,
  versions: readonly ModelVersion[],
): Promise<readonly MovedTag[]> {
  const because = reason === undefined ? {} : { reason };
  const moves: TagMove[] = versions.map(({ id, path }) => ({ model, tag, path, versionId: id, ...because }));
  const kept = new Set(versions.map(({ path }) => JSON.stringify(path)));
  for (let after; ;) {
    const page = await registry.listTags(model, { tag, limit: 1000, ...(after === undefined ? {} : { after }) });
    for (const { path } of page) {
      // A node without a model of this training must not answer with one of an older vector.
      if (!kept.has(JSON.stringify(path))) moves.push({ model, tag, path, versionId: null, ...because });
    }
    after = page.at(-1);
    if (page.length < 1000 || after === undefined) break;
  }
  return registry.setTags(moves);
}

async function readPart(
  set: TrainingSet,
  part: "train" | "holdout",
  numbers: readonly string[],
  levels: readonly { readonly column: string }[],
  signal: AbortSignal | undefined,
): Promise<PartitionedRows> {
  const texts = levels.map(({ column }) => column);
  const read = await readSetColumns({ set, part, numbers, texts, ...(signal === undefined ? {} : { signal }) });
  return {
    columns: columnsOf(Object.fromEntries(read.numbers)),
    levels: texts.map((name): LevelValues => read.texts.get(name) ?? []),
  };
}

function dataReference(manifest: Manifest, part: "train" | "holdout", folder: string): DataReference {
  const files = filesOfPart(manifest, part);
  const [file] = files;
  const isAlone = file !== undefined && !file.path.includes("/");
  return {
    digest: manifest.inputsDigest,
    path: join(folder, isAlone ? file.path : part),
    counts: { ...manifest.counts, rows: files.reduce((sum, { rows }) => sum + rows, 0) },
  };
}

/** Holdout metrics by name, and the trainer's own as `trainer_NAME`. */
function flat(metrics: Metrics, own: Readonly<Record<string, number | null>>): Record<string, number | null> {
  return {
    ...Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value])),
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [`trainer_${name}`, value])),
  };
}
