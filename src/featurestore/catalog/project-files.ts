import { glob, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type SourceFile, TondoError } from "../../core/index.ts";

/** Bounds on a project folder. */
export const projectLimits = { files: 1000, bytesPerFile: 16_000_000 } as const;

/**
 * The `.tondo` files of a folder and, unless told not to, its subfolders, sorted, relative to it; those in hidden folders and `node_modules` are
 * none of it.
 *
 * @throws TondoError `IO_FAILED` where the folder cannot be read, `LIMIT_EXCEEDED` where there are more than {@link projectLimits}
 */
export async function projectPaths(root: string, subfolders = true): Promise<readonly string[]> {
  const paths: string[] = [];
  try {
    if (!(await stat(root)).isDirectory())
      throw new TondoError("IO_FAILED", `"${root}" is no folder`, { hint: "Give the project's folder." });
    for await (const path of glob(subfolders ? "**/*.tondo" : "*.tondo", {
      cwd: root,
      exclude: ["**/node_modules/**", "**/.*/**"],
    }))
      paths.push(path);
  } catch (error) {
    if (error instanceof TondoError) throw error;
    throw new TondoError("IO_FAILED", `the folder "${root}" cannot be read`, {
      hint: "Give the project's folder.",
      cause: error,
    });
  }
  if (paths.length > projectLimits.files) {
    throw new TondoError("LIMIT_EXCEEDED", `more than ${String(projectLimits.files)} .tondo files in "${root}"`, {
      hint: "Give a folder with one project.",
    });
  }
  return paths.sort();
}

/**
 * One of the {@link projectPaths}, read.
 *
 * @throws TondoError `LIMIT_EXCEEDED` where it is too long
 */
export async function readProjectFile(root: string, path: string): Promise<SourceFile> {
  const whole = join(root, path);
  const { size } = await stat(whole);
  if (size > projectLimits.bytesPerFile) {
    throw new TondoError("LIMIT_EXCEEDED", `"${path}" has ${String(size)} bytes`, {
      where: whole,
      hint: `A file may have ${String(projectLimits.bytesPerFile)}.`,
    });
  }
  return { path, text: await readFile(whole, "utf8") };
}
