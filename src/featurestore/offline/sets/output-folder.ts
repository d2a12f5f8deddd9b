import type { Dirent } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, posix, relative, sep } from "node:path";
import { syncFolder, temporaryBeside, TondoError } from "../../../core/index.ts";
import { type Manifest, manifestFile, readManifest } from "./manifest.ts";
import { digestFiles } from "../files/source-files.ts";

/** Folders of killed runs that are looked at in one go. */
const maxLeftovers = 1000;

/**
 * Clears what killed runs left beside an output folder; to be called under its lock, when no run is alive that could need them.
 * A run killed between moving the old set away and the new one into its place left a whole set: it is put back.
 */
export async function clearLeftovers(output: string): Promise<void> {
  const parent = dirname(output);
  const prefix = `.${basename(output)}.`;
  const left = (await readdir(parent))
    .filter((name) => name.startsWith(prefix) && /^[0-9a-f-]{36}\.part$/.test(name.slice(prefix.length)))
    .slice(0, maxLeftovers);
  const whole: { readonly path: string; readonly madeAt: string }[] = [];
  for (const name of left) {
    const path = join(parent, name);
    const manifest = await readManifest(path).catch(() => undefined);
    if (manifest === undefined) await rm(path, { recursive: true, force: true });
    else whole.push({ path, madeAt: manifest.madeAt });
  }
  whole.sort((a, b) => (a.madeAt < b.madeAt ? 1 : -1));
  for (const { path } of whole) {
    if (await isThere(output)) await rm(path, { recursive: true, force: true });
    else await rename(path, output);
  }
}

/**
 * The manifest of a folder that already holds what is asked for; `undefined` where it holds nothing, or another training set, which
 * may be replaced.
 *
 * @throws TondoError `TRAINING_SET_EXISTS` where it holds anything else
 */
export async function existingSet(
  output: string,
  isAsked: (manifest: Manifest) => boolean,
  signal: AbortSignal | undefined,
): Promise<Manifest | undefined> {
  if (!(await isThere(output))) return undefined;
  const isEmpty = await readdir(output).then(
    (names) => names.length === 0,
    (cause: unknown) => {
      throw occupied(output, "is no folder", cause);
    },
  );
  if (isEmpty) return undefined;
  const manifest = await readManifest(output).catch((cause: unknown) => {
    throw occupied(output, "holds something that is no training set", cause);
  });
  const found = await pathsIn(output);
  if (isAsked(manifest)) {
    const names = new Set(found);
    const present = manifest.files.filter(({ path }) => names.has(path));
    const digests = await digestFiles(
      present.map(({ path }) => join(output, path)),
      { folder: output },
      signal,
    );
    const isWhole =
      present.length === manifest.files.length && present.every(({ sha256: hash }, i) => digests[i]?.sha256 === hash);
    if (isWhole) return manifest;
  }
  const own = new Set([manifestFile, ...manifest.files.flatMap(({ path }) => [path, ...parentsOf(path)])]);
  const foreign = found.find((path) => !own.has(path));
  if (foreign !== undefined) throw occupied(output, `holds "${foreign}" beside a training set of other inputs`);
  return undefined;
}

/** Puts a finished folder into its place; what was there is gone only after it stands. */
export async function replaceFolder(from: string, to: string): Promise<void> {
  const old = temporaryBeside(to);
  for (const folder of await foldersIn(from)) await syncFolder(join(from, folder));
  await syncFolder(from);
  const had = await isThere(to);
  if (had) await rename(to, old);
  await rename(from, to);
  await syncFolder(dirname(to));
  if (had) await rm(old, { recursive: true, force: true });
}

/** What lies in a folder and those inside it, but for folders that hold something themselves; with `/` between names. */
async function pathsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => ({ path: pathWithin(folder, entry), isFolder: entry.isDirectory() }));
  const parents = new Set(paths.map(({ path }) => posix.dirname(path)));
  return paths.flatMap(({ path, isFolder }) => (isFolder && parents.has(path) ? [] : [path]));
}

/** The folders inside a folder, the innermost first. */
async function foldersIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const folders = entries.flatMap((entry) => (entry.isDirectory() ? [pathWithin(folder, entry)] : []));
  return folders.sort((a, b) => b.length - a.length);
}

/** The folders that a path of a file leads through. */
function parentsOf(path: string): readonly string[] {
  const names = path.split("/");
  return names.slice(1).map((_, i) => names.slice(0, i + 1).join("/"));
}

function pathWithin(folder: string, { parentPath, name }: Dirent): string {
  return relative(folder, join(parentPath, name)).split(sep).join("/");
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

function occupied(output: string, what: string, cause?: unknown): TondoError {
  return new TondoError("TRAINING_SET_EXISTS", `"${output}" ${what}`, {
    where: output,
    hint: "Give another output folder, or remove it yourself.",
    ...(cause === undefined ? {} : { cause }),
  });
}
