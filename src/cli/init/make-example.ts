import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { TondoError } from "../../core/index.ts";
import type { Example, ExampleFile } from "./example.ts";

/**
 * Writes an example into a folder, which is made where it is missing.
 *
 * @throws TondoError `PROJECT_EXISTS` where one of its files is there already, `IO_FAILED`
 */
export async function makeExample(example: Example, folder: string): Promise<readonly ExampleFile[]> {
  const there: string[] = [];
  for (const { path } of example.files) if (await exists(join(folder, path))) there.push(path);
  if (there.length > 0) {
    throw new TondoError("PROJECT_EXISTS", `the folder already holds ${there.join(", ")}`, {
      where: folder,
      hint: "Give another folder: `tondo init DIR`. Nothing was written.",
      details: { files: there },
    });
  }
  try {
    await example.write(folder);
  } catch (error) {
    if (error instanceof TondoError) throw error;
    throw new TondoError("IO_FAILED", "the example cannot be written", {
      where: folder,
      hint: `Check that the folder can be written: ${error instanceof Error ? error.message : String(error)}.`,
      cause: error,
    });
  }
  return example.files;
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return false;
    throw new TondoError("IO_FAILED", `"${path}" cannot be looked at`, {
      hint: "Give a folder that can be written.",
      cause: error,
    });
  }
}
