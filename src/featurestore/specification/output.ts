import type { Json } from "../../core/index.ts";

/** What files of training sets can be. */
export const outputFormats = ["parquet", "csv"] as const;

/** See {@link outputFormats}. */
export type OutputFormat = (typeof outputFormats)[number];

/** How files can be made smaller; Parquet takes all of them, CSV all but `snappy`. */
export const compressions = ["zstd", "snappy", "gzip", "uncompressed"] as const;

/** See {@link compressions}. */
export type Compression = (typeof compressions)[number];

/** Where a training set goes, and as what. */
export interface Output {
  /** The folder to make, from the project folder. */
  readonly folder: string;
  /** Default `parquet`. */
  readonly format?: OutputFormat;
  /** Default `zstd` in Parquet, `uncompressed` in CSV. */
  readonly compression?: Compression;
  /** Of `zstd` in Parquet, 1 (fast) to 22 (small); default 3. */
  readonly compressionLevel?: number;
  /** About how many rows a group of a Parquet file has; default 122,880. The engine writes whole chunks, of 2,048. */
  readonly rowGroupRows?: number;
  /** A part with more rows gets several files; default: one file, however many rows. */
  readonly maxFileRows?: number;
  /** Keys or carried columns: each value gets a folder `column=value`, as Hive names them. */
  readonly partitionBy?: readonly string[];
  /** How many folders there may be; default 1,000. */
  readonly maxPartitions?: number;
}

/** An output with all defaults written out, without its folder. */
export interface NormalOutput extends Readonly<Record<string, Json>> {
  readonly format: OutputFormat;
  readonly compression: Compression;
}

/** What an output says beside its folder: read by writers, with the defaults that its format has. */
export interface FileChoice {
  readonly format: OutputFormat;
  readonly compression: Compression;
  readonly compressionLevel: number | undefined;
  readonly rowGroupRows: number | undefined;
  readonly maxFileRows: number | undefined;
  readonly partitionBy: readonly string[];
  readonly maxPartitions: number;
}

/** The engine's chunks: a group of rows holds whole ones. */
export const groupStep = 2048;

const defaultRowGroupRows = 122_880;
const defaultLevel = 3;

/** See {@link Output.maxPartitions}. */
export const defaultMaxPartitions = 1000;

/** The folder that an output names. */
export function outputFolder(output: string | Output): string {
  return typeof output === "string" ? output : output.folder;
}

/** The same output in another folder. */
export function inFolder(output: string | Output, folder: string): string | Output {
  return typeof output === "string" ? folder : { ...output, folder };
}

/** What files an output asks for, with all defaults. */
export function fileChoice(output: string | Output): FileChoice {
  const given: Partial<Output> = typeof output === "string" ? {} : output;
  const { format = "parquet", partitionBy = [], maxFileRows, maxPartitions = defaultMaxPartitions } = given;
  const { compression = format === "parquet" ? "zstd" : "uncompressed" } = given;
  const isParquet = format === "parquet";
  const { rowGroupRows = defaultRowGroupRows, compressionLevel = defaultLevel } = given;
  return {
    ...{ format, compression, maxFileRows, partitionBy, maxPartitions },
    compressionLevel: isParquet && compression === "zstd" ? compressionLevel : undefined,
    rowGroupRows: isParquet ? Math.ceil(rowGroupRows / groupStep) * groupStep : undefined,
  };
}

/**
 * What of an output decides the bytes of the files: as a digest takes it. `undefined` where nothing but the folder is said, or what would be
 * anyway.
 */
export function outputBytes(output: string | Output): NormalOutput | undefined {
  const { format, compression, compressionLevel, rowGroupRows, maxFileRows, partitionBy } = fileChoice(output);
  const isUsual =
    format === "parquet" &&
    compression === "zstd" &&
    compressionLevel === defaultLevel &&
    rowGroupRows === defaultRowGroupRows &&
    maxFileRows === undefined &&
    partitionBy.length === 0;
  if (isUsual) return undefined;
  return {
    format,
    compression,
    ...(compressionLevel === undefined ? {} : { compressionLevel }),
    ...(rowGroupRows === undefined ? {} : { rowGroupRows }),
    ...(maxFileRows === undefined ? {} : { maxFileRows }),
    ...(partitionBy.length === 0 ? {} : { partitionBy: [...partitionBy] }),
  };
}

/** An output with all defaults written out; its folder alone where all else is as usual. */
export function normalOutput(output: string | Output): Json {
  const folder = outputFolder(output);
  const bytes = outputBytes(output);
  if (bytes === undefined) return folder;
  const { partitionBy, maxPartitions } = fileChoice(output);
  return { folder, ...bytes, ...(partitionBy.length === 0 ? {} : { maxPartitions }) };
}
