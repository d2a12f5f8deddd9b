import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { endings, stemOf } from "./served-places.ts";

/** What waits to be compacted. */
export interface Unpublished {
  readonly journals: number;
  readonly sealed: number;
  readonly bytes: number;
}

/** What the folder of what is not public has. Nothing where it is not there. */
export function unpublishedIn(folder: string): Unpublished {
  const found = { journals: 0, sealed: 0, bytes: 0 };
  let names: readonly string[];
  try {
    names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  } catch {
    // Nothing was ever logged here.
    return found;
  }
  for (const name of names) {
    if (stemOf(name, endings.journal) !== undefined) found.journals++;
    else if (stemOf(name, endings.sealed) !== undefined) found.sealed++;
    const stat = statSync(join(folder, name), { throwIfNoEntry: false });
    if (stat?.isFile() === true && !name.endsWith(endings.lock)) found.bytes += stat.size;
  }
  return found;
}
