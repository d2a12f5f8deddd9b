import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { defaultFeatureReaderLimits } from "../../src/featurestore/index.ts";
import { loadedAt, ordersProject, step } from "../cli/orders-project.ts";
import { runProgram } from "./shell-blocks.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = await readFile(join(root, "docs/reading-features.md"), "utf8");

it("docs/reading-features.md shows a program that runs", async () => {
  await using project = await ordersProject("applied");
  await step(project.folder, "materialize", "--as-of", loadedAt);
  const { stdout } = await runProgram(page, project.folder);
  const [, cuisine = "none"] = /cuisine"\]\); \/\/ \{ value: "(\w+)", status: "present", t/.exec(page) ?? [];
  expect(stdout).toMatch(
    new RegExp(`^\\{\\s+value: '${cuisine}',\\s+status: 'present',\\s+t: \\d+,\\s+ageMicros: \\d+\\s+\\}\\n`),
  );
  expect(stdout).toMatch(/\npresent\nnot_found\n$/);
}, 120_000);

it("docs/reading-features.md names the limits as they are", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| ([\d,]+) +\|/gm)].map(([, name, value]) => [
    name,
    Number(value?.replaceAll(",", "")),
  ]);
  expect(Object.fromEntries(rows)).toEqual(defaultFeatureReaderLimits);
});
