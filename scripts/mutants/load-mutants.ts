import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Mutant } from "./mutant.ts";

/**
 * Every mutant of `mutants/*.ts`, each file's default export being a list of them.
 *
 * @throws Error for a file without a list, and where two mutants have one name
 */
export async function loadMutants(root: string): Promise<readonly Mutant[]> {
  const folder = join(root, "mutants");
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".ts")) : [];
  const all: Mutant[] = [];
  for (const file of files.sort()) {
    const module = (await import(pathToFileURL(join(folder, file)).href)) as { readonly default?: unknown };
    if (!Array.isArray(module.default)) throw new Error(`mutants/${file} has no list of mutants as its default export`);
    all.push(...(module.default as readonly Mutant[]));
  }
  const names = all.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`two mutants are named ${twice}`);
  return all;
}
