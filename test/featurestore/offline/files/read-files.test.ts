import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine, scanSet } from "../../../../src/featurestore/index.ts";
import { describeFiles } from "../../../../src/featurestore/offline/files/file-scan.ts";
import { open, type Tondo } from "../../../../src/open.ts";

const definitions = `
entity store (store: string)

events orders {
  parquet "orders/*.parquet"
  at happened
}

events visits {
  csv "visits/*.csv"
  columns (store: string, happened: timestamp, month: string, n: int, row: int)
  at happened
}

group store:orders from orders by store {
  n = sum(n) over 400d
  row = sum(row) over 400d
}

group store:visits from visits by store {
  n = sum(n) over 400d
  may = count() over 400d where month == "05"
}

vector v {
  key store
  orders = @store:orders:n
  rows   = @store:orders:row
  visits = @store:visits:n
  may    = @store:visits:may
  label took: float known seen
}
`;

let above: string;
let folder: string;
let engine: Engine;
let tondo: Tondo;
beforeAll(async () => {
  above = await mkdtemp(join(tmpdir(), "tondo-folders-"));
  // Folders named like every column that is read, of the rows, the sources and the joins.
  folder = join(above, "store=no", "happened=2001-01-01", "at=2001-01-01", "n=1000", "month=01", "row=7", "extra=1");
  for (const name of ["orders", "visits"]) await mkdir(join(folder, name), { recursive: true });
  engine = await Engine.open({ threads: 1 });
  const copy = (sql: string, path: string): Promise<void> =>
    engine.run(`copy (${sql}) to '${join(folder, path)}'`, "writing rows");
  await copy(
    "select i::varchar as store, timestamp '2024-01-01' as happened, i as n, 10 + i as row from range(1, 4) r(i)",
    "orders/a.parquet",
  );
  await writeFile(
    join(folder, "visits", "a.csv"),
    "store,happened,month,n,row\n1,2024-01-01,05,1,1\n2,2024-01-01,06,2,2\n3,2024-01-01,07,3,3\n",
  );
  const left = `select i::varchar as store, timestamp '2024-06-01' + to_days(i::int) as at, 1.0::double as took,
    timestamp '2024-07-01' as seen, i * 100 as n from range(1, 4) r(i)`;
  await copy(left, "left.parquet");
  await copy(left, "left.csv");
  await writeFile(join(folder, "v.tondo"), definitions);
  tondo = await open({ folder, engine: { threads: 1 } });
  await tondo.apply();
});
afterAll(async () => {
  await tondo.close();
  engine.close();
  await rm(above, { recursive: true });
});

describe("folders named as Hive names them, above files that have such columns themselves", () => {
  it.each(["left.parquet", "left.csv"])("change nothing of %s and the sources", async (rows) => {
    const set = await tondo.trainingSet({ vector: "v", rows, carry: ["n"], output: `sets/${rows}` });
    const names = ["store", "at", "n", "orders", "rows", "visits", "may"];
    const sql = await scanSet(engine, { folder: set.folder, manifest: set.manifest, part: "train" }, names);
    expect(await engine.rows(sql, "reading")).toEqual(
      [1, 2, 3].map((i) => ({
        ...{ store: String(i), at: BigInt(Date.UTC(2024, 5, 1 + i) * 1000), n: BigInt(i * 100) },
        ...{ orders: BigInt(i), rows: BigInt(10 + i), visits: BigInt(i), may: i === 1 ? 1n : 0n },
      })),
    );
  });

  it.each(["parquet", "csv"] as const)("give no columns of %s", async (format) => {
    const file = join(folder, format === "csv" ? "visits/a.csv" : "orders/a.parquet");
    expect(Object.keys(await describeFiles(engine, { format, files: [file], what: "it" }))).not.toContain("extra");
  });
});
