import { resolve } from "node:path";
import { defined, type Progress, TondoError } from "../../../core/index.ts";
import type { EngineOptions } from "../../duckdb/index.ts";
import type { SparkOptions } from "../../spark/index.ts";
import { checkSpecification, inFolder, type Specification } from "../../specification/index.ts";
import type { CheckpointOptions } from "./kept-joins.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { type FilePlaces, holdingFiles, placesOf } from "../files/file-places.ts";
import type { FileDigest } from "../files/source-files.ts";
import { makeSetOf, type TrainingSet } from "./training-set.ts";

/** What is made again, and where. */
export interface ReproduceOptions extends CheckpointOptions, FilePlaces {
  /** The folder of the training set, or its manifest. */
  readonly set: string;
  /** The folder to make; another one than that of the set. */
  readonly output: string;
  readonly engine?: EngineOptions;
  /** Joins run in this Spark; default: in the embedded engine. The files are the same. */
  readonly spark?: SparkOptions;
  /** How many different values `vocab`, `onehot` or `fill(mode)` may count; default a million. The manifest does not say what was allowed. */
  readonly maxDistinct?: number;
  readonly progress?: Progress;
  readonly signal?: AbortSignal;
}

/** A training set that was made again. */
export interface Reproduction extends TrainingSet {
  /** What of it is other than in the first one, in sentences: nothing where its files are the same, byte by byte. */
  readonly differences: readonly string[];
}

/**
 * Makes a training set again from its manifest: the plan that it was made with, whatever is applied now, over the same files. These are
 * looked at first, and nothing is made where one is another.
 *
 * @example
 * ```ts
 * const again = await reproduceTrainingSet({ set: "training/eta", folder: ".", output: "training/eta-again" });
 * again.differences; // []
 * ```
 * @throws TondoError `NOT_REPRODUCIBLE` where a file changed, went or came, with all of them, or where the rows came from memory; `INVALID_ARGUMENT`
 * where the output is the set itself; `MANIFEST_INVALID` and what `makeTrainingSet` throws
 */
export function reproduceTrainingSet(options: ReproduceOptions): Promise<Reproduction> {
  return holdingFiles(options, options, reproduce);
}

async function reproduce(options: ReproduceOptions): Promise<Reproduction> {
  const { folder, signal } = options;
  const place = resolve(folder, options.set).replace(/[\\/]manifest\.json$/, "");
  if (resolve(folder, options.output) === resolve(place)) {
    throw new TondoError("INVALID_ARGUMENT", `"${options.output}" is the set that is to be made again`, {
      where: place,
      hint: "Give another folder to make: the first set is left as it is, to be compared with.",
    });
  }
  const manifest = await readManifest(place);
  const { vector } = manifest;
  const specification = specificationOf(manifest, place);
  const { name, owner, project, description, features, label, ...asked } = specification;
  const about = { name, owner, project, description, features, label };
  const { vector: _, output, ...rest } = asked;
  const { engine, spark, maxDistinct, checkpointAfter, checkpointLimit, progress } = options;
  const set = await makeSetOf(
    {
      ...rest,
      vector: vector.plan,
      ...(manifest.applied === undefined ? {} : { applied: new Map(Object.entries(manifest.applied)) }),
      about: defined(about),
      ...placesOf(options),
      output: inFolder(output, options.output),
      ...defined({ engine, spark, maxDistinct, checkpointAfter, checkpointLimit, progress, signal }),
    },
    (inputs) => {
      const changes = changedInputs(manifest, inputs);
      if (changes.length === 0) return;
      throw new TondoError(
        "NOT_REPRODUCIBLE",
        `the inputs of "${options.set}" are other ones now: ${changes.join("; ")}`,
        {
          where: place,
          hint: "Bring the files back, or make a new training set.",
          details: { changes },
        },
      );
    },
  );
  return { ...set, differences: differencesOf(manifest, set.manifest) };
}

function specificationOf({ specification }: Manifest, place: string): Specification & { readonly rows: string } {
  if (specification === undefined) {
    throw new TondoError(
      "NOT_REPRODUCIBLE",
      "the manifest does not say what was asked for: it is of an older version",
      {
        where: place,
        hint: "Make the training set anew.",
      },
    );
  }
  if (specification["rows"] === undefined) {
    throw new TondoError(
      "NOT_REPRODUCIBLE",
      "its rows came from a program's memory, of which only the digest was kept",
      {
        where: place,
        hint: "Make it again by the program, with the same rows; or write the rows to a file and make it from that.",
      },
    );
  }
  const checked = checkSpecification(specification, { where: () => place });
  if (typeof checked.rows !== "string") throw new TondoError("INTERNAL", "a specification of a manifest has no path");
  return { ...checked, rows: checked.rows };
}

/** What of the inputs is other than it was, file by file. */
function changedInputs(
  manifest: Pick<Manifest, "sources" | "left">,
  now: Pick<Manifest, "sources" | "left">,
): readonly string[] {
  const changes = manifest.sources.flatMap(({ source, files }) =>
    changedFiles(`source "${source}"`, files, now.sources.find((one) => one.source === source)?.files ?? []),
  );
  return [...changes, ...changedFiles("the training rows", manifest.left.files, now.left.files)];
}

function changedFiles(what: string, before: readonly FileDigest[], now: readonly FileDigest[]): readonly string[] {
  const own = new Map(now.map((file) => [file.path, file]));
  const gone = before.flatMap(({ path, sha256 }) => {
    const file = own.get(path);
    own.delete(path);
    if (file === undefined) return [`${what}: "${path}" is gone`];
    return file.sha256 === sha256 ? [] : [`${what}: "${path}" has changed`];
  });
  return [...gone, ...[...own.keys()].map((path) => `${what}: "${path}" is new`)];
}

function differencesOf(before: Manifest, now: Manifest): readonly string[] {
  const differences = now.files.flatMap(({ path, sha256 }) => {
    const first = before.files.find((file) => file.path === path);
    if (first === undefined) return [`${path} was not in the first set`];
    return first.sha256 === sha256 ? [] : [`${path} has other bytes`];
  });
  const gone = before.files.filter(({ path }) => !now.files.some((file) => file.path === path));
  const all = [...differences, ...gone.map(({ path }) => `${path} is not made any more`)];
  if (all.length === 0) return [];
  if (before.engine !== now.engine) all.push(`the first one was made by ${before.engine}, this one by ${now.engine}`);
  if (before.inputsDigest !== now.inputsDigest) all.push("the version of Tondo makes other files of the same inputs");
  return all;
}
