import type { FileChoice } from "../../specification/index.ts";
import type { OutputFile } from "./manifest.ts";

/** What stands for a missing value in the name of a folder, as Hive has it. */
export const missingPartition = "__HIVE_DEFAULT_PARTITION__";

/**
 * A name or value in the name of a folder: what file systems and paths give a meaning is `%` and two hexadecimal digits, as Hive and Spark
 * write it.
 *
 * @example `escapePartition("a/b=c") // "a%2Fb%3Dc"`
 */
export function escapePartition(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f"#%'*/:<=>?\\^[\]{|}]/g, (sign) => {
    return `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
  });
}

/** The folder of a partition, below that of its part: `country=US/city=Reno`. */
export function partitionFolder(values: Readonly<Record<string, string | null>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${escapePartition(name)}=${value === null ? missingPartition : escapePartition(value)}`)
    .join("/");
}

/** How the files of a choice end: `.parquet`, `.csv`, `.csv.gz` or `.csv.zst`. */
export function fileEnding({ format, compression }: Pick<FileChoice, "format" | "compression">): string {
  if (format === "parquet") return ".parquet";
  return { gzip: ".csv.gz", zstd: ".csv.zst", snappy: ".csv", uncompressed: ".csv" }[compression];
}

/** What a file is, by its ending. */
export function formatOfFile({ path }: Pick<OutputFile, "path">): FileChoice["format"] {
  return /\.csv(\.gz|\.zst)?$/.test(path) ? "csv" : "parquet";
}

/**
 * The path of a file within its set: `train.parquet` where a part is one file, else `train/part-00000.parquet`, in the folder of its
 * partition. Sorted by path, files of a folder are in the order of their rows.
 */
export function filePath(
  choice: FileChoice,
  part: OutputFile["part"],
  partition: Readonly<Record<string, string | null>> | undefined,
  index: number,
): string {
  const ending = fileEnding(choice);
  if (partition === undefined && choice.maxFileRows === undefined) return `${part}${ending}`;
  const folder = partition === undefined ? part : `${part}/${partitionFolder(partition)}`;
  return `${folder}/part-${String(index).padStart(5, "0")}${ending}`;
}
