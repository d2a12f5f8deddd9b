import type { Json, Micros } from "../../core/index.ts";
import type { VersionsTable } from "../../database/index.ts";
import { decodePath, type PartitionPath } from "../partition-path.ts";

/** The data that a model was trained or judged on. */
export interface DataReference {
  /** SHA-256 of the manifest, what the data is known by. */
  readonly digest: string;
  /** Where it was. */
  readonly path: string;
  /** Rows and whatever else the manifest counts. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The vector that feeds a model; the registry only keeps its name and fingerprint. */
export interface VectorReference {
  readonly name: string;
  readonly fingerprint: string;
}

/** What trained a model. */
export interface TrainerReference {
  readonly name: string;
  readonly version: string;
}

/** What resolution gives: enough to load and use a version. */
export interface VersionHead {
  /** UUID v7. */
  readonly id: string;
  readonly model: string;
  /** 1, 2, 3 ... for people. */
  readonly number: number;
  readonly path: PartitionPath;
  /** SHA-256 of its package. */
  readonly packageDigest: string;
  readonly vector: VectorReference | null;
}

/** A version of a model; immutable. */
export interface ModelVersion extends VersionHead {
  readonly trainer: TrainerReference;
  readonly configuration: Json;
  readonly parameters: Json;
  /** By name; `null` where a metric is not defined for the data. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly trainingSet: DataReference | null;
  readonly holdoutSet: DataReference | null;
  /** The version that this one was retrained from. */
  readonly parentId: string | null;
  readonly startedAt: Micros | null;
  readonly endedAt: Micros | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly seed: number | null;
  readonly environment: Json;
  readonly createdAt: Micros;
  readonly createdBy: string;
}

/** The columns of a {@link VersionHead}. */
export const headColumns = [
  "versions.id",
  "versions.model",
  "versions.number",
  "versions.path",
  "versions.package_digest",
  "versions.vector_name",
  "versions.vector_fingerprint",
] as const;

/** A row of {@link headColumns}. */
export type HeadRow = Pick<
  VersionsTable,
  "id" | "model" | "number" | "path" | "package_digest" | "vector_name" | "vector_fingerprint"
>;

/** A row as the API shows it. */
export function toHead(row: HeadRow): VersionHead {
  const { vector_name: name, vector_fingerprint: fingerprint } = row;
  return Object.freeze({
    id: row.id,
    model: row.model,
    number: row.number,
    path: decodePath(row.path),
    packageDigest: row.package_digest,
    vector: name === null || fingerprint === null ? null : { name, fingerprint },
  });
}

/** A row of a join that need not have found one. */
export function headOf(row: { readonly [K in keyof HeadRow]: HeadRow[K] | null } | undefined): VersionHead | undefined {
  if (row === undefined) return undefined;
  const { id, model, number, path, package_digest, vector_name, vector_fingerprint } = row;
  if (id === null || model === null || number === null || path === null || package_digest === null) return undefined;
  return toHead({ id, model, number, path, package_digest, vector_name, vector_fingerprint });
}

/** A row as the API shows it. */
export function toVersion(row: VersionsTable): ModelVersion {
  return Object.freeze({
    ...toHead(row),
    trainer: { name: row.trainer_name, version: row.trainer_version },
    configuration: JSON.parse(row.configuration) as Json,
    parameters: JSON.parse(row.parameters) as Json,
    metrics: JSON.parse(row.metrics) as Record<string, number | null>,
    trainingSet: toData(row.training_set),
    holdoutSet: toData(row.holdout_set),
    parentId: row.parent_id,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    labels: JSON.parse(row.labels) as Record<string, string>,
    seed: row.seed,
    environment: JSON.parse(row.environment) as Json,
    createdAt: row.created_at,
    createdBy: row.created_by,
  });
}

function toData(text: string | null): DataReference | null {
  return text === null ? null : (JSON.parse(text) as DataReference);
}
