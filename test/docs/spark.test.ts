import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sparkOptions } from "../../src/cli/spark-arguments.ts";
import { trainingSetCommand } from "../../src/cli/commands/training-set.ts";
import { parseArguments } from "../../src/cli/arguments/index.ts";
import { sparkOf } from "../../src/cli/spark-arguments.ts";
import { checkSparkOptions } from "../../src/featurestore/spark/index.ts";

const page = await readFile(join(import.meta.dirname, "../../docs/spark.md"), "utf8");

describe("docs/spark.md", () => {
  it("gives commands that are understood, with settings that are taken", () => {
    const commands = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = ""]) => text);
    expect(commands).toHaveLength(3);
    for (const command of commands) {
      const [tondo, name, ...words] = command.replaceAll("\\\n", " ").trim().split(/\s+/);
      expect([tondo, name]).toEqual(["tondo", "training-set"]);
      const { options, positionals } = trainingSetCommand;
      const args = parseArguments(
        words.map((word) => word.replace(/^'(.*)'$/, "$1")),
        options,
        positionals,
      );
      const { engine, spark = {} } = sparkOf(args, "/project");
      expect(engine).toBe("spark");
      checkSparkOptions(spark);
      expect(spark.master).toBeDefined();
    }
  });

  it("has a row for each option", () => {
    const rows = [...page.matchAll(/^\| `--([\w-]+)`/gm)].map(([, option]) => option);
    expect(rows).toEqual(Object.keys(sparkOptions).filter((option) => option !== "engine"));
  });
});
