import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Suite } from "./suite.ts";

/** Names of the folders that hold a suite. */
export function suiteNames(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "index.ts")))
    .map(({ name }) => name)
    .sort();
}

/**
 * The suite of `<folder>/<name>/index.ts`.
 *
 * @throws Error that lists the suites there are, for an unknown name or a module without a suite
 */
export async function loadSuite(folder: string, name: string): Promise<Suite> {
  const names = suiteNames(folder);
  if (!names.includes(name)) {
    throw new Error(`no suite "${name}"; there ${names.length === 1 ? "is" : "are"}: ${names.join(", ") || "none"}`);
  }
  const module = (await import(pathToFileURL(join(folder, name, "index.ts")).href)) as { readonly default?: Suite };
  if (module.default === undefined || !Array.isArray(module.default.cases)) {
    throw new Error(`benchmarks/${name}/index.ts has no suite as its default export`);
  }
  return module.default;
}
