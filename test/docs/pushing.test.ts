import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { defaultPushLimits } from "../../src/featurestore/index.ts";
import { ordersProject } from "../cli/orders-project.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = await readFile(join(root, "docs/pushing.md"), "utf8");

it("docs/pushing.md shows a program that runs, and says what it says", async () => {
  const [, program = ""] = /```ts\n(.*?)```/s.exec(page) ?? [];
  const [, said = "nothing"] = /console\.log\(.*\/\/ (.*)\n/.exec(program) ?? [];
  await using project = await ordersProject("applied");
  const local = program.replace('"tondo"', JSON.stringify(join(root, "src/index.ts")));
  await writeFile(join(project.folder, "push.mts"), local);
  const { stdout } = await promisify(execFile)(process.execPath, ["push.mts"], { cwd: project.folder });
  expect(stdout).toBe(`${said}\n`);
}, 120_000);

it("docs/pushing.md names the limits as they are", () => {
  const rows = [...page.matchAll(/^\| `(\w+)` +\| ([\d,]+) +\|/gm)].map(([, name, value]) => [
    name,
    Number(value?.replaceAll(",", "")),
  ]);
  expect(Object.fromEntries(rows)).toEqual(defaultPushLimits);
});
