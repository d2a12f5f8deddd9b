import { resolve } from "node:path";
import type { SparkOptions } from "../featurestore/index.ts";
import { type Options, type ParsedArguments, usageError } from "./arguments/index.ts";

/** Where the joins of a training set run. */
export const sparkOptions: Options = {
  engine: { value: "NAME", help: "what joins: duckdb, in this process, or spark", default: "duckdb" },
  "spark-command": { value: "PATH", help: "spark-sql or spark-submit of Spark 4", default: "spark-sql on the PATH" },
  "spark-master": {
    value: "URL",
    help: "such as local[8], yarn or spark://host:7077",
    default: "what Spark's settings say",
  },
  "spark-conf": { value: "K=V", help: "a setting of Spark, such as spark.executor.memory=8g", many: true },
  "spark-shards": { value: "N", help: "parts that windows are dealt into", default: "one for each 64 MB of a source" },
  "spark-scratch": {
    value: "DIR",
    help: "a folder that this machine and Spark's workers see alike",
    default: "beside the output",
  },
  "spark-path": {
    value: "DIR=PLACE",
    help: "where Spark finds what lies below a folder, such as /mnt/lake=s3a://lake",
    many: true,
  },
};

/**
 * What {@link sparkOptions} say, for a call; paths are from the folder.
 *
 * @throws TondoError `USAGE`
 */
export function sparkOf(
  args: ParsedArguments,
  folder: string,
): { readonly engine?: "spark"; readonly spark?: SparkOptions } {
  const engine = args.text("engine") ?? "duckdb";
  if (engine !== "duckdb" && engine !== "spark")
    throw usageError(`--engine: there is no engine "${engine}"`, "It is duckdb or spark.");
  if (engine === "duckdb") {
    const given = Object.keys(sparkOptions).find((name) => name !== "engine" && args.list(name).length > 0);
    if (given === undefined) return {};
    throw usageError(`--${given} is given, and joins run in DuckDB`, "Add --engine spark, or leave it out.");
  }
  const [command, master, scratch] = [
    args.text("spark-command"),
    args.text("spark-master"),
    args.text("spark-scratch"),
  ];
  const shards = args.integer("spark-shards", 1);
  return {
    engine,
    spark: {
      // A bare name is looked up on the PATH, also where the folder holds something of that name.
      ...(command === undefined ? {} : { command: command.includes("/") ? resolve(folder, command) : command }),
      ...(master === undefined ? {} : { master }),
      ...(shards === undefined ? {} : { shards }),
      ...(scratch === undefined ? {} : { scratch: resolve(folder, scratch) }),
      conf: pairs(args, "spark-conf", "spark.executor.memory=8g"),
      paths: pairs(args, "spark-path", "/mnt/lake=s3a://lake"),
    },
  };
}

/** What is given as `name=value`, by name; the value may hold further equals signs. */
function pairs(args: ParsedArguments, name: string, example: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    args.list(name).map((text): [string, string] => {
      const at = text.indexOf("=");
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw usageError(`--${name}: "${text}" has no value`, `Write it like ${example}.`);
    }),
  );
}
