import { mkdir, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { temporaryBeside, writeFileAtomic } from "../../../core/index.ts";
import { functionLibrary, requireFunctions } from "../../../dsl/index.ts";
import { Engine } from "../../duckdb/index.ts";
import { fileChoice, inFolder, outputFolder } from "../../specification/index.ts";
import { holdingFiles } from "../files/file-places.ts";
import { keyColumnsOf } from "../rows/row-choice.ts";
import { describeAnew, requireLabel, specificationOf } from "./asked-specification.ts";
import { appliedGroups } from "./applied-groups.ts";
import { buildSet } from "./build-set.ts";
import { fileError } from "./file-error.ts";
import { keptFolder, keptJoins } from "./kept-joins.ts";
import { ofUnchanged, stampInputs } from "./input-files.ts";
import { type Manifest, manifestFile } from "./manifest.ts";
import { clearLeftovers, existingSet, replaceFolder } from "./output-folder.ts";
import { lockOutput } from "./output-lock.ts";
import { requirePartitionColumns } from "./output-partitions.ts";
import { type SetInputs, setInputs } from "./set-inputs.ts";
import { splitMicros } from "./split.ts";
import type { TrainingSetOptions } from "./training-set-options.ts";

/** A training set as made or found. */
export interface TrainingSet {
  readonly folder: string;
  readonly manifest: Manifest;
  /** False where the folder already held the set of the same inputs. */
  readonly made: boolean;
}

/**
 * Makes a training set: features as of each row's moment, by the time contract; a vector fitted on the training rows alone; its
 * slots, computed by the generated JavaScript that also serves, as Parquet; and a manifest. Either the whole folder
 * appears or nothing does. Where the folder already holds the set of the same inputs it is left as it is. What a killed run had joined is
 * taken up again by the next one of the same inputs.
 *
 * @throws TondoError `ROWS_INVALID`, `SOURCE_MISSING`, `SOURCE_CHANGED`, `SOURCE_UNREADABLE`, `TRAINING_SET_EMPTY`, `LIMIT_EXCEEDED`,
 * `FUNCTION_UNKNOWN`, `FUNCTION_CHANGED`, `USER_FUNCTION_FAILED`, `TRAINING_SET_EXISTS` where the folder holds something else, `HOME_BUSY` where another run is making it, `IO_FAILED`, `ABORTED`
 */
export function makeTrainingSet(options: TrainingSetOptions): Promise<TrainingSet> {
  return makeSetOf(options, () => undefined);
}

/**
 * As {@link makeTrainingSet}, of inputs that are looked at before anything is made of them.
 *
 * @param check throws where the files are not those that are meant
 */
export async function makeSetOf(
  options: TrainingSetOptions,
  check: (inputs: Pick<SetInputs, "sources" | "left">) => void,
): Promise<TrainingSet> {
  const output = resolve(options.folder, outputFolder(options.output));
  try {
    await mkdir(dirname(output), { recursive: true });
    using _lock = lockOutput(output);
    await clearLeftovers(output);
    try {
      return await holdingFiles(options, options, (held) =>
        make({ ...held, output: inFolder(options.output, output) }, check),
      );
    } finally {
      await rm(keptFolder(output), { recursive: true, force: true });
    }
  } catch (error) {
    throw fileError(error, output);
  }
}

async function make(options: TrainingSetOptions, check: Parameters<typeof makeSetOf>[1]): Promise<TrainingSet> {
  const started = performance.now();
  const { vector, signal } = options;
  const output = outputFolder(options.output);
  const keys = keyColumnsOf(vector);
  const split = splitMicros(options.split ?? {}, options.cutoff, keys);
  requireLabel(options);
  requirePartitionColumns(fileChoice(options.output), vector, options.carry ?? [], options.written);
  requireFunctions(vector, functionLibrary(options.engine?.functions));
  const before = await stampInputs(options);
  const { fingerprint, files, sources, left, applied, appliedUntil, digestUntil } = await setInputs(options, split);
  check({ sources, left });
  const specification = specificationOf(options, keys);
  const isAsked = (one: Manifest): boolean => one.inputsDigest === digestUntil(one.lastAsked);
  const found = await existingSet(output, isAsked, signal);
  if (found !== undefined)
    return { folder: output, manifest: await describeAnew(found, specification, output), made: false };

  const part = temporaryBeside(output);
  await mkdir(part);
  let engine: Engine | undefined;
  try {
    const opened = await Engine.open({ spillFolder: join(part, "spill"), ...options.engine });
    engine = opened;
    await opened.watch((rows) => options.progress?.within?.(rows));
    const kept = await keptJoins({
      ...{ engine, output, signal, bounds: options },
      inputs: { inputsDigest: digestUntil(undefined), plan: options.plan ?? null },
    });
    const groups = appliedGroups(vector, applied, files);
    const built = await ofUnchanged(options, before, () => buildSet(opened, { ...options, groups }, split, part, kept));
    const known = appliedUntil(built.lastAsked);
    const manifest: Manifest = {
      version: 1,
      inputsDigest: digestUntil(built.lastAsked),
      vector: { name: vector.name, fingerprint, plan: vector },
      sources,
      left,
      ...(known === undefined ? {} : { applied: known }),
      split,
      specification,
      ...built,
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
