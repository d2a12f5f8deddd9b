import { describe, expect, it } from "vitest";
import { parseArguments } from "../../src/cli/arguments/index.ts";
import { sparkOf, sparkOptions } from "../../src/cli/spark-arguments.ts";
import type { SparkOptions } from "../../src/featurestore/index.ts";

const spark = (...words: readonly string[]): SparkOptions | undefined =>
  sparkOf(parseArguments(["--engine", "spark", ...words], sparkOptions, []), "/project").spark;

describe("the arguments of Spark", () => {
  it("take paths from the project's folder, and a command without a slash from the PATH", () => {
    expect(spark("--spark-command", "bin/spark-sql", "--spark-scratch", "scratch")).toMatchObject({
      command: "/project/bin/spark-sql",
      scratch: "/project/scratch",
    });
    expect(spark("--spark-command", "/opt/spark-sql")).toMatchObject({ command: "/opt/spark-sql" });
    expect(spark("--spark-command", "spark-submit")).toMatchObject({ command: "spark-submit" });
  });
});
