import { join } from "node:path";

/**
 * Where the public files of the log are: `served` in the home. Below it `VECTOR/FINGERPRINT/DAY/NAME.parquet`: the vector's name, the first 12 digits of
 * its fingerprint, and the day of `logged_at` in UTC as `2026-11-22`. Beside the days lies `vector.json`, the vector's plan, as JSON. Files appear whole and
 * never change, but for an erasure, which puts others in their places; nothing else that ends in `.parquet` is there. Three folders deep, those are all.
 */
export function servedFolder(home: string): string {
  return join(home, "served");
}

/** The folder of one vector's plan: its files lie in folders of days below it. */
export function servedVectorFolder(home: string, vector: string, fingerprint: string): string {
  return join(servedFolder(home), servedName(vector), fingerprint.slice(0, 12));
}

/** The file with the vector's plan, in {@link servedVectorFolder}. */
export const servedPlanFile = "vector.json";

/** A vector's name as the name of a folder: what is no letter, digit, `_` or `-` of ASCII stands as `%` and the digits of its bytes, as in URLs. */
export function servedName(vector: string): string {
  return [...new TextEncoder().encode(vector)]
    .map((byte) => {
      const sign = String.fromCharCode(byte);
      return /[\w-]/.test(sign) ? sign : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
    })
    .join("");
}

/**
 * Where what is not public yet is: `served-journal` in the home, beside the public files, and no part of it ends in `.parquet`. Of each process `ID.lock`, which
 * it holds while it lives, and `ID-N.journal`; of a journal that is sealed `ID-N.sealed`, a folder, which is called `.sealing` until it is whole; of a compaction
 * `ID.compacting`, a folder, and `ID.commit`, from when on it counts.
 */
export function unpublishedFolder(home: string): string {
  return join(home, "served-journal");
}

/** What the names in {@link unpublishedFolder} end in. */
export const endings = {
  lock: ".lock",
  journal: ".journal",
  sealing: ".sealing",
  sealed: ".sealed",
  compacting: ".compacting",
  commit: ".commit",
} as const;

/** A name without its ending; `undefined` where it has another. */
export function stemOf(name: string, ending: string): string | undefined {
  return name.endsWith(ending) && name.length > ending.length ? name.slice(0, -ending.length) : undefined;
}

/** Whether a name is that of a file that was never finished: see `writeFileAtomic`. */
export function isPartFile(name: string): boolean {
  return name.startsWith(".") && name.endsWith(".part");
}
