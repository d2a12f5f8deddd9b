import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { join, posix } from "node:path";
import { s3Path } from "./s3-address.ts";
import type { S3Object } from "./s3-requests.ts";

/** An object's place in a cache. */
export interface CachedObject {
  readonly object: S3Object;
  /** As manifests and errors name it. */
  readonly name: string;
  /** The folder of this version of the object, from the cache's. */
  readonly entry: string;
  readonly folder: string;
  /** The copy in that folder. It keeps the ending, by which CSV that is compressed is known. */
  readonly copy: string;
}

/** Where the copy of an object lies, whether it is there or not: by bucket, key and version. */
export function cachedObject(cache: string, object: S3Object): CachedObject {
  const { bucket, key, etag, bytes } = object;
  const version = `${etag.replaceAll(/[^A-Za-z0-9-]/g, "").slice(0, 80)}-${String(bytes)}`;
  const name = posix
    .basename(key)
    .replaceAll(/[^A-Za-z0-9._=-]/g, "_")
    .replace(/^\.+/, "_")
    .slice(-100);
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 32);
  const entry = join(bucket, hash, version);
  const folder = join(cache, entry);
  return { object, name: s3Path(bucket, key), entry, folder, copy: join(folder, name) };
}

/** Whether the copy is there, and whole. */
export async function isCached({ copy, object }: CachedObject): Promise<boolean> {
  try {
    const found = await stat(copy);
    return found.isFile() && found.size === object.bytes;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
