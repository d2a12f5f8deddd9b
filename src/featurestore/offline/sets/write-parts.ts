import type { OutputFile } from "./manifest.ts";
import type { Part } from "./split.ts";
import { writePart, type WritePartOptions } from "./write-part.ts";

/**
 * Writes the files of a set: of the training rows and of the holdout, where there are any.
 *
 * @throws TondoError `IO_FAILED`, `LIMIT_EXCEEDED`, `USER_FUNCTION_FAILED`, `ABORTED`
 */
export async function writeParts(
  options: Omit<WritePartOptions, "part" | "rows">,
  counts: Readonly<Record<Part, number>>,
): Promise<readonly OutputFile[]> {
  const files: OutputFile[] = [];
  for (const part of ["train", "holdout"] as const)
    if (counts[part] > 0) files.push(await writePart({ ...options, part, rows: counts[part] }));
  return files;
}
