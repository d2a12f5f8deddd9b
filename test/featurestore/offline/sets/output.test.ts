import { randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { VectorPlan } from "../../../../src/dsl/index.ts";
import { compressions, type Output } from "../../../../src/featurestore/specification/output.ts";
import {
  Engine,
  featureStats,
  makeTrainingSet,
  readManifest,
  readSetColumns,
  reproduceTrainingSet,
  scanSet,
  type TrainingSet,
  type TrainingSetOptions,
} from "../../../../src/featurestore/index.ts";
import { smallProject, type SmallProject, start } from "../small-project.ts";

let small: SmallProject;
let usual: TrainingSet;
let engine: Engine;
let outputs = 0;

/** A column of each kind, with what is lost first: signs of zero, last digits, empty texts, quotes, line ends, moments before 1970. */
const carried = {
  t: `['', null, 'a"b', 'x,y', e'line\\r\\nend', ' sp ', '#', 'NULL', 'ü😀', '__x', 'a/b=c%', '..'][1 + i % 12]`,
  f: "[0.1 + 0.2::double, '-0'::double, 5e-324, 1.7976931348623157e308, null, 123456789012345678, 1 / 3::double][1 + i % 7]",
  i64: "[9223372036854775807, null, -9223372036854775808, 0, i][1 + i % 5]",
  b: "[true, false, null][1 + i % 3]",
  d: "[date '1969-12-31', null, date '2024-02-29'][1 + i % 3]",
  moment: "[make_timestamp(-1), null, make_timestamp(1709289000000001)][1 + i % 3]",
  lf: "[['-0'::double, 0.1, 1e300], null, []][1 + i % 3]",
  ln: "[[9223372036854775807, -1], []::bigint[], null][1 + i % 3]",
  lt: `[['', 'a"b', e'\\n,'], [], null][1 + i % 3]`,
  lb: "[[true, false], null][1 + i % 2]",
  lm: "[[make_timestamp(-1), make_timestamp(0)], null][1 + i % 2]",
  ld: "[[date '1969-12-31'], []::date[]][1 + i % 2]",
  part: `['US', 'a/b=c%', null, '..', 'ü ', 'us"'][1 + i % 6]`,
  day: "[date '2024-02-28', date '2024-02-29', null][1 + (i // 5) % 3]",
} as const;

beforeAll(async () => {
  small = await smallProject();
  engine = await Engine.open({ threads: 2 });
  const columns = Object.entries(carried).map(([name, sql]) => `${sql} as ${name}`);
  await engine.run(
    `copy (select 'r' || (1 + i % 5) as store, make_timestamp(${String(start)} + i * 7200000000) as at, (i % 17)::double as took,
      make_timestamp(${String(start)} + i * 7200000000) as delivered_at, ${columns.join(", ")} from range(240) r(i) order by hash(i))
     to '${join(small.folder, "kinds.parquet")}' (format parquet)`,
    "test",
  );
  usual = await make("usual");
});
afterAll(async () => {
  engine.close();
  await small.remove();
});

function make(output: string | Output, more: Partial<TrainingSetOptions> = {}): Promise<TrainingSet> {
  return makeTrainingSet({
    ...{ vector: plain(), rows: "kinds.parquet", carry: Object.keys(carried), raw: true, folder: small.folder, output },
    split: { holdout: { fraction: 0.3, by: ["at"] } },
    engine: { threads: 2 },
    ...more,
  });
}

function plain(): VectorPlan {
  const vector = small.project.plan.vectors.find(({ name }) => name === "plain");
  if (vector === undefined) throw new Error("no vector plain");
  return vector;
}

/** The same without what is fitted. */
function bare(): VectorPlan {
  return { ...plain(), slots: plain().slots.filter(({ name }) => name === "n") };
}

function fresh(): string {
  return `set${String(outputs++)}`;
}

/** All of a set's rows in order, but for the column of their numbers, as texts that tell all values apart. */
async function rowsOf({ folder, manifest }: TrainingSet): Promise<readonly unknown[]> {
  const names = manifest.columns.filter(({ role }) => role !== "row").map(({ name }) => name);
  const rows: unknown[] = [];
  for (const part of ["train", "holdout"] as const) {
    const sql = await scanSet(engine, { folder, manifest, part }, names, { ordered: true });
    const texts = names.map((name) => `to_json("${name}")::varchar as "${name}"`).join(", ");
    rows.push(...(await engine.rows(`select ${texts} from (${sql})`, "test")));
  }
  return rows;
}

const choices: readonly Omit<Output, "folder">[] = [
  ...compressions.map((compression) => ({ compression, rowGroupRows: 2048 })),
  { compressionLevel: 19, maxFileRows: 50 },
  { partitionBy: ["part"], compression: "snappy" },
  { partitionBy: ["day"], maxFileRows: 25 },
  { format: "csv" },
  { format: "csv", compression: "gzip", maxFileRows: 100 },
  { format: "csv", compression: "zstd", partitionBy: ["store", "b"] },
];

describe("the files of a training set", () => {
  it.each(choices.map((choice) => [JSON.stringify(choice), choice] as const))(
    "have the same rows as the usual ones, and the same bytes each time: %s",
    async (_, choice) => {
      const [one, two] = [
        await make({ folder: fresh(), ...choice }, { engine: { threads: 1 } }),
        await make({ folder: fresh(), ...choice }, { engine: { threads: 2 } }),
      ];
      expect(one.manifest.files).toEqual(two.manifest.files);
      expect(one.manifest.inputsDigest).toBe(two.manifest.inputsDigest);
      expect(one.manifest.inputsDigest).not.toBe(usual.manifest.inputsDigest);
      expect(one.manifest.counts).toEqual(usual.manifest.counts);
      const rows = await rowsOf(one);
      expect(rows).toEqual(await rowsOf(usual));
      expect(rows).toHaveLength(240);
    },
  );

  it("are those of older sets where nothing is said, or what would be anyway", async () => {
    const said = { format: "parquet", compression: "zstd", compressionLevel: 3, rowGroupRows: 122_000 } as const;
    const set = await make({ folder: fresh(), ...said });
    expect(set.manifest.inputsDigest).toBe(usual.manifest.inputsDigest);
    expect(set.manifest.files).toEqual(usual.manifest.files);
    expect(set.manifest.specification?.["output"]).toBe(`set${String(outputs - 1)}`);
    expect(usual.manifest.files.map(({ path }) => path)).toEqual(["train.parquet", "holdout.parquet"]);
  });

  it("have groups of about so many rows, and the compression that was asked for", async () => {
    const rows = `${small.folder}/many.parquet`;
    await engine.run(
      `copy (select 'r1' as store, make_timestamp(${String(start)} + i) as at, 1.0::double as took,
         make_timestamp(${String(start)} + i) as delivered_at from range(9000) r(i)) to '${rows}' (format parquet)`,
      "test",
    );
    const more = { rows, carry: [], vector: bare(), raw: false, split: {} };
    const set = await make({ folder: fresh(), compression: "gzip", rowGroupRows: 3000, maxFileRows: 8000 }, more);
    const found = await engine.rows(
      `select distinct file_name[-18:] as file, row_group_id::int as id, row_group_num_rows::int as n, compression
       from parquet_metadata('${set.folder}/train/*') order by all`,
      "test",
    );
    // The engine keeps to so many but for less than a chunk.
    expect(found.map(({ file, compression }) => [file, compression])).toEqual([
      ["part-00000.parquet", "GZIP"],
      ["part-00000.parquet", "GZIP"],
      ["part-00001.parquet", "GZIP"],
    ]);
    for (const { n } of found) expect(n).toBeLessThan(4096 + 2048);
    expect(set.manifest.files.map(({ path, rows: n }) => [path, n])).toEqual([
      ["train/part-00000.parquet", 8000],
      ["train/part-00001.parquet", 1000],
    ]);
  });

  it("are CSV as RFC 4180 has it, with what is missing apart from what is empty", async () => {
    const rows = [
      {
        at: new Date(0),
        store: "a",
        took: 0.1 + 0.2,
        delivered_at: new Date(0),
        t: "",
        s: 'say "hi"',
        lf: [-1.5, 1e300],
      },
      { at: 86_400_000_001n, store: "a", took: 5e-324, delivered_at: new Date(0), t: null, s: "a,b\r\nc", lf: [] },
    ];
    const more = { rows, carry: ["t", "s", "lf"], vector: bare(), raw: false, split: {} };
    const made = await make({ folder: fresh(), format: "csv", compression: "gzip" }, more);
    const text = gunzipSync(await readFile(join(made.folder, "train.csv.gz"))).toString();
    expect(text).toBe(
      "at,store,t,s,lf,n,took\r\n" +
        '1970-01-01T00:00:00.000000Z,a,"","say ""hi""","[-1.5,1e300]",0,0.30000000000000004\r\n' +
        '1970-01-02T00:00:00.000001Z,a,,"a,b\r\nc",[],0,5e-324\r\n',
    );
  });

  it("lie in folders named as Hive names them, in the order of their values", async () => {
    const set = await make({ folder: fresh(), partitionBy: ["b", "part"] });
    const folders = [...new Set(set.manifest.files.map(({ path }) => path.split("/").slice(1, -1).join("/")))];
    const parts = ["..", "US", "a%2Fb%3Dc%25", "us%22", "ü ", "__HIVE_DEFAULT_PARTITION__"];
    const expected = ["false", "true", "__HIVE_DEFAULT_PARTITION__"].flatMap((b) =>
      parts.map((part) => `b=${b}/part=${part}`),
    );
    expect(folders).toEqual(expected.filter((folder) => folders.includes(folder)));
    expect(new Set(folders.map((folder) => folder.split("part=")[1]))).toEqual(new Set(parts));
    const [first] = set.manifest.files;
    expect(first?.partition).toMatchObject({ b: "false" });
    const known = await engine.rows(
      `select count(*)::int as n, count(distinct part)::int as parts, bool_and(b is not null or true) as ok
       from read_parquet('${set.folder}/*/*/*/*.parquet', hive_partitioning = true) where part <> ''`,
      "test",
    );
    // DuckDB's own reading of such folders finds the same.
    expect(known[0]).toMatchObject({ n: 200, parts: 5 });
    const columns = await engine.rows(
      `describe select * from read_parquet('${join(set.folder, first?.path ?? "")}', hive_partitioning = false)`,
      "test",
    );
    expect(columns.map((row) => row["column_name"])).not.toContain("part");
    expect(columns.at(-1)).toMatchObject({ column_name: "row_number", column_type: "BIGINT" });
  });

  it("give training and statistics the same, in whatever order they lie", async () => {
    const numbers = ["n", "m", "took", "f", "row_number"];
    const [set, plain] = [await make({ folder: fresh(), format: "csv", partitionBy: ["part"] }), usual];
    for (const part of ["train", "holdout"] as const) {
      const read = await readSetColumns({ set, part, numbers, texts: ["part", "t"] });
      const own = await readSetColumns({ set: plain, part, numbers: numbers.slice(0, -1), texts: ["part", "t"] });
      expect([...(read.numbers.get("row_number") ?? [])]).toEqual(
        [...(read.numbers.get("row_number") ?? [])].sort((a, b) => a - b),
      );
      for (const name of numbers.slice(0, -1)) expect(read.numbers.get(name)).toEqual(own.numbers.get(name));
      expect(read.texts).toEqual(own.texts);
    }
    const stats = async (folder: string): Promise<unknown> =>
      (await featureStats({ set: folder, folder: small.folder, columns: ["n", "m", "took", "lf", "part"] })).columns;
    expect(await stats(set.folder)).toEqual(await stats(plain.folder));
  });

  it("are put into order where the system keeps temporary files, if memory does not suffice", async () => {
    const set = await make({ folder: fresh(), partitionBy: ["part"] });
    const folder = join(small.folder, "temporary");
    const killed = join(folder, `tondo-spill-${randomUUID()}`);
    await mkdir(killed, { recursive: true });
    await writeFile(`${killed}.lock`, "");
    vi.stubEnv("TMPDIR", folder);
    try {
      await readSetColumns({ set, part: "train", numbers: ["n"] });
      // What a killed process left is cleared away by the next one that may spill there.
      expect(await readdir(folder)).toEqual([]);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  it.each(["parquet", "csv"] as const)(
    "may have columns named as the engine names what it says of files: %s",
    async (format) => {
      const rows = Array.from({ length: 12 }, (_, i) => ({
        ...{ at: BigInt(start + i), store: "r1", took: 1, delivered_at: new Date(start / 1000) },
        ...{ part: ["a", "b", "c"][i % 3] ?? "", file_index: BigInt(11 - i), c0: BigInt(i % 2), l: [i] },
      }));
      const more = { rows, carry: ["part", "file_index", "c0", "l"], vector: bare(), split: {}, raw: false };
      for (const partitionBy of [["part"], ["file_index"], ["c0", "file_index", "part"]]) {
        const set = await make({ folder: fresh(), format, partitionBy }, more);
        const { numbers, texts } = await readSetColumns({
          set,
          part: "train",
          numbers: ["file_index", "c0"],
          texts: ["part"],
        });
        expect([...(numbers.get("file_index") ?? [])]).toEqual(rows.map((row) => Number(row.file_index)));
        expect([...(numbers.get("c0") ?? [])]).toEqual(rows.map((row) => Number(row.c0)));
        expect(texts.get("part")).toEqual(rows.map((row) => row.part));
        const sql = await scanSet(engine, { ...set, part: "train" }, ["l"], { ordered: true });
        expect(await engine.rows(`select l[1]::int as first from (${sql})`, "test")).toEqual(
          rows.map(({ l: [first] }) => ({ first })),
        );
      }
    },
  );

  it("are made again from the manifest, with their folders", async () => {
    const output = fresh();
    const first = await make({ folder: output, partitionBy: ["part"], maxFileRows: 20, maxPartitions: 6 });
    expect(first.manifest.specification?.["output"]).toEqual({
      ...{ folder: output, format: "parquet", compression: "zstd", compressionLevel: 3, rowGroupRows: 122_880 },
      ...{ maxFileRows: 20, partitionBy: ["part"], maxPartitions: 6 },
    });
    const again = await reproduceTrainingSet({ set: output, folder: small.folder, output: fresh() });
    expect(again.differences).toEqual([]);
    expect(again.made).toBe(true);
  });

  it("are found again where they stand, mended where they do not, and replaced with their folders", async () => {
    const output = { folder: fresh(), partitionBy: ["part"] };
    const set = await make(output);
    expect((await make(output)).made).toBe(false);
    const [file] = set.manifest.files;
    await rm(join(set.folder, file?.path ?? ""));
    const mended = await make(output);
    expect([mended.made, mended.manifest.files]).toEqual([true, set.manifest.files]);
    const foreign = join(set.folder, "train", "part=US", "notes.txt");
    await writeFile(foreign, "mine");
    expect((await make(output)).made).toBe(false);
    await expect(make({ ...output, compression: "snappy" })).rejects.toMatchObject({
      code: "TRAINING_SET_EXISTS",
      message: expect.stringContaining('holds "train/part=US/notes.txt"') as string,
    });
    await rm(foreign);
    await mkdir(join(set.folder, "holdout", "mine"));
    await expect(make(output.folder)).rejects.toMatchObject({ code: "TRAINING_SET_EXISTS" });
    await rm(join(set.folder, "holdout", "mine"), { recursive: true });
    expect((await make(output.folder)).made).toBe(true);
    expect((await readdir(set.folder)).sort()).toEqual(["holdout.parquet", "manifest.json", "train.parquet"]);
  });
});

describe("what no files can be", () => {
  it.each(["../kinds.parquet", "/etc/passwd", "train/../../kinds.parquet", ""])(
    "a manifest that leads out of its folder: %s",
    async (path) => {
      const text = await readFile(join(usual.folder, "manifest.json"), "utf8");
      const folder = join(small.folder, fresh());
      await mkdir(folder);
      await writeFile(join(folder, "manifest.json"), text.replace('"path": "train.parquet"', `"path": "${path}"`));
      await expect(readManifest(folder)).rejects.toMatchObject({
        ...{ code: "MANIFEST_INVALID", message: expect.stringContaining("outside its folder") as string },
      });
    },
  );

  it.each([
    [
      "a column that is not carried",
      { partitionBy: ["pat"] },
      "SPECIFICATION_INVALID",
      /\$\.output\.partitionBy\[0\]: names "pat".*carried/,
      /"part"/,
    ],
    ["a column of floats", { partitionBy: ["f"] }, "ROWS_INVALID", /by "f": it is of type float/, /dates/],
    ["a moment", { partitionBy: ["moment"] }, "ROWS_INVALID", /it is of type timestamp/, /day/],
    ["an empty text", { partitionBy: ["t"] }, "ROWS_INVALID", /"t" is an empty text/, /fill it in/],
    [
      "too many values",
      { partitionBy: ["part", "day"], maxPartitions: 17 },
      "LIMIT_EXCEEDED",
      /part, day have more than 17/,
      /maxPartitions/,
    ],
  ] as const)("refuses %s", async (_, choice, code, message, hint) => {
    const folder = fresh();
    await expect(make({ folder, ...choice })).rejects.toMatchObject({
      ...{ code, message: expect.stringMatching(message) as string, hint: expect.stringMatching(hint) as string },
    });
    expect(await readdir(small.folder)).not.toContain(folder);
  });

  it("refuses more files than anybody reads, and names longer than a folder's", async () => {
    const many = Array.from({ length: 10_001 }, (_, i) => ({
      ...{ at: BigInt(start + i), store: "r1", took: 1, delivered_at: new Date(start / 1000), part: "é".repeat(130) },
    }));
    const more = { rows: many, carry: ["part"], vector: bare(), split: {}, raw: false };
    await expect(make({ folder: fresh(), maxFileRows: 1 }, more)).rejects.toMatchObject({
      ...{ code: "LIMIT_EXCEEDED", details: { files: 10_001, rows: 10_001 } },
    });
    await expect(make({ folder: fresh(), partitionBy: ["part"] }, more)).rejects.toMatchObject({
      ...{ code: "LIMIT_EXCEEDED", message: expect.stringContaining("265 bytes long") as string },
    });
  });
});
