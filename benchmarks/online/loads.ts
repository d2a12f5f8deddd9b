import { equal } from "node:assert/strict";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { toMicros, type Tondo } from "../../src/index.ts";
import { freshFolder, loadedAt, writeProfiles } from "./world.ts";

/** A folder with one group of ten features, and a file with a row for each of so many keys. */
export async function makeLoads(keys: number): Promise<string> {
  const folder = await freshFolder();
  await writeProfiles(folder, "states.parquet", keys);
  await copyFile(join(import.meta.dirname, "loads.tondo"), join(folder, "definitions.tondo"));
  return folder;
}

/** Each load is as of another moment, and computes all keys: one of the same inputs would be none, and one of inputs that are known would copy what is loaded. */
export function loading(tondo: Tondo, keys: number): () => Promise<void> {
  let moment = BigInt(toMicros(loadedAt));
  return async () => {
    const [loaded] = (await tondo.materialize({ asOf: moment++, full: true })).groups;
    equal(loaded?.loaded?.how, "full");
    equal(loaded.keys, keys);
  };
}
