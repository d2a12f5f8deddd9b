import { execFile } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as limits from "../../src/featurestore/statistics/statistics-limits.ts";
import { type OrdersProject, ordersProject, step, trainingSetArguments } from "../cli/orders-project.ts";
import { tondo } from "../cli/run-tondo.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const text = await readFile(join(root, "docs/feature-statistics.md"), "utf8");

function blocks(language: string): readonly string[] {
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, block = ""]) => block);
}

let project: OrdersProject;
beforeAll(async () => {
  project = await ordersProject("applied");
  await step(project.folder, ...trainingSetArguments);
  await cp(join(project.folder, "training/eta"), join(project.folder, "training/eta-last-month"), { recursive: true });
});
afterAll(() => project[Symbol.asyncDispose]());

describe("docs/feature-statistics.md", () => {
  it("shows commands that run", async () => {
    const commands = (blocks("sh")[0] ?? "").split("\n").flatMap((line) => {
      const [, command] = /^tondo ([^#]*)/.exec(line) ?? [];
      return command === undefined ? [] : [command.trim().split(/\s+/)];
    });
    expect(commands).toHaveLength(5);
    for (const command of commands)
      expect(await tondo(project.folder, ...command, "-q")).toMatchObject({ code: 0, err: "" });
  }, 120_000);

  it("shows a program that runs", async () => {
    const [program = ""] = blocks("ts");
    const local = program.replace('"tondo"', JSON.stringify(join(root, "src/index.ts")));
    await writeFile(join(project.folder, "look.mts"), `${local}\nconsole.log(page.length);\n`);
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ["look.mts"], { cwd: project.folder });
    expect(stdout).toMatch(/^km minutes 0\.6\d+ pearson\n/);
    expect(Number(stdout.trim().split("\n").at(-1))).toBeGreaterThan(10_000);
  });

  it("names the limits as they are", () => {
    const {
      defaultBins,
      defaultTop,
      driftBins,
      driftCategories,
      longTails,
      maxClasses,
      rowsPerClass,
      smallestShare,
      suspectStrength,
      suspectRows,
    } = limits;
    expect([defaultBins, defaultTop, driftBins, driftCategories, longTails]).toEqual([20, 10, 10, 20, 4]);
    expect([maxClasses, rowsPerClass, smallestShare, suspectStrength, suspectRows]).toEqual([100, 5, 0.0001, 0.98, 20]);
    for (const words of [
      "20 bins",
      "10 most frequent",
      "at most ten",
      "20 most frequent",
      "more than four times",
      "at most 100 different",
      "fewer than five rows",
      "0.0001",
      "0.98",
      "at least 20 rows",
    ])
      expect(text.replaceAll(/\s+/g, " ")).toContain(words);
  });
});
