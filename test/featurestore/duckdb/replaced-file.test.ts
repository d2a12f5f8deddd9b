import { copyFile, mkdtemp, rm, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { Engine, sqlText } from "../../../src/featurestore/duckdb/index.ts";

const golden = join(import.meta.dirname, "../../golden/parquet");

it("an engine reads a file anew that was replaced by one of its size and time", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tondo-replaced-"));
  const engine = await Engine.open({ threads: 1 });
  try {
    const path = join(folder, "read.parquet");
    const read = `select min(epoch_us(happened))::double as first from read_parquet(${sqlText(path)})`;
    // Both are of 487 bytes.
    for (const [name, first] of [
      ["us-local", -1],
      ["ms-local", -1000],
    ] as const) {
      await copyFile(join(golden, `${name}.parquet`), path);
      await utimes(path, 1_700_000_000, 1_700_000_000);
      expect(await engine.rows(read, "reading")).toEqual([{ first }]);
    }
  } finally {
    engine.close();
    await rm(folder, { recursive: true });
  }
});
