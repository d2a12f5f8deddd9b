import { posix } from "node:path";
import { TondoError } from "../../core/index.ts";

/** What a path of S3 says. */
export interface S3Address {
  readonly bucket: string;
  /** A key, or a pattern of keys with `*`, `**`, `?`, `[...]` and `{...}` as in a glob. */
  readonly key: string;
  /** What all keys of the pattern begin with. */
  readonly prefix: string;
  readonly isPattern: boolean;
  /** Whether no key of the pattern lies in a folder below the prefix's: what lies deeper need not be listed. */
  readonly isFlat: boolean;
}

/** Whether a path is one of S3. */
export function isS3Path(path: string): boolean {
  return /^s3:\/\//i.test(path);
}

/**
 * Takes `s3://bucket/key` apart.
 *
 * @throws TondoError `INVALID_ARGUMENT`
 */
export function parseS3Path(path: string, what: string): S3Address {
  const [, bucket = "", key = ""] = /^s3:\/\/([^/]*)\/?(.*)$/is.exec(path) ?? [];
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/.test(bucket) || key === "" || key.endsWith("/")) {
    throw new TondoError("INVALID_ARGUMENT", `${what}: not a path of objects in S3`, {
      where: path,
      hint: "Write it as s3://bucket/path/name.parquet or s3://bucket/path/*.parquet.",
    });
  }
  const at = key.search(/[*?[\]{}]/);
  const prefix = at < 0 ? key : key.slice(0, at);
  return { bucket, key, prefix, isPattern: at >= 0, isFlat: at >= 0 && !/\/|\{|\*\*/.test(key.slice(at)) };
}

/** Whether a key is one of an address: it is that itself, or the pattern stands for it, by the rules of paths. */
export function isKeyOf({ key: pattern }: S3Address, key: string): boolean {
  return key === pattern || (!key.endsWith("/") && posix.matchesGlob(key, pattern));
}

/** The path of an object. */
export function s3Path(bucket: string, key: string): string {
  return `s3://${bucket}/${key}`;
}
