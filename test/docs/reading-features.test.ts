import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { defaultFeatureReaderLimits } from "../../src/featurestore/index.ts";
import { loadedAt, ordersProject, step } from "../cli/orders-project.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = await readFile(join(root, "docs/reading-features.md"), "utf8");

it("docs/reading-features.md shows a program that runs", async () => {
  const [, program = ""] = /```ts\n(.*?)```/s.exec(page) ?? [];
  await using project = await ordersProject("applied");
  await step(project.folder, "materialize", "--as-of", loadedAt);
  const local = program.replace('"tondo"', JSON.stringify(join(root, "src/index.ts")));
  await writeFile(join(project.folder, "read.mts"), local);
  const { stdout } = await promisify(execFile)(process.execPath, ["read.mts"], { cwd: project.folder });
  const [, cuisine = "none"] = /cuisine"\]\); \/\/ \{ value: "(\w+)", status: "present", t/.exec(program) ?? [];
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
