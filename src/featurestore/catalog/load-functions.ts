import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { TondoError } from "../../core/index.ts";
import { functionLibrary, type UserFunction } from "../../dsl/index.ts";

/** The files in a project's folder that its functions are exported from; the first one there is counts. */
export const functionFiles = ["tondo.functions.ts", "tondo.functions.js", "tondo.functions.mjs"] as const;

/** The functions of a project's own, and the file that they stand in. */
export interface LoadedFunctions {
  readonly functions: readonly UserFunction[];
  /** Absent where the project has none. */
  readonly file?: string;
  /** Changes with the file. */
  readonly stamp?: string;
}

/**
 * Loads what a project exports from `tondo.functions.ts` in its folder, or from another file. This runs the file's code: that a
 * project has the file is what asks for it. Every export is a function of `defineFunction`, or an array of them.
 *
 * @param before what was loaded before: given back where the file is the same
 * @throws TondoError `FUNCTIONS_INVALID` where the file fails or exports anything else, `IO_FAILED` where `file` is named and not there
 */
export async function loadFunctions(folder: string, file?: string, before?: LoadedFunctions): Promise<LoadedFunctions> {
  const found = await findFile(folder, file);
  if (found === undefined) return { functions: [] };
  const { path, stamp } = found;
  if (before?.file === path && before.stamp === stamp) return before;
  let exported: Readonly<Record<string, unknown>>;
  try {
    const url = pathToFileURL(path);
    // Modules are remembered by their address: a file that has changed needs another one.
    if (before !== undefined) url.searchParams.set("changed", stamp);
    exported = (await import(url.href)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    const said = error instanceof TondoError ? `${error.message}. ${error.hint ?? ""}` : String(error);
    throw invalid(path, `cannot be loaded: ${said.trimEnd()}`, error);
  }
  const functions = Object.entries(exported).flatMap(([name, value]): readonly UserFunction[] => {
    const own: readonly unknown[] = Array.isArray(value) ? value : [value];
    for (const one of own) {
      if (!isUserFunction(one)) {
        const what = Array.isArray(value) ? "an array with something" : "something";
        throw invalid(path, `exports ${what} as "${name}" that is no function of \`defineFunction\``);
      }
    }
    return own as readonly UserFunction[];
  });
  // The same one may be exported by name and in a list.
  const different = [...new Set(functions)];
  try {
    functionLibrary(different);
  } catch (error) {
    throw invalid(path, `is wrong: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  return { functions: different, file: path, stamp };
}

async function findFile(
  folder: string,
  file: string | undefined,
): Promise<{ readonly path: string; readonly stamp: string } | undefined> {
  for (const path of file === undefined ? functionFiles.map((name) => join(folder, name)) : [resolve(folder, file)]) {
    try {
      const { mtimeMs, size } = await stat(path);
      return { path, stamp: `${String(mtimeMs)}-${String(size)}` };
    } catch (error) {
      if (file === undefined && (error as Partial<NodeJS.ErrnoException>).code === "ENOENT") continue;
      throw new TondoError("IO_FAILED", `the functions in "${path}" cannot be read`, {
        where: path,
        hint: "Name the file that exports the project's functions, relative to its folder.",
        cause: error,
      });
    }
  }
  return undefined;
}

/** By its form: the file may have been loaded with another copy of this library. */
function isUserFunction(value: unknown): boolean {
  const { source, compute, name } = (value ?? {}) as Readonly<Record<string, unknown>>;
  return typeof source === "string" && typeof compute === "function" && typeof name === "string";
}

function invalid(path: string, what: string, cause?: unknown): TondoError {
  return new TondoError("FUNCTIONS_INVALID", `${path} ${what}`, {
    where: path,
    hint: "Export what `defineFunction` gives and nothing else; docs/language.md shows how.",
    ...(cause === undefined ? {} : { cause }),
  });
}
