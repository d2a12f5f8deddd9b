import { canonicalJson, type Json, type Micros, sha256, TondoError } from "../../core/index.ts";
import type { RegistryContext } from "../context.ts";
import { checkLimit } from "../limits.ts";
import { checkModelName, isVersionId } from "../names.ts";
import { readPackage } from "../package/read-package.ts";
import { encodePath, type PartitionPath } from "../partition-path.ts";
import type { DataReference, TrainerReference, VectorReference } from "./version.ts";

/** What a caller says of a version that it registers. */
export interface NewVersion {
  readonly model: string;
  /** `[]`, the global node, by default. */
  readonly path?: PartitionPath;
  /** The ZIP that `buildPackage` made. */
  readonly package: Uint8Array;
  readonly vector?: VectorReference | null;
  readonly trainer: TrainerReference;
  readonly configuration?: Json;
  readonly parameters?: Json;
  readonly metrics?: Readonly<Record<string, number | null>>;
  readonly trainingSet?: DataReference | null;
  readonly holdoutSet?: DataReference | null;
  readonly parentId?: string | null;
  readonly labels?: Readonly<Record<string, string>>;
  readonly seed?: number | null;
  /** Microseconds since 1970; like `endedAt` and `environment` no part of what makes two versions the same. */
  readonly startedAt?: Micros | null;
  readonly endedAt?: Micros | null;
  readonly environment?: Json;
}

/** A new version that was checked, as its row will hold it. */
export interface CheckedVersion {
  readonly model: string;
  readonly path: PartitionPath;
  readonly bytes: Uint8Array;
  readonly row: {
    readonly model: string;
    readonly path: string;
    readonly content_digest: string;
    readonly package_digest: string;
    readonly vector_name: string | null;
    readonly vector_fingerprint: string | null;
    readonly trainer_name: string;
    readonly trainer_version: string;
    readonly configuration: string;
    readonly parameters: string;
    readonly metrics: string;
    readonly training_set: string | null;
    readonly holdout_set: string | null;
    readonly parent_id: string | null;
    readonly started_at: number | null;
    readonly ended_at: number | null;
    readonly labels: string;
    readonly seed: number | null;
    readonly environment: string;
  };
}

/**
 * Checks a new version, its package included, and digests what makes it the version that it is: everything but when
 * and where it was trained, and where its data lay.
 *
 * @throws TondoError `INVALID_ARGUMENT`, `PARTITION_INVALID`, `PACKAGE_CORRUPT`, `LIMIT_EXCEEDED`
 */
export function checkNewVersion(context: RegistryContext, version: NewVersion): CheckedVersion {
  const { vector = null, trainingSet = null, holdoutSet = null, parentId = null, seed = null, path = [] } = version;
  checkMetrics(version.metrics ?? {});
  if (parentId !== null && !isVersionId(parentId)) throw invalid("parentId", "a version's id");
  if (seed !== null && !Number.isSafeInteger(seed)) throw invalid("seed", "an integer below 2^53");
  const json = (name: string, value: Json): string => {
    const text = encode(name, value);
    checkLimit(name, text.length, context.limits, "maxDocumentBytes");
    return text;
  };
  const content = {
    model: checkModelName(version.model),
    path: encodePath(path),
    package_digest: readPackage(version.package, context.limits).digest,
    vector_name: vector === null ? null : plain("vector.name", vector.name),
    vector_fingerprint: vector === null ? null : plain("vector.fingerprint", vector.fingerprint),
    trainer_name: plain("trainer.name", version.trainer.name),
    trainer_version: plain("trainer.version", version.trainer.version),
    configuration: json("configuration", version.configuration ?? {}),
    parameters: json("parameters", version.parameters ?? {}),
    metrics: json("metrics", version.metrics ?? {}),
    parent_id: parentId?.toLowerCase() ?? null,
    labels: json("labels", version.labels ?? {}),
    seed,
  };
  const identity = { ...content, training: trainingSet?.digest ?? null, holdout: holdoutSet?.digest ?? null };
  return {
    model: content.model,
    path,
    bytes: version.package,
    row: {
      ...content,
      content_digest: sha256(canonicalJson(identity)),
      training_set: trainingSet === null ? null : json("trainingSet", { ...trainingSet }),
      holdout_set: holdoutSet === null ? null : json("holdoutSet", { ...holdoutSet }),
      started_at: moment("startedAt", version.startedAt ?? null),
      ended_at: moment("endedAt", version.endedAt ?? null),
      environment: json("environment", version.environment ?? {}),
    },
  };
}

function checkMetrics(metrics: Readonly<Record<string, number | null>>): void {
  for (const [name, value] of Object.entries(metrics)) {
    if (value !== null && !Number.isFinite(value)) {
      throw new TondoError("INVALID_ARGUMENT", `metrics.${name}: ${String(value)} is not a finite number`, {
        hint: "Give null for a metric that is not defined for the data.",
      });
    }
  }
}

function encode(name: string, value: Json): string {
  try {
    return canonicalJson(value);
  } catch (error) {
    throw new TondoError("INVALID_ARGUMENT", `${name}: not plain JSON`, {
      hint: "Give objects, arrays, texts, finite numbers, booleans and null only.",
      cause: error,
    });
  }
}

function plain(name: string, text: string): string {
  if (typeof text === "string" && text !== "" && text.length <= 256 && text.isWellFormed() && !text.includes("\0"))
    return text;
  throw invalid(name, "a text of 1 to 256 characters");
}

function moment(name: string, micros: Micros | null): Micros | null {
  if (micros === null || Number.isSafeInteger(micros)) return micros;
  throw invalid(name, "microseconds since 1970");
}

function invalid(name: string, what: string): TondoError {
  return new TondoError("INVALID_ARGUMENT", `${name}: not ${what}`, { hint: `Give ${what}.` });
}
