import { readdirSync, readFileSync, rmdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { TondoError } from "../../core/index.ts";
import type { VectorPlan } from "../../dsl/index.ts";
import { servedFolder, servedName, servedPlanFile } from "./served-places.ts";

/** The public files of one vector, fingerprint and day. */
export interface ServedDay {
  readonly vector: string;
  /** The first 12 digits. */
  readonly fingerprint: string;
  /** As `2026-11-22`, UTC. */
  readonly day: string;
  /** Absolute paths. */
  readonly files: readonly string[];
  readonly bytes: number;
}

/**
 * What there is of public files, by vector, fingerprint and day: of all vectors, or of one.
 * @throws TondoError `IO_FAILED`
 */
export function publicFiles(home: string, only?: string): readonly ServedDay[] {
  const root = servedFolder(home);
  const days: ServedDay[] = [];
  for (const vector of only === undefined ? foldersOf(root) : [servedName(only)]) {
    for (const fingerprint of foldersOf(join(root, vector))) {
      const own = join(root, vector, fingerprint);
      for (const day of foldersOf(own)) {
        const files = readdirSync(join(own, day))
          .filter((name) => name.endsWith(".parquet"))
          .sort()
          .map((name) => join(own, day, name));
        const bytes = files.reduce((sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0), 0);
        days.push({ vector: nameOf(own, vector), fingerprint, day, files, bytes });
      }
    }
  }
  return days.sort((a, b) => (a.vector + a.day < b.vector + b.day ? -1 : 1));
}

/**
 * The first 12 digits of the fingerprints of a vector of which there are public files.
 * @throws TondoError `IO_FAILED`
 */
export function loggedFingerprints(home: string, vector: string): readonly string[] {
  return foldersOf(join(servedFolder(home), servedName(vector)));
}

/** Removes the public files of all days before one, whole days at a time, and folders that nothing is left in. */
export function removeBefore(home: string, day: string): readonly ServedDay[] {
  const old = publicFiles(home).filter((one) => one.day < day);
  for (const { files } of old) {
    for (const file of files) rmSync(file, { force: true });
  }
  const root = servedFolder(home);
  for (const vector of foldersOf(root)) {
    for (const fingerprint of foldersOf(join(root, vector))) {
      const own = join(root, vector, fingerprint);
      for (const folder of foldersOf(own)) removeEmpty(join(own, folder));
      if (foldersOf(own).length > 0) continue;
      rmSync(join(own, servedPlanFile), { force: true });
      removeEmpty(own);
    }
    removeEmpty(join(root, vector));
  }
  return old;
}

function removeEmpty(folder: string): void {
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}

function foldersOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw new TondoError("IO_FAILED", "the log of served features cannot be read", { where: folder, cause: error });
  }
}

/** The vector's name as its plan says it; the folder's where there is no plan. */
function nameOf(folder: string, fallback: string): string {
  try {
    return (JSON.parse(readFileSync(join(folder, servedPlanFile), "utf8")) as Pick<VectorPlan, "name">).name;
  } catch {
    return fallback;
  }
}
