import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sqlText } from "../../../src/featurestore/duckdb/index.ts";
import { Engine } from "../../../src/featurestore/index.ts";
import { isMomentOfPushed } from "../../../src/featurestore/materialize/pushed-project.ts";
import { pushedFolder } from "../../../src/featurestore/pushed/pushed-parts.ts";
import { sampleProject } from "../online/sample-project.ts";

it("the moments of pushed rows are found in the files that have them", async () => {
  const home = await mkdtemp(join(tmpdir(), "tondo-moments-"));
  const engine = await Engine.open({ threads: 1 });
  try {
    const [group] = sampleProject.groups;
    if (group === undefined) throw new Error("no group");
    const parts = pushedFolder(home, group.source);
    await mkdir(join(parts, "1970-01-01"), { recursive: true });
    for (const [folder, first, last] of [
      [".", 100, 150],
      ["1970-01-01", 151, 200],
    ] as const)
      await engine.run(
        `copy (select make_timestamp(unnest([${String(first)}, ${String(last)}])) as tondo_pushed_at) to ${sqlText(join(parts, folder, `part-000${String(last)}.parquet`))} (format parquet)`,
        "writing",
      );
    const found: number[] = [];
    for (const moment of [99, 100, 101, 150, 151, 199, 200, 201])
      if (await isMomentOfPushed({ home, engine }, [group], moment)) found.push(moment);
    expect(found).toEqual([100, 150, 151, 200]);
  } finally {
    engine.close();
    await rm(home, { recursive: true });
  }
});
