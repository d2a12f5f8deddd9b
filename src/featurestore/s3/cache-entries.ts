import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** Copies of one version of an object. */
interface CacheEntry {
  /** From the cache's folder. */
  readonly path: string;
  readonly bytes: number;
  /** When work last began with it, milliseconds since 1970. */
  readonly usedAt: number;
}

/** The folder, in a cache, of those who use it now. */
export const sessionsFolder = ".sessions";

/**
 * Removes the copies that were used longest ago, none of those in use, until the others and what is about to come fit into the limit or none is
 * left to remove; to be called by who has the cache's lock.
 */
export async function makeRoom(
  cache: string,
  inUse: ReadonlySet<string>,
  { coming, limit }: { readonly coming: number; readonly limit: number },
): Promise<void> {
  const entries = await entriesOf(cache);
  let total = entries.reduce((sum, { bytes }) => sum + bytes, coming);
  for (const { path, bytes } of entries.toSorted((a, b) => a.usedAt - b.usedAt)) {
    if (total <= limit) return;
    if (inUse.has(path)) continue;
    await rm(join(cache, path), { recursive: true, force: true });
    total -= bytes;
  }
}

async function entriesOf(cache: string): Promise<readonly CacheEntry[]> {
  const entries: CacheEntry[] = [];
  for (const bucket of await foldersIn(cache)) {
    if (bucket === sessionsFolder) continue;
    for (const key of await foldersIn(join(cache, bucket))) {
      for (const version of await foldersIn(join(cache, bucket, key))) {
        const path = join(bucket, key, version);
        const { mtimeMs } = await stat(join(cache, path));
        let bytes = 0;
        for (const name of await readdir(join(cache, path))) bytes += (await stat(join(cache, path, name))).size;
        entries.push({ path, bytes, usedAt: mtimeMs });
      }
    }
  }
  return entries;
}

async function foldersIn(path: string): Promise<readonly string[]> {
  return (await readdir(path, { withFileTypes: true })).filter((one) => one.isDirectory()).map(({ name }) => name);
}
