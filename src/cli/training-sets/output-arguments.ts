import type { Compression, Output, OutputFormat } from "../../featurestore/index.ts";
import { type ParsedArguments, usageError } from "../arguments/index.ts";

// As `outputFormats` and `compressions` of the feature store, which a command loads only when it runs.
const formats: readonly OutputFormat[] = ["parquet", "csv"];
const compressions: readonly Compression[] = ["zstd", "snappy", "gzip", "uncompressed"];

/** What the files of a training set shall be. */
export const outputOptions = {
  format: { value: "NAME", help: "what the files are: parquet or csv", default: "parquet" },
  compression: {
    value: "NAME",
    help: "zstd, snappy, gzip or uncompressed; zstd:LEVEL in Parquet",
    default: "zstd; CSV: uncompressed",
  },
  "row-group-rows": { value: "N", help: "rows of a group in Parquet", default: "122880" },
  "max-file-rows": { value: "N", help: "a part with more rows gets several files" },
  "partition-by": { value: "A,B", help: "keys or carried columns, whose values get a folder each", many: true },
} as const;

/**
 * The output that options say, with what a specification says besides, which is read where they say something; `undefined` where
 * neither an option nor a folder is given.
 *
 * @throws TondoError `USAGE`
 */
export async function outputArguments(
  args: ParsedArguments,
  folder: string | undefined,
  inFile: () => Promise<string | Output | undefined> = () => Promise.resolve(undefined),
): Promise<string | Output | undefined> {
  const format = wordOf(args, "format", formats);
  const [name, level] = args.text("compression")?.split(":") ?? [];
  const compression = name === undefined ? undefined : oneOf("compression", name, compressions);
  const compressionLevel = level === undefined ? undefined : levelOf(level);
  const rowGroupRows = args.integer("row-group-rows", 1);
  const maxFileRows = args.integer("max-file-rows", 1);
  const partitionBy = args.names("partition-by");
  const said = {
    ...(format === undefined ? {} : { format }),
    ...(compression === undefined ? {} : { compression }),
    ...(compressionLevel === undefined ? {} : { compressionLevel }),
    ...(rowGroupRows === undefined ? {} : { rowGroupRows }),
    ...(maxFileRows === undefined ? {} : { maxFileRows }),
    ...(partitionBy.length === 0 ? {} : { partitionBy }),
  };
  if (Object.keys(said).length === 0) return folder;
  const given = await inFile();
  const before = typeof given === "string" ? { folder: given } : (given ?? { folder: undefined });
  const target = folder ?? before.folder;
  if (target === undefined)
    throw usageError("--output DIR is missing: the folder to make", "The specification names none.");
  return { ...before, ...said, folder: target };
}

/** An option that is one of some words. */
export function wordOf<T extends string>(args: ParsedArguments, option: string, words: readonly T[]): T | undefined {
  const text = args.text(option);
  return text === undefined ? undefined : oneOf(option, text, words);
}

function oneOf<T extends string>(option: string, text: string, words: readonly T[]): T {
  const word = words.find((one) => one === text);
  if (word !== undefined) return word;
  throw usageError(`--${option}: "${text}" is none of ${words.join(", ")}`);
}

function levelOf(text: string): number {
  const level = /^[0-9]{1,2}$/.test(text) ? Number(text) : 0;
  if (level >= 1 && level <= 22) return level;
  throw usageError(`--compression: "${text}" is no level from 1 to 22`, "Write zstd:9, say.");
}
