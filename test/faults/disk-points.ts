import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { around } from "./point.ts";

type Operation = (...given: unknown[]) => Promise<unknown>;

/** What stands at a path, by what it looks like; the first that fits. */
const places: readonly (readonly [RegExp, string])[] = [
  [/erasure\.key/, "the secret of erasures"],
  [/\.commit(\.[^/]*\.part)?$/, "a commit"],
  [/vector\.json/, "a vector's plan"],
  [/\.compacting\/[^/]+$/, "a compacted file"],
  [/\.compacting$/, "the folder of a compaction"],
  [/\.(sealing|sealed)\/[^/]+$/, "a sealed part"],
  [/\.(sealing|sealed)$/, "a sealed folder"],
  [/\/pushed\/[^/]+\/[\d-]+$/, "a day of pushed rows"],
  [/\/pushed\/[^/]+\/.+$/, "a file of pushed rows"],
  [/\/pushed\/[^/]+$/, "the folder of pushed rows"],
  [/\/pushed$/, "the folder of all pushed rows"],
  [/\.dead-letters\/[^/]+$/, "a file of dead letters"],
  [/\.dead-letters$/, "the folder of dead letters"],
  [/\.journal$/, "a journal"],
  [/\.parquet$/, "a public file"],
  [/\/served-journal$/, "the folder of journals"],
  [/\/served(\/[^.]*|\/.*\/[\d-]+)?$/, "a public folder"],
];

function placeOf(path: unknown): string {
  return places.find(([looks]) => looks.test(String(path)))?.[1] ?? "the home";
}

/** Puts points around all that this process's own code changes on a disk, and makes durable there. What DuckDB writes it is given no part in. */
export function useDiskPoints(): void {
  const real = { ...fs.promises } as unknown as Record<string, Operation>;
  const disk = fs.promises as unknown as Record<string, Operation>;
  const verbs = { writeFile: "write", appendFile: "append", rm: "remove", mkdir: "make" } as const;
  for (const [name, verb] of Object.entries(verbs)) {
    const operation = real[name];
    if (operation === undefined) throw new Error(`no ${name}`);
    disk[name] = (...given) => around(`${verb} ${placeOf(given[0])}`, () => operation(...given));
  }
  const { open, rename } = real;
  if (open === undefined || rename === undefined) throw new Error("no open or rename");
  disk["rename"] = (...given) => around(`rename ${placeOf(given[1])}`, () => rename(...given));
  disk["open"] = async (...given) => {
    const handle = (await open(...given)) as Record<string, Operation>;
    const place = placeOf(given[0]);
    const handled = { write: "write", writeFile: "write", truncate: "cut", sync: "fsync", datasync: "fsync" } as const;
    for (const [name, verb] of Object.entries(handled)) {
      const method = handle[name]?.bind(handle);
      if (method !== undefined) handle[name] = (...own) => around(`${verb} ${place}`, () => method(...own));
    }
    return handle;
  };
  syncBuiltinESMExports();
}
