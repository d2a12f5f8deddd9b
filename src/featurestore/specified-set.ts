import { resolve } from "node:path";
import { type AnyProject, defined, type ProjectTypes, TondoError, type VectorName } from "../core/index.ts";
import type { ProjectPlan } from "../dsl/index.ts";
import type { AppliedLog } from "./applied/index.ts";
import type { EngineOptions } from "./duckdb/index.ts";
import {
  type FilePlaces,
  type LeftRows,
  makeTrainingSet,
  placesOf,
  type TrainingSet,
  type TrainingSetOptions,
} from "./offline/index.ts";
import { groupName } from "./online/index.ts";
import type { SparkOptions } from "./spark/index.ts";
import {
  checkSpecification,
  inFolder,
  outputFolder,
  readSpecification,
  type Specification,
  specifiedVector,
  type Written,
} from "./specification/index.ts";

/** A specification from a program: rows may be in memory. */
type Members<P extends ProjectTypes> = Omit<Specification<P>, "$schema" | "rows" | "vector" | "features"> & {
  readonly rows: LeftRows;
};

/** What is joined: a vector, or features. */
type Joined<P extends ProjectTypes> =
  | { readonly vector: VectorName<P>; readonly features?: never }
  | { readonly features: NonNullable<Specification<P>["features"]>; readonly vector?: never };

/**
 * What `tondo.trainingSet` takes: all that a specification says, by the same names; or the file of one in `spec`, and what is to be otherwise
 * than there.
 */
export type TrainingSetCall<P extends ProjectTypes = AnyProject> = Pick<
  TrainingSetOptions,
  "plan" | "maxDistinct" | "checkpointAfter" | "checkpointLimit" | "spark" | "progress" | "signal"
> & {
  /** Where joins run; default `duckdb`, in this process. The files come out the same, byte by byte; `spark` says which Spark. */
  readonly engine?: "duckdb" | "spark";
} & (
    | (Members<P> & Joined<P> & { readonly spec?: never })
    | (Partial<Members<P>> &
        (Joined<P> | { readonly vector?: never; readonly features?: never }) & {
          /** A JSON file, from the project folder. */
          readonly spec: string;
        })
  );

/** What a training set is made with beside what is asked for. */
export interface SpecifiedSetContext extends FilePlaces {
  readonly project: () => Promise<ProjectPlan>;
  /** When the rows of some groups (`entity:group`) were first applied online; without those where nothing was loaded. */
  readonly applied?: (groups: readonly string[]) => Promise<ReadonlyMap<string, AppliedLog>>;
  readonly engine?: EngineOptions;
}

/**
 * Makes the training set that a specification says.
 *
 * @throws TondoError `SPECIFICATION_INVALID`, `SPECIFICATION_MISSING`, `UNKNOWN_VECTOR`, and what `makeTrainingSet` throws
 */
export async function makeSpecifiedSet(call: TrainingSetCall, context: SpecifiedSetContext): Promise<TrainingSet> {
  const { spec, engine: _engine, spark: _spark, ...called } = call;
  const { plan, maxDistinct, checkpointAfter, checkpointLimit, progress, signal, rows, ...given } = called;
  const spark = sparkOf(call);
  const { folder, engine } = context;
  const read = spec === undefined ? undefined : await readSpecification(resolve(folder, spec));
  const written = besides(read?.written, { ...given, rows });
  const inMemory = Array.isArray(rows);
  // Checked as a text: what rows from memory must be is said where they are loaded.
  const own = { ...given, rows: inMemory ? "in memory" : rows };
  const specification = checkSpecification(merged(read?.specification ?? {}, own), written);
  const {
    name,
    owner,
    project,
    description,
    features,
    label,
    output,
    vector: _vector,
    $schema: _schema,
    ...rest
  } = specification;
  const chosen = specifiedVector(await context.project(), specification, written);
  const groups = chosen.groups.map(groupName);
  const applied = specification.knowledge === "declared" ? undefined : await context.applied?.(groups);
  const about = defined({ name, owner, project, description, features, label });
  return makeTrainingSet({
    ...rest,
    ...defined({
      plan,
      maxDistinct,
      checkpointAfter,
      checkpointLimit,
      spark,
      progress,
      signal,
      engine,
      written,
      applied,
    }),
    about,
    vector: chosen,
    rows: inMemory ? rows : specification.rows,
    ...placesOf(context),
    output: inFolder(output, resolve(folder, outputFolder(output))),
  });
}

/**
 * What a file says, with what a call says otherwise. A vector takes the place of features, and they that of a vector; a folder alone that of
 * the folder.
 */
function merged(
  file: Partial<Specification>,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const { vector, features, ...rest } = file;
  const isNamed = given["vector"] !== undefined || given["features"] !== undefined;
  const { output } = given;
  return {
    ...rest,
    ...(isNamed ? {} : defined({ vector, features })),
    ...defined(given),
    ...(file.output === undefined || typeof output !== "string" ? {} : { output: inFolder(file.output, output) }),
  };
}

/** Where members were written: those that a call gives, nowhere. */
function besides(written: Written | undefined, given: Readonly<Record<string, unknown>>): Written | undefined {
  if (written === undefined) return undefined;
  return { where: (path) => (given[String(path[0])] === undefined ? written.where(path) : undefined) };
}

/** The Spark that a call names, which is that of the machine where it says no more; `undefined` where the embedded engine joins. */
function sparkOf({ engine = "duckdb", spark }: Pick<TrainingSetCall, "engine" | "spark">): SparkOptions | undefined {
  if (engine === "spark") return spark ?? {};
  const invalid =
    spark !== undefined ? "`spark` stands beside an engine that is not it" : `there is no engine "${engine as string}"`;
  if (spark === undefined && (engine as string) === "duckdb") return undefined;
  throw new TondoError("INVALID_ARGUMENT", invalid, {
    hint: 'Give `engine: "spark"` with `spark`, or neither: joins then run in this process.',
  });
}
