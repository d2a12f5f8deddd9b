import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { syncFile, TondoError } from "../../../core/index.ts";
import { type Engine, sqlText } from "../../duckdb/index.ts";
import type { FileChoice } from "../../specification/index.ts";
import { digestFiles } from "../files/source-files.ts";
import type { OutputFile } from "./manifest.ts";
import { copyOptions } from "./output-sql.ts";
import type { SelectedColumns } from "./select-columns.ts";

/** What one file of a training set is written from. */
export interface WritePartOptions extends SelectedColumns {
  readonly engine: Engine;
  /** SQL of the joined rows with `row` and `part`; only those of `part` are written, by `row`. */
  readonly from: string;
  readonly part: OutputFile["part"];
  /** How many rows the file has. */
  readonly rows: number;
  /** The path of the file within the set. */
  readonly path: string;
  /** SQL of which rows of the part it has, beginning with ` and `; empty where it has all. */
  readonly where: string;
  /** What the files are. */
  readonly choice: FileChoice;
  /** The folder of the set. */
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Computes the slots of some rows of a part and writes their file, in the rows' order.
 *
 * @throws TondoError `IO_FAILED`, `LIMIT_EXCEEDED`, `USER_FUNCTION_FAILED`, `ABORTED`
 */
export async function writePart(options: WritePartOptions): Promise<OutputFile> {
  const { engine, from, selected, call, part, rows, path, where, choice, folder, signal } = options;
  const whole = join(folder, path);
  await makeFolder(folder, path);
  await engine.run(
    `copy (select ${selected.join(", ")} from (select *, ${call} as js from (${from}) where part = '${part}'${where}) order by row)
     to ${sqlText(whole)} (${copyOptions(choice)})`,
    `writing ${path}`,
    signal,
  );
  await syncFile(whole);
  const [digest] = await digestFiles([whole], { folder });
  return { part, rows, path, bytes: digest?.bytes ?? 0, sha256: digest?.sha256 ?? "" };
}

/** The folder of the first file in it. Where names of two partitions are one to the file system, files would write over each other. */
async function makeFolder(folder: string, path: string): Promise<void> {
  const inside = dirname(path);
  if (inside === "." || !/part-0+\.[^/]*$/.test(path)) return;
  await mkdir(join(folder, dirname(inside)), { recursive: true });
  try {
    await mkdir(join(folder, inside));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new TondoError("ROWS_INVALID", `two partitions have folders of one name here: "${inside}"`, {
      hint: "This file system takes letters of both cases for one: write them alike in the rows, or partition by another column.",
      cause: error,
    });
  }
}
