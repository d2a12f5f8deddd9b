import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { markdown } from "../../benchmarks/scaling/table.ts";
import { pageSeed, tables } from "../../benchmarks/scaling/tables.ts";
import { measuredOn } from "../../benchmarks/scaling/costs.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = await readFile(join(root, "docs/scaling.md"), "utf8");

it("docs/scaling.md has the tables that the model and the simulation give, and no others", () => {
  const given = tables(pageSeed).map(markdown);
  const shown = [...page.matchAll(/^\|.*(?:\n\|.*)*/gm)].map(([table]) => table);
  expect(shown).toEqual(given);
}, 120_000);

it("docs/scaling.md says where costs were measured", () => {
  expect(page.replaceAll("\n", " ")).toContain(measuredOn);
});
