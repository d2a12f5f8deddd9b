import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Engine, type Manifest } from "../../../src/featurestore/index.ts";
import { open, type Tondo } from "../../../src/open.ts";

const definitions = `
entity shop (shop: string)
events orders {
  csv "orders/*.csv" known loaded
  columns (shop: string, at: timestamp, loaded: timestamp, sum: float)
  at at
}
snapshot shops {
  csv "shops/*.csv" known loaded
  columns (shop: string, at: timestamp, loaded: timestamp, size: int)
  at at
}
events edits {
  csv "edits/*.csv" known loaded
  columns (shop: string, edit: string, at: timestamp, loaded: timestamp, sum: float)
  at at
  id edit
}
group shop:ledger from edits by shop { total = sum(sum) over 1h }
group shop:trade from orders by shop {
  n = count() over 1h
  next = count() over next 1h
}
group shop:profile from shops by shop { size }
vector v {
  key shop
  n = @shop:trade:n
  size = @shop:profile:size
  total = @shop:ledger:total
  label later = @shop:trade:next
}`;

let folder: string;
let tondo: Tondo;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "tondo-applied-"));
  for (const name of ["orders", "shops", "edits"]) await mkdir(path.join(folder, name));
  await writeFile(path.join(folder, "shops.tondo"), definitions);
  // All of them happened by noon and say that they were known then; the second file of each comes late.
  await orders("one", ["11:10", "11:50"]);
  await edits("one", [["11:50", 5]]);
  await writeFile(path.join(folder, "shops/one.csv"), `shop,at,loaded,size\na,${day}11:00:00Z,${day}11:00:00Z,1\n`);
  await writeFile(
    path.join(folder, "rows.csv"),
    `at,shop\n${["12:00", "12:20", "12:30", "12:40"].map((time) => `${day}${time}:00Z,a\n`).join("")}`,
  );
  tondo = await open({ folder });
  await tondo.apply();
});
afterEach(async () => {
  await tondo.close();
  await rm(folder, { recursive: true });
});

const day = "2024-03-01T";

async function orders(name: string, times: readonly string[]): Promise<void> {
  const rows = times.map((time) => `a,${day}${time}:00Z,${day}${time}:00Z,1\n`);
  await writeFile(path.join(folder, `orders/${name}.csv`), `shop,at,loaded,sum\n${rows.join("")}`);
}

/** Versions of one edit of 11:40, and when they say that they were known. */
async function edits(name: string, versions: readonly (readonly [string, number])[]): Promise<void> {
  const rows = versions.map(([known, sum]) => `a,e,${day}11:40:00Z,${day}${known}:00Z,${String(sum)}\n`);
  await writeFile(path.join(folder, `edits/${name}.csv`), `shop,edit,at,loaded,sum\n${rows.join("")}`);
}

/** Two loads: at noon, and at half past twelve, after files had come late. */
async function loadTwice(): Promise<void> {
  await tondo.materialize({ asOf: `${day}12:00:00Z` });
  await lateFiles();
  await tondo.materialize({ asOf: `${day}12:30:00Z` });
}

async function lateFiles(): Promise<void> {
  await orders("two", ["11:55", "12:10"]);
  await writeFile(path.join(folder, "shops/two.csv"), `shop,at,loaded,size\na,${day}11:30:00Z,${day}11:30:00Z,2\n`);
  await edits("two", [
    ["12:05", 9],
    ["12:10", 1],
  ]);
}

async function made(
  options: Partial<Parameters<Tondo["trainingSet"]>[0]> = {},
): Promise<{ readonly rows: unknown; readonly manifest: Manifest }> {
  const output = await mkdtemp(path.join(folder, "set-"));
  await rm(output, { recursive: true });
  const set = await tondo.trainingSet({ vector: "v", rows: "rows.csv", ...options, output } as Parameters<
    Tondo["trainingSet"]
  >[0]);
  return { rows: await rowsOf(output), manifest: set.manifest };
}

async function rowsOf(set: string): Promise<unknown> {
  const engine = await Engine.open({ threads: 1 });
  try {
    const rows = await engine.rows(
      `select n::int as n, size::int as size, later::int as later, total::int as total from read_parquet('${set}/train.parquet')`,
      "reading",
    );
    return rows.map(({ n, size, later, total }) => [n, size, later, total]);
  } finally {
    engine.close();
  }
}

const declared = [
  [3, 2, 1, 5],
  [3, 2, 0, 1],
  [3, 2, 0, 1],
  [3, 2, 0, 1],
];

describe("a training set of groups that were materialized", () => {
  it("sees rows from when they were applied on, as requests did, and labels as they were", async () => {
    expect((await made()).manifest.applied).toBeUndefined();
    await loadTwice();
    const { rows, manifest } = await made();
    // Windows begin at a hop before: 12:30 - 1h is 11:30. The late file says that it was known, and no request saw it before 12:30.
    expect(rows).toEqual([
      [2, 1, 1, 5],
      [1, 1, 0, 5],
      // Of two versions that one load applied the one that says that it was known later stands.
      [3, 2, 0, 1],
      [3, 2, 0, 1],
    ]);
    expect(Object.keys(manifest.applied ?? {})).toEqual(["shop:ledger", "shop:profile", "shop:trade"]);
    // When loads ran is no input: the same loads of another day make the same set.
    expect(JSON.stringify(manifest.applied)).not.toContain("writtenAt");
    const features = await tondo.features();
    for (const [time, n, size, total] of [
      ["12:30", 3, 2, 1],
      ["12:40", 3, 2, 1],
    ] as const) {
      const names = ["shop:trade:n", "shop:profile:size", "shop:ledger:total"];
      const { values } = await features.get(names, { shop: "a" }, { at: `${day}${time}:00Z` });
      const found = names.map((name) => values[name]?.value);
      expect(found).toEqual([n, size, total]);
    }
    const late = manifest.joins.flatMap(({ warnings = [] }) => warnings).map(({ code, rows: n }) => [code, n]);
    expect(late).toEqual([
      ["asked-after-load", 1],
      ["asked-after-load", 1],
      ["asked-after-load", 1],
      ["labels-beyond-data", 4],
    ]);
  });

  it("sees them when they say where that is asked for", async () => {
    await loadTwice();
    const { rows, manifest } = await made({ knowledge: "declared" });
    expect(rows).toEqual(declared);
    expect(manifest.applied).toBeUndefined();
    expect(manifest.specification?.["knowledge"]).toBe("declared");
  });

  it("is left as it is by loads after all of its rows, and made again from its manifest", async () => {
    await loadTwice();
    const output = path.join(folder, "first");
    const call = { vector: "v", rows: "rows.csv", output } as Parameters<Tondo["trainingSet"]>[0];
    await tondo.trainingSet(call);
    expect((await tondo.trainingSet(call)).made).toBe(false);
    await tondo.materialize({ asOf: `${day}12:45:00Z` });
    expect((await tondo.trainingSet(call)).made, "a load after all rows").toBe(false);
    await orders("four", ["12:44"]);
    await tondo.materialize({ asOf: `${day}12:50:00Z` });
    await rm(path.join(folder, "orders/four.csv"));
    const again = await tondo.reproduce({ set: "first", output: path.join(folder, "again") });
    expect(again.differences).toEqual([]);
  });

  it("says which files no load has read, and which were rewritten since", async () => {
    await loadTwice();
    await orders("three", ["12:15"]);
    await appendFile(path.join(folder, "orders/one.csv"), `a,${day}12:25:00Z,${day}12:25:00Z,1\n`);
    const { rows, manifest } = await made();
    expect((rows as number[][])[3]?.[0]).toBe(4);
    const said = manifest.joins.flatMap(({ warnings = [] }) =>
      warnings.map(({ code, message }) => `${code} ${message}`),
    );
    expect(said.filter((one) => one.startsWith("files-not-applied")).join()).toMatch(/shop:trade.*three\.csv/);
    expect(said.filter((one) => one.startsWith("files-rewritten")).join()).toMatch(/shop:trade.*one\.csv/);
  });

  it("sees rows that a load passed over from the one on that took them in", async () => {
    await tondo.materialize({ asOf: `${day}12:00:00Z` });
    await lateFiles();
    const names = ["shop:trade:n", "shop:profile:size", "shop:ledger:total"];
    const served = async (time: string): Promise<unknown> => {
      const { values } = await (await tondo.features()).get(names, { shop: "a" }, { at: `${day}${time}:00Z` });
      return names.map((name) => values[name]?.value);
    };
    const waiting = ({ groups }: Awaited<ReturnType<Tondo["materialize"]>>): unknown =>
      Object.fromEntries(groups.map(({ group, rowsWaiting }) => [group, rowsWaiting]));
    const part = await tondo.materialize({ asOf: `${day}12:30:00Z`, since: `${day}12:00:00Z` });
    expect(part.since).toBe(Date.parse(`${day}12:00:00Z`) * 1000);
    expect(waiting(part)).toEqual({ "shop:ledger": 2, "shop:trade": 1, "shop:profile": 1 });
    expect(await served("12:30")).toEqual([2, 1, 5]);
    const { rows: before, manifest: warned } = await made();
    const later = [
      [2, 1, 1, 5],
      [1, 1, 0, 5],
      [2, 1, 0, 5],
    ];
    expect(before).toEqual([...later, [2, 1, 0, 5]]);
    const said = warned.joins.flatMap(({ warnings = [] }) => warnings.map(({ code, message }) => `${code} ${message}`));
    expect(said.filter((one) => one.startsWith("rows-waiting")).join()).toMatch(
      /shop:ledger: 2 rows of.*shop:profile: 1 row of.*shop:trade: 1 row of/s,
    );
    const all = await tondo.materialize({ asOf: `${day}12:35:00Z` });
    expect(all.since).toBeUndefined();
    expect(waiting(all)).toEqual({});
    expect(await served("12:40")).toEqual([3, 2, 1]);
    const output = path.join(folder, "whole");
    const { manifest } = await tondo.trainingSet({ vector: "v", rows: "rows.csv", output });
    expect(await rowsOf(output)).toEqual([...later, [3, 2, 0, 1]]);
    expect(manifest.applied?.["shop:trade"]?.loads.map(({ since }) => since)).toEqual([
      undefined,
      part.since,
      undefined,
    ]);
    expect(JSON.stringify(manifest.joins)).not.toContain("rows-waiting");
    const again = await tondo.reproduce({ set: "whole", output: path.join(folder, "again") });
    expect(again.differences).toEqual([]);
  });

  it("is not joined by Spark unless rows are known when they say", async () => {
    await loadTwice();
    await expect(made({ engine: "spark" })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
      hint: expect.stringContaining("declared") as string,
    });
  });

  it("has the same log where a load found nothing new", async () => {
    await loadTwice();
    const first = (await made()).manifest.applied;
    await tondo.materialize({ asOf: `${day}12:30:00Z` });
    expect((await made()).manifest.applied).toEqual(first);
  });
});
