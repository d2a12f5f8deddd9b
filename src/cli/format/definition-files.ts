import { glob, realpath, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { TondoError } from "../../core/index.ts";
import { formatLimits } from "./format-limits.ts";

/** A file as it is named to people, and where it lies. */
export interface DefinitionFile {
  readonly path: string;
  readonly whole: string;
}

/**
 * The files that paths mean, each once: a file itself, whatever its name, and of a folder all `.tondo` files in it and below, but for
 * hidden folders and `node_modules`.
 *
 * @throws TondoError `IO_FAILED` for a path that does not exist, `DEFINITIONS_INVALID` where no file is found, `LIMIT_EXCEEDED`
 * where there are too many
 */
export async function definitionFiles(paths: readonly string[], folder: string): Promise<readonly DefinitionFile[]> {
  const found = new Map<string, DefinitionFile>();
  for (const path of paths) {
    for (const whole of await filesBelow(resolve(folder, path))) {
      // What a link leads to is written, and the link stays.
      const real = await realpath(whole);
      if (!found.has(real)) found.set(real, { path: relative(folder, whole) || path, whole: real });
      if (found.size <= formatLimits.files) continue;
      throw new TondoError("LIMIT_EXCEEDED", `more than ${String(formatLimits.files)} .tondo files`, {
        hint: "Name fewer folders.",
      });
    }
  }
  if (found.size === 0) {
    throw new TondoError("DEFINITIONS_INVALID", `there is no .tondo file in "${resolve(folder, paths[0] ?? ".")}"`, {
      hint: "Make a first project with `tondo init`.",
    });
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function filesBelow(path: string): Promise<readonly string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const found: string[] = [];
    for await (const file of glob("**/*.tondo", { cwd: path, exclude: ["**/node_modules/**", "**/.*/**"] }))
      found.push(join(path, file));
    return found.sort();
  } catch (error) {
    throw new TondoError("IO_FAILED", `"${path}" cannot be read`, {
      hint: "Give files and folders that exist.",
      cause: error,
    });
  }
}
