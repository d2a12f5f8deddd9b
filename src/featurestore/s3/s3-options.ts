import { TondoError } from "../../core/index.ts";

/** A key of an account, as Amazon and its likes give them out. Never printed or stored. */
export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What reading S3 may take. */
export interface S3Limits {
  /** Bytes that copies of objects may take on disk together: 20 GiB. What one piece of work reads must fit into it. */
  readonly cacheLimit: number;
  /** Objects, and folders that are passed over, which are looked at for one path: a million. */
  readonly maxListed: number;
  /** Bytes asked for at once: objects are read in ranges of 8 MiB. */
  readonly partBytes: number;
  /** Requests under way at once: 8. */
  readonly concurrency: number;
  /** How often a request is sent before it counts as failed: 5 times, with a growing pause between. */
  readonly attempts: number;
  /** How long connecting may take: 5 seconds. */
  readonly connectTimeoutMs: number;
  /** How long one request may take, its answer read: 60 seconds. */
  readonly requestTimeoutMs: number;
}

/** How S3, or what speaks its language (MinIO, Ceph, R2, SeaweedFS), is reached. All may be left out: Amazon's own environment then says it. */
export interface S3Options extends Partial<S3Limits> {
  /** Such as `https://minio.internal:9000`; default: Amazon's. */
  readonly endpoint?: string;
  /** Default: with an endpoint `us-east-1`, else what `AWS_REGION` or the shared configuration says. */
  readonly region?: string;
  /** Default: Amazon's chain: `AWS_ACCESS_KEY_ID` and its like, the shared configuration, the role of the machine. */
  readonly credentials?: S3Credentials | (() => Promise<S3Credentials>);
  /** Whether the bucket is in the path and not in the host's name; default: where an endpoint is given. */
  readonly forcePathStyle?: boolean;
  /** Where copies of objects lie; default: `cache/s3` in the home. */
  readonly cacheFolder?: string;
}

/** The limits where nothing else is said. */
export const defaultS3Limits: S3Limits = {
  cacheLimit: 20 * 2 ** 30,
  maxListed: 1_000_000,
  partBytes: 8 * 2 ** 20,
  concurrency: 8,
  attempts: 5,
  connectTimeoutMs: 5_000,
  requestTimeoutMs: 60_000,
};

/**
 * The limits that are given, and the defaults of the others; one that is there and undefined is not given.
 *
 * @throws TondoError `INVALID_ARGUMENT` where a limit is no positive whole number
 */
export function limitsOf(options: Partial<S3Limits>): S3Limits {
  const given: Partial<Record<keyof S3Limits, number>> = {};
  for (const name of Object.keys(defaultS3Limits) as (keyof S3Limits)[]) {
    const value = options[name];
    if (value === undefined) continue;
    if (!(Number.isSafeInteger(value) && value > 0))
      throw new TondoError("INVALID_ARGUMENT", `s3.${name}: ${String(value)} is no positive whole number`);
    given[name] = value;
  }
  return { ...defaultS3Limits, ...given };
}
