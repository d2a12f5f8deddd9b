import { join, resolve } from "node:path";
import {
  accountName,
  type AnyProject,
  type Clock,
  type ProjectTypes,
  type RegisteredProject,
  systemClock,
} from "./core/index.ts";
import { connect, type Database } from "./database/index.ts";
import { functionLibrary, type ProjectPlan, type UserFunction } from "./dsl/index.ts";
import {
  atRest,
  backfill,
  type BackfillResult,
  type Catalog,
  type Change,
  type CheckedProject,
  checkProject,
  type ConsistencyReport,
  Engine,
  type EngineOptions,
  type Erasing,
  erasing,
  extract,
  FeatureReader,
  type FilePlaces,
  type Freshness,
  type GroupGenerations,
  loadProject,
  lockHome,
  featureStats,
  type FeatureStats,
  makeSpecifiedSet,
  materialize,
  type MaterializeOptions,
  type MaterializeResult,
  openCatalog,
  type Operations,
  operations,
  pushedErasure,
  pushing,
  readAppliedLogs,
  readErasedKeys,
  type Reproduction,
  reproduceTrainingSet,
  type RollbackResult,
  type ReplayedTopic,
  type ResetPartition,
  type RunningStream,
  type StreamStatus,
  s3Files,
  type Schedule,
  type Served,
  servedErasure,
  ServedLog,
  servedOf,
  specifiedVector,
  type TableExtraction,
  type TrainingSet,
  type TrainingSetCall,
  vectorStats,
  withExtracted,
} from "./featurestore/index.ts";
import { folderArtifacts, openRegistry, type PartitionPath, type Registry } from "./registry/index.ts";
import {
  createPredictor,
  fitOfVersion,
  type Prediction,
  type Predictor,
  type PredictRequest,
} from "./serving/index.ts";
import { forgetFailure } from "./forget-failure.ts";
import type { OpenOptions } from "./open-options.ts";
import { OpenedReaders } from "./opened-readers.ts";
import { OpenedStore } from "./opened-store.ts";
import { OpenedStreams, type ReplayCall, type ResetCall, type StreamCall } from "./opened-streams.ts";
import { trainAndRegister, type TrainAndRegisterOptions, type TrainAndRegisterResult } from "./training/index.ts";
import type { Tondo } from "./tondo.ts";

export type { Tondo } from "./tondo.ts";

/**
 * Opens a feature store and model registry. The names it takes are those of `P`: of the project that `tondo types` has registered, else all.
 *
 * @example
 * ```ts
 * await using tondo = await open({ folder: "examples/orders" });
 * await tondo.apply();
 * const set = await tondo.trainingSet({ vector: "eta", rows: "data/rows.parquet", output: "training/eta" });
 * await tondo.train({ set, model: "eta", label: "minutes", trainer: linearTrainer, tag: "champion" });
 * await tondo.materialize({ asOf: "2024-03-01T00:00:00Z" });
 * const { prediction } = await tondo.predict("eta@champion", { keys: { store: "r1" }, at: "2024-03-01T00:00:00Z" });
 * ```
 * @throws TondoError `DATABASE_UNAVAILABLE`, `DATABASE_NEWER`, `IO_FAILED`, `INVALID_ARGUMENT` where `functions`, `cassandra` or `served` are wrong,
 * `DRIVER_MISSING` where what is asked for needs a package that is not installed
 */
export function open<P extends ProjectTypes = RegisteredProject>(options?: OpenOptions): Promise<Tondo<P>>;
// Types say what the names are; at run time every name is checked.
export async function open(options: OpenOptions = {}): Promise<AnyTondo> {
  const folder = resolve(options.folder ?? ".");
  const home = resolve(folder, options.home ?? ".tondo");
  functionLibrary(options.functions);
  const cacheFolder = resolve(home, options.s3?.cacheFolder ?? "cache/s3");
  const remote = s3Files({ ...options.s3, cacheFolder });
  const clock = options.clock ?? systemClock;
  const log = options.served === undefined ? undefined : await ServedLog.open(home, options.served, clock);
  try {
    const database = await connect(options.database ?? { url: `sqlite:${join(home, "tondo.db")}` });
    return new OpenTondo({ folder, remote }, home, database, options, log);
  } catch (error) {
    await log?.close();
    throw error;
  }
}

/** Whatever project is registered, names are checked as they come. */
// The default is another one where a project is registered.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-arguments
type AnyTondo = Tondo<AnyProject>;

class OpenTondo implements AnyTondo {
  readonly folder: string;
  readonly home: string;
  readonly catalog: Catalog;
  readonly registry: Registry;
  readonly #places: FilePlaces;
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #engine: EngineOptions;
  readonly #functions: readonly UserFunction[];
  readonly #operations: Operations;
  readonly #erasing: Erasing;
  readonly #store: OpenedStore;
  readonly #readers: OpenedReaders = new OpenedReaders();
  readonly #streams: OpenedStreams;
  #features: Promise<FeatureReader> | undefined;
  #predictor: Promise<Predictor> | undefined;
  readonly #log: ServedLog | undefined;
  readonly #options: OpenOptions;
  readonly served: Served;
  readonly erase: Erasing["erase"] = (...call) => this.#erasing.erase(...call);
  readonly erasures: Erasing["erasures"] = () => this.#erasing.erasures();
  readonly forgetErasure: Erasing["forgetErasure"] = (which) => this.#erasing.forgetErasure(which);

  constructor(places: FilePlaces, home: string, database: Database, options: OpenOptions, log?: ServedLog) {
    this.folder = places.folder;
    this.#places = places;
    this.home = home;
    this.#database = database;
    this.#clock = options.clock ?? systemClock;
    this.#log = log;
    this.#options = options;
    this.#store = new OpenedStore(home, options.cassandra);
    const functions = options.functions ?? options.engine?.functions ?? [];
    this.#functions = functions;
    this.#engine = { ...options.engine, functions };
    const actor = options.actor ?? accountName();
    this.#streams = new OpenedStreams(options.events, actor, async () => ({
      ...{ clock: this.#clock, functions, store: await this.#store.get() },
      inForce: () => this.catalog.project(),
      erased: () => readErasedKeys(this.#database, this.home),
    }));
    this.catalog = openCatalog({ database, clock: this.#clock, actor });
    const artifacts = folderArtifacts(resolve(home, options.artifacts ?? "artifacts"));
    const openEngine = (): Promise<Engine> => this.#openEngine();
    const [store, loadedStore] = [() => this.#store.get(), () => this.#store.loaded()];
    const project = (): Promise<ProjectPlan> => this.#projectAtRest();
    this.served = servedOf({ home, clock: this.#clock, openEngine, log });
    this.#erasing = erasing({
      ...{ home, database, places, clock: this.#clock, actor, store, project, engine: openEngine },
      logs: () => [
        pushedErasure({ home, functions, openEngine, project: () => this.catalog.project(), store: loadedStore }),
        servedErasure({ home, openEngine, log, pii: options.served?.pii }),
      ],
      evict: (entity, key) => {
        this.#readers.evictKey(entity, key);
      },
      ...(options.cassandra === undefined ? { compact: () => (this.#forgetReaders(), this.#store.compact()) } : {}),
    });
    this.registry = openRegistry({ database, artifacts, clock: this.#clock, actor });
    this.#operations = operations({
      ...{ catalog: this.catalog, home, clock: this.#clock, actor, places, engine: this.#engine },
      ...{ store, loadedStore, project },
      fitOf: (version, fingerprint) => fitOfVersion(this.registry, version, fingerprint),
      withheld: options.served?.pii?.columns,
    });
  }

  check(): Promise<CheckedProject> {
    return checkProject(this.#places, this.#engine);
  }

  async plan(): Promise<readonly Change[]> {
    return this.catalog.plan(await loadProject(this.#places, this.#engine));
  }

  async apply(options: { readonly replace?: boolean } = {}): Promise<readonly Change[]> {
    using _lock = lockHome(this.home, "apply");
    const changes = await this.catalog.apply(await loadProject(this.#places, this.#engine), options);
    this.#forgetReaders();
    return changes;
  }

  project(): Promise<ProjectPlan> {
    return this.catalog.project();
  }

  trainingSet(call: TrainingSetCall): Promise<TrainingSet> {
    return makeSpecifiedSet(call, {
      project: () => this.#projectAtRest(),
      applied: async (groups) => readAppliedLogs(await this.#store.loaded(), groups),
      ...this.#places,
      engine: this.#engine,
    });
  }

  reproduce(options: Parameters<AnyTondo["reproduce"]>[0]): Promise<Reproduction> {
    return reproduceTrainingSet({ ...options, ...this.#places, engine: this.#engine });
  }

  async featureStats(options: Parameters<AnyTondo["featureStats"]>[0]): Promise<FeatureStats> {
    const engine = this.#engine;
    if (!("vector" in options)) return featureStats({ ...options, folder: this.folder, engine });
    return vectorStats({
      ...options,
      vector: specifiedVector(await this.#projectAtRest(), { vector: options.vector }),
      ...this.#places,
      engine,
    });
  }

  train(options: Omit<TrainAndRegisterOptions, "registry">): Promise<TrainAndRegisterResult> {
    return trainAndRegister({ functions: this.#functions, ...options, registry: this.registry });
  }

  async extract(options: Parameters<AnyTondo["extract"]>[0] = {}): Promise<readonly TableExtraction[]> {
    const project = await this.catalog.project();
    const engine = await this.#openEngine();
    try {
      const databases = this.#options.sources?.postgres;
      return await extract({ ...options, project, databases, home: this.home, engine });
    } finally {
      engine.close();
    }
  }

  materialize(options: Parameters<AnyTondo["materialize"]>[0] = {}): Promise<MaterializeResult> {
    return this.#loading((load) => materialize({ ...options, ...load }));
  }

  backfill(features: readonly string[], options: Parameters<AnyTondo["backfill"]>[1] = {}): Promise<BackfillResult> {
    return this.#loading((load) => backfill({ ...options, ...load, features }));
  }

  async #loading<T>(work: (load: MaterializeOptions) => Promise<T>): Promise<T> {
    // What was pushed is listed by the load itself, once its moment is set.
    const project = await withExtracted(await this.catalog.project(), this);
    const engine = await this.#openEngine();
    try {
      return await work({
        project,
        ...this.#places,
        home: this.home,
        store: await this.#store.get(),
        engine,
        clock: this.#clock,
        erased: () => readErasedKeys(this.#database, this.home),
      });
    } finally {
      engine.close();
    }
  }

  freshness(options?: Parameters<AnyTondo["freshness"]>[0]): Promise<Freshness> {
    return this.#operations.freshness(options);
  }

  generations(groups?: readonly string[]): Promise<readonly GroupGenerations[]> {
    return this.#operations.generations(groups);
  }

  rollback(groups: readonly string[], options?: { readonly dryRun?: boolean }): Promise<RollbackResult> {
    return this.#operations.rollback(groups, options);
  }

  consistency(...asked: Parameters<Operations["consistency"]>): Promise<ConsistencyReport> {
    return this.#operations.consistency(...asked);
  }

  schedule(options?: Parameters<AnyTondo["schedule"]>[0]): Promise<Schedule> {
    return this.#operations.schedule(options);
  }

  features(): Promise<FeatureReader> {
    this.#features ??= this.catalog.project().then(async (project) => {
      const log = this.#log === undefined ? {} : { log: this.#log };
      const from = { project, store: await this.#store.get(), clock: this.#clock, functions: this.#functions };
      const limits = this.#options.pushing;
      const inForce = (): Promise<ProjectPlan> => this.catalog.project();
      const push = pushing({ ...from, inForce, limits, erased: () => readErasedKeys(this.#database, this.home) });
      return this.#readers.add(new FeatureReader({ ...this.#options.reading, ...from, push, ...log }));
    });
    return forgetFailure(this.#features, () => {
      this.#features = undefined;
    });
  }

  stream(call: StreamCall = {}): Promise<RunningStream> {
    return this.#streams.start(call);
  }

  streamStatus({ sources }: { readonly sources?: readonly string[] } = {}): Promise<StreamStatus> {
    return this.#streams.status(sources);
  }

  resetStream(call: ResetCall): Promise<readonly ResetPartition[]> {
    return this.#streams.reset(call);
  }

  replayDeadLetters(call: ReplayCall = {}): Promise<readonly ReplayedTopic[]> {
    return this.#streams.replay(call);
  }

  async predict(reference: string, request: PredictRequest): Promise<Prediction> {
    this.#predictor ??= this.features().then((features) =>
      createPredictor({ registry: this.registry, features, onUnavailable: this.#options.onUnavailable ?? "throw" }),
    );
    const predictor = await forgetFailure(this.#predictor, () => {
      this.#predictor = undefined;
    });
    return predictor.predict(reference, request);
  }

  resolve(reference: string, path?: PartitionPath): ReturnType<Registry["resolve"]> {
    return this.registry.resolve(reference, path);
  }

  async close(): Promise<void> {
    await using ending = new AsyncDisposableStack();
    ending.defer(() => this.#database.close());
    ending.defer(() => this.#log?.close());
    ending.defer(() => this.#store.close());
    await this.#streams.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #openEngine(): Promise<Engine> {
    return Engine.open({ spillFolder: join(this.home, "spill"), ...this.#engine });
  }

  /** The definitions in force, over the files that tables were extracted into until now, and that hold what was pushed. */
  async #projectAtRest(): Promise<ProjectPlan> {
    const from = { home: this.home, folder: this.folder, store: await this.#store.loaded() };
    return atRest(await this.catalog.project(), {
      ...from,
      erased: () => readErasedKeys(this.#database, this.home),
      engine: () => this.#openEngine(),
    });
  }

  #forgetReaders(): void {
    this.#features = undefined;
    this.#predictor = undefined;
  }
}
