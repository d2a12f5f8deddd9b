import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { Engine } from "../../src/featurestore/index.ts";
import { servedSettings } from "../../src/featurestore/served/served-options.ts";
import { aboutColumns } from "../../src/featurestore/served/served-schema.ts";
import { open } from "../../src/open.ts";
import { loadedAt, type OrdersProject, ordersProject, step } from "../cli/orders-project.ts";
import { errorOf, tondo } from "../cli/run-tondo.ts";
import { runProgram } from "./shell-blocks.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = await readFile(join(root, "docs/served-features.md"), "utf8");

let project: OrdersProject;
beforeAll(async () => {
  project = await ordersProject("applied");
  await step(project.folder, "materialize", "--as-of", loadedAt);
});
afterAll(() => project[Symbol.asyncDispose]());

it("docs/served-features.md shows a program and a query that run, and `tondo served` what came of them", async () => {
  const { folder } = project;
  expect((await tondo(folder, "served", "list")).out).toBe("no files\n\nnothing waits to be compacted\n");
  expect((await tondo(folder, "served", "compact")).out).toBe("nothing to compact\n");
  const { stdout } = await runProgram(page, folder);
  expect(stdout).toBe("36\n1 eta\n0\n");

  const [, query = ""] = /```sql\n(.*?)```/s.exec(page) ?? [];
  const engine = await Engine.open({ threads: 1 });
  const here = query.replace("'.tondo", `'${folder}/.tondo`);
  expect(await engine.rows(here, "the page's query")).toMatchObject([{ score: null, slot__prep: null }]);
  engine.close();
  expect((await tondo(folder, "served", "list")).out).toMatch(
    /^VECTOR +FINGERPRINT +DAY \(UTC\) +FILES +ROWS +BYTES\neta +[0-9a-f]{12} +\d{4}-\d\d-\d\d +1 +1 +[\d,]+\n\nnothing waits/,
  );
});

it("`tondo served` takes up what a process has left, and removes what is old", async () => {
  const { folder } = project;
  {
    const clock = (): number => Date.UTC(2020, 0, 1) * 1000;
    await using tondo = await open({ folder, served: { rate: 0 }, clock });
    const features = await tondo.features();
    await features.get("eta", [{ store: "r01" }, { store: "r02" }], { at: loadedAt });
    await features.get("eta", { store: "r03" }, { at: loadedAt, log: true });
  }
  expect((await tondo(folder, "served", "list")).out).toMatch(
    /\nnot public yet: [\d,]+ bytes in 1 journal and 0 sealed parts\n$/,
  );
  expect((await tondo(folder, "served", "compact")).out).toMatch(
    /^eta +2020-01-01 +1 +\.tondo\/served\/eta\/[0-9a-f]{12}\/2020-01-01\/[-0-9a-f]+\.parquet\n\n1 row came from 1 journal of .*\n\n1 row in 1 file\n$/m,
  );
  const removed = await step(folder, "served", "compact", "--keep-days", "30");
  expect(removed).toMatchObject({ files: [], rows: 0, removed: [{ vector: "eta", day: "2020-01-01" }] });
  const listed = await step(folder, "served", "list");
  expect(listed).toMatchObject({ unpublished: { journals: 0, sealed: 0, bytes: 0 } });
  expect(errorOf(await tondo(folder, "served", "pack", "--json")).code).toBe("USAGE");
  expect(errorOf(await tondo(folder, "served", "list", "--keep-days", "3", "--json")).code).toBe("USAGE");
  expect(errorOf(await tondo(folder, "served", "compact", "--keep-days", "0", "--json")).code).toBe("USAGE");
});

it("docs/served-features.md has the options' defaults as they are, and the columns", () => {
  const settings = servedSettings({ rate: 1 });
  const { queueRecords, queueBytes, flushMs, syncMs, sealBytes, sealAfterMs, unpublishedBytes } = settings;
  expect([queueRecords, queueBytes, flushMs, syncMs, sealBytes, sealAfterMs, unpublishedBytes]).toEqual([
    ...[10_000, 8 * 2 ** 20, 20, 1_000, 32 * 2 ** 20, 5 * 60_000, 8 * 2 ** 30],
  ]);
  for (const text of ["10,000 and 8 MiB", "| 20 ", "| 1,000 ", "32 MiB, 5 min", "| 8 GiB "])
    expect(page).toContain(text);
  for (const [name] of aboutColumns) expect(page).toContain(`\`${name}\``);
});
