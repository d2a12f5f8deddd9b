import { type Compression, compressions, type Output, type OutputFormat, outputFormats } from "./output.ts";
import type { Path } from "./path.ts";
import { choice, list, number, object, type Problem, type Shape, text, word } from "./shape.ts";

const path = text({ most: 4000 });

/** The folder alone, or with what goes into it. */
export const outputShape: Shape<string | Output> = choice<string | Output>(
  { when: (value) => typeof value !== "object" || value === null, of: path },
  {
    when: () => true,
    of: object<Output>(
      {
        folder: { doc: "The folder to make, from the project folder.", of: path },
        format: { doc: "What the files are; default parquet.", of: word<OutputFormat>(outputFormats, "a format") },
        compression: {
          doc: "How the files are made smaller; default zstd in Parquet, uncompressed in CSV.",
          of: word<Compression>(compressions, "a compression"),
        },
        compressionLevel: {
          doc: "Of zstd in Parquet, 1 (fast) to 22 (small); default 3.",
          of: number({ whole: true, least: 1, most: 22 }),
        },
        rowGroupRows: {
          doc: "About how many rows a group of a Parquet file has; default 122880.",
          of: number({ whole: true, least: 1, most: 100_000_000 }),
        },
        maxFileRows: {
          doc: "A part with more rows gets several files; default: one file.",
          of: number({ whole: true, least: 1, most: 1e12 }),
        },
        partitionBy: {
          doc: "Keys or carried columns: each value gets a folder column=value, as Hive names them.",
          of: list(text({ most: 128 }), { least: 1, most: 8 }),
        },
        maxPartitions: {
          doc: "How many folders there may be; default 1000.",
          of: number({ whole: true, least: 1, most: 10_000 }),
        },
      },
      { required: ["folder"], doc: "Where the set goes, and as what." },
    ),
  },
);

/** What no shape says of an output: members that do not go together. */
export function checkOutput(output: string | Output | undefined): readonly Problem[] {
  if (output === undefined || typeof output === "string") return [];
  const { format = "parquet", compression = format === "parquet" ? "zstd" : "uncompressed" } = output;
  const { compressionLevel, rowGroupRows, partitionBy = [], maxPartitions } = output;
  const at = (...member: Path): Path => ["output", ...member];
  const problems: Problem[] = [];
  if (format === "csv" && compression === "snappy") {
    const hint = "Take gzip or zstd, or write Parquet.";
    problems.push({ path: at("compression"), message: "no reader of CSV takes snappy", hint });
  }
  if (compressionLevel !== undefined && (format === "csv" || compression !== "zstd")) {
    const hint = "Leave it out; zstd in Parquet has levels.";
    problems.push({ path: at("compressionLevel"), message: `${compression} in ${format} has no level`, hint });
  }
  if (format === "csv" && rowGroupRows !== undefined) {
    const hint = 'Leave it out, or say how many rows a file has with "maxFileRows".';
    problems.push({ path: at("rowGroupRows"), message: "CSV has no groups of rows", hint });
  }
  if (maxPartitions !== undefined && partitionBy.length === 0)
    problems.push({ path: at("maxPartitions"), message: 'stands without "partitionBy"', hint: "Leave it out." });
  const names = partitionBy.map((name) => name.toLowerCase());
  for (const [i, name] of names.entries())
    if (names.indexOf(name) < i)
      problems.push({ path: at("partitionBy", i), message: `names "${partitionBy[i] ?? ""}" twice` });
  return problems;
}
