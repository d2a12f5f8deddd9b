import type { Dirent } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { TondoError } from "../../core/index.ts";
import { endings, stemOf } from "./served-places.ts";

/** What waits to be compacted. */
export interface Unpublished {
  readonly journals: number;
  readonly sealed: number;
  readonly bytes: number;
}

/**
 * What the folder of what is not public has, without keeping others waiting. Nothing where it is not there; what goes away meanwhile does not count.
 *
 * @throws TondoError `IO_FAILED`
 */
export async function unpublishedIn(folder: string): Promise<Unpublished> {
  const found = { journals: 0, sealed: 0, bytes: 0 };
  const addFiles = async (own: string): Promise<void> => {
    for (const entry of await entriesOf(own)) {
      const { name } = entry;
      if (stemOf(name, endings.journal) !== undefined) found.journals++;
      else if (stemOf(name, endings.sealed) !== undefined) found.sealed++;
      if (entry.isDirectory()) await addFiles(join(own, name));
      else if (stemOf(name, endings.lock) === undefined) found.bytes += await sizeOf(join(own, name));
    }
  };
  try {
    await addFiles(folder);
  } catch (error) {
    throw new TondoError("IO_FAILED", "what waits to be compacted of the log of served features cannot be read", {
      where: folder,
      cause: error,
    });
  }
  return found;
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (isGone(error)) return 0;
    throw error;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
