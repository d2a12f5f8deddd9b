import {
  type AnyProject,
  type Moment,
  type ProjectTypes,
  toMicros,
  TondoError,
  type VectorName,
} from "../core/index.ts";
import {
  type FeatureReader,
  type PreparedVector,
  type RequestReader,
  requestReader,
  type ServedScore,
  type VectorAnswerLog,
} from "../featurestore/index.ts";
import type { PartitionPath, Registry, ResolverOptions } from "../registry/index.ts";
import { type LoadedModel, loadModel, programCache } from "./model-package.ts";
import { type Prediction, predictionOf } from "./prediction.ts";

/** Who is asked about, with what the request knows. */
export type PredictRequest<
  P extends ProjectTypes = AnyProject,
  V extends VectorName<P> = VectorName<P>,
> = V extends unknown ? VectorRequestOf<P, V> : never;

/** A request to models that are fed by one vector. */
export type VectorRequestOf<P extends ProjectTypes, V extends VectorName<P>> = {
  /** The vector that the model is fed by; where it is given and the model is fed by another, the request is refused. */
  readonly vector?: V;
  /** By role, as the vector declares them. */
  readonly keys: P["vectors"][V]["keys"];
  /** The place in the model's hierarchy, from the top down: `["USA", "CA", "San Francisco"]`; default: the global node. */
  readonly partition?: PartitionPath;
  /** Default: the clock. */
  readonly at?: Moment;
  /** How long an online store that answers later is waited for, milliseconds; default: the reader's. */
  readonly deadlineMs?: number;
  /** Default: the predictor's. */
  readonly onUnavailable?: UnavailableChoice;
  /** Whether the prediction is logged, where there is a log of served features; default: the log chooses by the key. */
  readonly log?: boolean;
} & InputsOf<P["vectors"][V]["inputs"]>;

/**
 * What becomes of a prediction whose features are not all available, since the online store is away or had not answered when the deadline passed: it
 * fails with the cause, or they count as missing, as a model was trained to take them.
 */
export type UnavailableChoice = "throw" | "missing";

/** Inputs may be left out altogether where each may be. */
type InputsOf<I> = Readonly<Record<string, never>> extends I ? { readonly inputs?: I } : { readonly inputs: I };

/** What a predictor is made of. */
export interface PredictorOptions {
  readonly registry: Registry;
  readonly features: FeatureReader;
  readonly resolver?: ResolverOptions;
  /** How many models are kept loaded; default 1,000. */
  readonly maxModels?: number;
  /** Where a request does not say; default `"throw"`: nothing is scored on what is not known. */
  readonly onUnavailable?: UnavailableChoice;
}

/** Predicts by tag. */
export interface Predictor<P extends ProjectTypes = AnyProject> {
  /**
   * Resolves the reference on the partition path, reads the features, computes the vector and scores it.
   *
   * @param reference `model@tag`, or `model@` and a version's id
   * @throws TondoError `TAG_NOT_FOUND`, `MODEL_NOT_FOUND`, `VERSION_NOT_FOUND`, `PACKAGE_CORRUPT`, `FUNCTION_UNKNOWN`, `FUNCTION_CHANGED`, `USER_FUNCTION_FAILED`, `KEY_INVALID`, `INPUT_INVALID`,
   * `GROUP_NOT_MATERIALIZED`, `MOMENT_NOT_SERVED`, `STORE_BUSY`; `STORE_UNAVAILABLE`, `DEADLINE_EXCEEDED` unless what is unavailable may
   * count as missing
   */
  predict<const V extends VectorName<P> = VectorName<P>>(
    reference: string,
    request: PredictRequest<P, V> & { readonly vector?: V },
  ): Promise<Prediction<P["vectors"][V]["slots"]>>;
}

/** How many vectors, with what was fitted for them, are kept compiled. */
const maxVectors = 64;

interface Ready {
  readonly model: LoadedModel;
  readonly answer: ReturnType<typeof predictionOf>;
  readonly prepared: PreparedVector;
  readonly request: RequestReader;
  readonly log: VectorAnswerLog | undefined;
}

/** Makes a predictor; models are loaded when they are first asked for. */
export function createPredictor({
  registry,
  features,
  resolver: resolverOptions,
  maxModels = 1000,
  onUnavailable: always = "throw",
}: PredictorOptions): Predictor {
  const resolver = registry.resolver(resolverOptions);
  const programs = programCache(maxVectors, features.functions);
  // Loaded models by package digest; those of one training share their vector's program and reads.
  const models = new Map<string, Promise<Ready>>();
  const vectors = new Map<string, Omit<Ready, "model" | "answer">>();

  const load = async (digest: string): Promise<Ready> => {
    const model = loadModel(digest, await registry.loadPackage(digest), programs, features.functions);
    const known = vectors.get(model.fingerprint);
    const shared = known ?? {
      prepared: features.prepare(model.vector),
      request: requestReader(model.vector),
      log: features.log?.vector(model.vector),
    };
    remember(vectors, model.fingerprint, shared, maxVectors);
    return { model, answer: predictionOf(model), ...shared };
  };
  const ready = (digest: string): Promise<Ready> => {
    const known = models.get(digest);
    const loading = known ?? load(digest);
    remember(models, digest, loading, maxModels);
    if (known === undefined) {
      loading.catch(() => {
        // What failed is tried anew next time.
        if (models.get(digest) === loading) models.delete(digest);
      });
    }
    return loading;
  };

  return {
    async predict(reference, asked: PredictRequest) {
      const { vector, keys, inputs = {}, partition = [], at, deadlineMs, onUnavailable = always } = asked;
      const resolution = await resolver.resolve(reference, partition);
      const { model, prepared, request, answer, log } = await ready(resolution.version.packageDigest);
      if (resolution.version.vector !== null && resolution.version.vector.fingerprint !== model.fingerprint) {
        throw new TondoError(
          "PACKAGE_CORRUPT",
          `version ${resolution.version.id} names another vector than its package holds`,
          { hint: "Register the model again." },
        );
      }
      if (vector !== undefined && vector !== model.vector.name) {
        throw new TondoError(
          "INPUT_INVALID",
          `the request is for models of "${vector}", and ${reference} is fed by "${model.vector.name}"`,
          {
            hint: "Ask for another model, or give the keys and inputs of its vector.",
          },
        );
      }
      const columns = request(keys, inputs);
      // What was read is logged with what the model makes of it, and not without.
      const how = {
        log: false,
        partial: isMissing(onUnavailable),
        ...(deadlineMs === undefined ? {} : { deadlineMs }),
      };
      const read = await prepared.read({ columns }, at === undefined ? undefined : toMicros(at), how);
      const predicted = answer(resolution, columns, read);
      if (log?.takes(columns, asked.log) !== true) return predicted;
      const id = log.add({ by: "predict", columns, answer: read, base: 0, scored: scoreOf(predicted, partition) });
      const requestId = id instanceof Promise ? await id : id;
      return requestId === undefined ? predicted : Object.assign(predicted, { requestId });
    },
  };
}

/** What the log says of a prediction. */
function scoreOf({ model, version, tag, path, vector, prediction }: Prediction, partition: PartitionPath): ServedScore {
  return { model, version: version.id, tag, partition, path, slots: vector, score: prediction };
}

/** Anything but the two choices is refused: a misspelled one must not be taken for a leave to guess. */
function isMissing(choice: UnavailableChoice): boolean {
  const given: string = choice;
  if (given === "missing" || given === "throw") return given === "missing";
  throw new TondoError("INVALID_ARGUMENT", `\`onUnavailable\` is ${JSON.stringify(choice)}`, {
    hint: 'Give "throw" or "missing".',
  });
}

/** Puts what was just used last, and forgets what was not used for longest where there are too many. */
function remember<T>(memory: Map<string, T>, key: string, value: T, limit: number): void {
  memory.delete(key);
  memory.set(key, value);
  const [oldest] = memory.keys();
  if (oldest !== undefined && memory.size > limit) memory.delete(oldest);
}
