import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ValueKind } from "../../../../src/core/index.ts";
import { Engine } from "../../../../src/featurestore/index.ts";
import { type FileSet, scanFiles } from "../../../../src/featurestore/offline/files/file-scan.ts";

let folder: string;
let engine: Engine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-scan-"));
  engine = await Engine.open({ threads: 1 });
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

describe("a scan of Parquet", () => {
  it("takes nanoseconds down to the microsecond that they are in, alone and in lists", async () => {
    const moments = ["1969-12-31 23:59:59.999999500", "1970-01-01 00:00:00.000000999", "1969-12-31 23:59:59.999999"];
    const list = moments.map((moment) => `'${moment}'::timestamp_ns`).join(", ");
    const file = join(folder, "nanoseconds.parquet");
    await engine.run(`copy (select unnest([${list}]) as t, [${list}, null] as l) to '${file}'`, "writing");
    const set: FileSet = { format: "parquet", files: [file], what: "it" };
    const rows = await engine.rows(await scanFiles(engine, set, { t: "timestamp", l: "list<timestamp>" }), "reading");
    expect(rows.map(({ t }) => t)).toEqual([-1n, 0n, -1n]);
    expect(rows[0]?.["l"]).toEqual({ items: [-1n, 0n, -1n] });
  });
});

describe("a scan of CSV", () => {
  const columns: Readonly<Record<string, ValueKind>> = { store: "string", n: "int" };

  it("has the columns asked for, and looks at their cells once", async () => {
    const file = join(folder, "a.csv");
    await writeFile(file, 'store,unread,n\n01,x,1\n"a,b",1,\n');
    const asked: string[] = [];
    const rows = engine.rows.bind(engine);
    engine.rows = (sql, ...more) => {
      asked.push(sql);
      return rows(sql, ...more);
    };
    const set: FileSet = { format: "csv", files: [file], what: "it" };
    await scanFiles(engine, set, columns);
    const sql = await scanFiles(engine, set, columns);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/^select bool_or\(.*as none0 from/);
    await writeFile(file, 'store,unread,n\n01,x,1\n"a,b",1,\n');
    await scanFiles(engine, set, columns);
    expect(asked).toHaveLength(2);
    engine.rows = rows;
    expect(await rows(sql, "reading")).toEqual([
      { store: "01", n: 1n },
      { store: "a,b", n: null },
    ]);
  });

  it("refuses columns that are not in the header, or twice", async () => {
    const file = join(folder, "b.csv");
    for (const [header, message] of [
      ["store,m,o", '"n"'],
      ["Store,n,o", '"store"'],
      ["store,n,N", 'more than one column "n"'],
    ] as const) {
      await writeFile(file, `${header}\n1,2,3\n`);
      const scan = scanFiles(engine, { format: "csv", files: [file], what: "it" }, { store: "string", n: "int" });
      await expect(scan).rejects.toMatchObject({
        code: "SOURCE_CHANGED",
        message: expect.stringContaining(message) as string,
      });
    }
  });
});
