import type {
  FeatureName,
  GroupName,
  LabelName,
  Moment,
  ProjectTypes,
  RegisteredProject,
  VectorName,
} from "./core/index.ts";
import type { ProjectPlan } from "./dsl/index.ts";
import type {
  Catalog,
  Change,
  CheckedProject,
  Erasing,
  BackfillResult,
  FeatureReader,
  FilePlaces,
  FeatureStats,
  FeatureStatsOptions,
  MaterializeLimits,
  MaterializeResult,
  Operations,
  Reproduction,
  ReplayedTopic,
  ReproduceOptions,
  ResetPartition,
  RunningStream,
  Served,
  StreamStatus,
  TableExtraction,
  TrainingSet,
  TrainingSetCall,
  VectorStatsOptions,
} from "./featurestore/index.ts";
import type { PartitionPath, Registry } from "./registry/index.ts";
import type { Prediction, PredictRequest } from "./serving/index.ts";
import type { WorkOptions } from "./open-options.ts";
import type { ReplayCall, ResetCall, StreamCall } from "./opened-streams.ts";
import type { TrainAndRegisterOptions, TrainAndRegisterResult } from "./training/index.ts";

/** A feature store and a model registry, opened over a folder of definitions and a home. */
export interface Tondo<P extends ProjectTypes = RegisteredProject> extends AsyncDisposable, Operations<P>, Erasing<P> {
  readonly folder: string;
  readonly home: string;
  readonly catalog: Catalog;
  readonly registry: Registry;
  /** Parses and checks the `.tondo` files; errors in them are diagnostics. */
  check(): Promise<CheckedProject>;
  /** What {@link Tondo.apply} would change. */
  plan(): Promise<readonly Change[]>;
  /** Records the definitions. @throws TondoError `DEFINITIONS_INVALID`, `DEFINITION_IN_USE`, `HOME_BUSY` */
  apply(options?: { readonly replace?: boolean }): Promise<readonly Change[]>;
  /** The definitions in force. @throws TondoError `NOT_APPLIED` */
  project(): Promise<ProjectPlan>;
  /**
   * Makes a training set, of an applied vector or of listed features. It takes what a specification file says, by the same names, or such a
   * file: `{ spec: "training-sets/eta.json" }`. Paths are relative to the folder.
   */
  trainingSet(call: TrainingSetCall<P>): Promise<TrainingSet>;
  /**
   * Makes a training set again from its manifest, by the plan that it was made with, over the same files.
   *
   * @example `(await tondo.reproduce({ set: "training/eta", output: "training/eta-again" })).differences // []`
   * @throws TondoError `NOT_REPRODUCIBLE` where an input is another one now, with all of them
   */
  reproduce(options: Omit<ReproduceOptions, keyof FilePlaces | "engine">): Promise<Reproduction>;
  /**
   * Describes features: of a training set, whose path is relative to the folder, or of an applied vector on given rows.
   *
   * @example `await tondo.featureStats({ set: "training/eta", against: { part: "holdout" } })`
   */
  featureStats(
    options:
      | Omit<FeatureStatsOptions, "folder" | "engine">
      | ({ readonly vector: VectorName<P> } & Omit<VectorStatsOptions, keyof FilePlaces | "vector" | "engine">),
  ): Promise<FeatureStats>;
  /** Trains on a training set and registers the models. */
  train(
    options: { readonly label: LabelName<P> } & Omit<TrainAndRegisterOptions, "registry" | "label">,
  ): Promise<TrainAndRegisterResult>;
  /**
   * Reads what is new in the tables that sources stand in, into Parquet files in the home, which training sets and loads read from then on.
   * With `fullRefresh` tables are read whole, in place of what was kept. See `extract` for errors.
   *
   * @example `await tondo.extract({ sources: ["orders"] })`
   */
  extract(
    options?: { readonly sources?: readonly string[]; readonly fullRefresh?: boolean } & WorkOptions,
  ): Promise<readonly TableExtraction[]>;
  /**
   * Loads groups into the online store as of a moment; default: the clock. Where only files were added since the load before, the records of keys that nothing new came to are
   * copied from it, and the others computed: the result says of each group which way it went.
   *
   * @example `(await tondo.materialize()).groups[0]?.loaded // { how: "incremental", copied: 990_000, computed: 10_000 }`
   */
  materialize(
    options?: {
      readonly asOf?: Moment;
      /**
       * Of rows that no load has applied yet those alone are taken in that happened then or later, for a load that mends a time range; the others wait for one that takes them in. Refused
       * (`INVALID_ARGUMENT`) of the first load of a group, and where it is later than the load's moment. Tables are loaded whole.
       *
       * @example `await tondo.materialize({ since: "2024-03-01T00:00:00Z" })`
       */
      readonly since?: Moment;
      readonly groups?: readonly GroupName<P>[];
      /** Whether the records of all keys are computed, also where most could be copied; default: `false`. */
      readonly full?: boolean;
      readonly limits?: Partial<MaterializeLimits>;
    } & WorkOptions,
  ): Promise<MaterializeResult>;
  /**
   * Has features be served that are defined and were never loaded, new windows above all: their groups are loaded as of the clock, from all files and all that was streamed and pushed, while what is there answers on.
   * What is streamed meanwhile counts once. A feature that is served as it is defined is left as it is.
   *
   * @param features canonical names
   * @example `(await tondo.backfill(["shop:sales:revenue_7d"])).appliedAt // from when on it is answered, microseconds`
   * @throws TondoError `UNKNOWN_FEATURE`, `INVALID_ARGUMENT` where one looks forward, and what `materialize` throws
   */
  backfill(
    features: readonly FeatureName<P>[],
    options?: { readonly full?: boolean; readonly limits?: Partial<MaterializeLimits> } & WorkOptions,
  ): Promise<BackfillResult>;
  /** Reads features by canonical name. */
  features(): Promise<FeatureReader<P>>;
  /**
   * Applies the events of topics to the groups over their sources, from where each was left, until it is stopped: at the latest by {@link Tondo.close}. Groups must have been loaded once. Any number of processes
   * share the work, and each event counts once.
   *
   * @example
   * ```ts
   * await using stream = await tondo.stream({ limits: { maxDelayMs: 200 } });
   * await stream.failed; // rejects where it cannot go on
   * ```
   * @throws TondoError `INVALID_ARGUMENT` where no source has a topic, or `open` was not told where topics are, `TOPIC_MISSING`, `EVENTS_UNAVAILABLE`, `EVENTS_DENIED`, `DRIVER_MISSING`
   */
  stream(options?: StreamCall): Promise<RunningStream>;
  /**
   * How far topics are read, by whom, and what their events come in.
   *
   * @example `(await tondo.streamStatus()).partitions.map(({ partition, lag }) => [partition, lag])`
   */
  streamStatus(options?: { readonly sources?: readonly string[] }): Promise<StreamStatus>;
  /**
   * Has a source's partitions be read from elsewhere, also while they are read. What was applied is not applied again.
   *
   * @example `await tondo.resetStream({ source: "orders", to: { moment: "2026-11-23T00:00:00Z" } })`
   */
  resetStream(options: ResetCall): Promise<readonly ResetPartition[]>;
  /**
   * Applies dead letters that can be by now, each once: after definitions were mended, or a limit was raised.
   *
   * @example `(await tondo.replayDeadLetters())[0]?.applied`
   */
  replayDeadLetters(options?: ReplayCall): Promise<readonly ReplayedTopic[]>;
  /** Predicts by `model@tag`. With `vector` in the request its keys, inputs and slots are those of that vector, which the model must be fed by. */
  predict<const V extends VectorName<P> = VectorName<P>>(
    reference: string,
    request: PredictRequest<P, V> & { readonly vector?: V },
  ): Promise<Prediction<P["vectors"][V]["slots"]>>;
  /** The log of what is served, which `open({ served })` turns on, and the Parquet files that are made of it. */
  readonly served: Served;
  /** Finds the version that answers on a partition path, and says why. */
  resolve(reference: string, path?: PartitionPath): ReturnType<Registry["resolve"]>;
  close(): Promise<void>;
}
