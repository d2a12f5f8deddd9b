import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Vector } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseTypeName, type ValueKind } from "../../../../src/core/index.ts";
import { Engine } from "../../../../src/featurestore/index.ts";
import { loadArrow } from "../../../../src/featurestore/offline/files/arrow/arrow-module.ts";
import { describeFiles, type FileSet, scanFiles } from "../../../../src/featurestore/offline/files/file-scan.ts";
import { open } from "../../../../src/index.ts";

const golden = join(import.meta.dirname, "../../../golden/arrow");
let engine: Engine;
let folder: string;
beforeAll(async () => {
  engine = await Engine.open();
  folder = mkdtempSync(join(tmpdir(), "tondo-arrow-"));
});
afterAll(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

const set = (...names: readonly string[]): FileSet => ({
  format: names[0]?.endsWith(".parquet") === true ? "parquet" : "arrow",
  files: names.map((name) => (name.includes("/") ? name : join(golden, name))),
  what: "the test",
});

async function read(
  files: FileSet,
  columns: Readonly<Record<string, ValueKind>>,
): Promise<readonly (readonly unknown[])[]> {
  const sql = await scanFiles(engine, files, columns);
  const texts = Object.keys(columns).map((name) => `"${name}"::varchar`);
  return (await engine.rows(`select ${texts.join(", ")} from (${sql})`, "reading")).map((row) => Object.values(row));
}

/** The columns of values.arrow, and what some of them may be read as besides. */
async function kinds(): Promise<Readonly<Record<string, ValueKind>>> {
  const described = await describeFiles(engine, set("values.parquet"));
  return Object.fromEntries(Object.entries(described).map(([name, type]) => [name, parseTypeName(type).kind]));
}

describe("files of Arrow", () => {
  it.each(["values.arrow", "values.stream.arrow"])("%s are read as the same values of Parquet are", async (name) => {
    const columns = await kinds();
    expect(Object.keys(columns).length).toBeGreaterThan(17);
    const described = await describeFiles(engine, set(name));
    expect({ ...described }).toEqual({ ...(await describeFiles(engine, set("values.parquet"))), nothing: "string?" });
    const rows = await read(set("values.parquet"), columns);
    expect(rows).toHaveLength(4);
    expect(await read(set(name), columns)).toEqual(rows);
    for (const also of [
      { i64: "float" },
      { day: "timestamp" },
      { look: "embedding(2)" },
      { numbers: "list<float>" },
    ] as const)
      expect(await read(set(name), also)).toEqual(await read(set("values.parquet"), also));
    expect(await read(set(name, "values.arrow"), { text: "string" })).toHaveLength(8);
  });

  it("are taken down to their microsecond, before 1970 too, and are missing where a column holds nothing", async () => {
    expect(await read(set("nanoseconds.arrow"), { ns: "timestamp" })).toEqual([["-1"], ["1"]]);
    expect(await read(set("values.arrow"), { nothing: "timestamp", i8: "int" })).toEqual([
      [null, null],
      [null, "-128"],
      [null, "0"],
      [null, "127"],
    ]);
  });

  it("may be written by polars", async () => {
    const columns = { text: "string", at: "timestamp", words: "list<string>", word: "string" } as const;
    expect(await read(set("polars.arrow"), columns)).toEqual([
      ["a", "1709294400000000", "[a]", "a"],
      [null, null, "[]", null],
    ]);
  });

  it("keep the order of files whose types differ, and their rows", async () => {
    const columns = { i8: "float" } as const;
    const all = await read(set("values.arrow", "values.arrow", "values.arrow"), columns);
    expect(all.map(([value]) => value)).toEqual([
      null,
      "-128.0",
      "0.0",
      "127.0",
      null,
      "-128.0",
      "0.0",
      "127.0",
      null,
      "-128.0",
      "0.0",
      "127.0",
    ]);
    const { tableFromArrays, tableToIPC } = await loadArrow();
    const path = join(folder, "doubles.arrow");
    writeFileSync(path, tableToIPC(tableFromArrays({ i8: new Float64Array([0.5, 1.5]) }), "file"));
    const mixed = await read(set(join(golden, "values.arrow"), path, join(golden, "values.arrow")), columns);
    expect(mixed.map(([value]) => value)).toEqual([
      null,
      "-128.0",
      "0.0",
      "127.0",
      "0.5",
      "1.5",
      null,
      "-128.0",
      "0.0",
      "127.0",
    ]);
  });

  it("are refused where a column is gone, of another type, or of one that the language does not have", async () => {
    const files = set("values.arrow");
    await expect(read(files, { f32x: "float" })).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      message: 'the test: there is no column "f32x"',
    });
    await expect(read(files, { text: "int" })).rejects.toMatchObject({
      message: 'the test: the column "text" is of type string, and the definitions say int',
    });
    await expect(read(files, { big: "int" })).rejects.toMatchObject({
      message:
        'the test: the column "big" is of type UBIGINT, which the language does not have, and the definitions say int',
    });
    await expect(read(files, { part: "int" })).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
    await expect(read(files, { look: "embedding(3)" })).rejects.toMatchObject({ code: "SOURCE_CHANGED" });
  });

  it("are refused where their buffers are compressed, with what to write", async () => {
    for (const name of ["lz4.arrow", "zstd.arrow"])
      await expect(read(set(name), { i8: "int" })).rejects.toMatchObject({
        code: "SOURCE_UNREADABLE",
        message: "the test: the file is compressed inside, which is not read",
        hint: expect.stringContaining('compression="uncompressed"') as string,
      });
  });

  it("are refused where they are cut short anywhere, or are nothing of the kind", async () => {
    const path = join(folder, "cut.arrow");
    for (const name of ["values.arrow", "values.stream.arrow"]) {
      const whole = readFileSync(join(golden, name));
      for (const length of [0, 1, 7, 8, 100, 1000, whole.length - 300, whole.length - 8, whole.length - 1]) {
        writeFileSync(path, whole.subarray(0, length));
        await expect(read(set(path), { text: "string" }), `${name} ${String(length)}`).rejects.toMatchObject({
          code: "SOURCE_UNREADABLE",
          where: path,
        });
      }
    }
    writeFileSync(path, Buffer.concat([Buffer.from("a,b\n1,2\n"), Buffer.from("ffffffff00000000", "hex")]));
    await expect(read(set(path), { text: "string" })).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
  });

  it("say what to install where the package is missing", async () => {
    const error = Object.assign(new Error("none"), { code: "ERR_MODULE_NOT_FOUND" });
    await expect(loadArrow(() => Promise.reject(error))).rejects.toMatchObject({
      code: "DRIVER_MISSING",
      hint: "Run: npm install apache-arrow@21",
    });
    await expect(loadArrow(() => Promise.reject(new RangeError("other")))).rejects.toThrow(RangeError);
  });
});

it("a source and its training rows may lie in Arrow, and give what the same rows in Parquet give", async () => {
  const { Float64, Table, tableToIPC, TimestampMillisecond, Utf8, vectorFromArray } = await loadArrow();
  const texts = (...values: readonly string[]): Vector => vectorFromArray(values, new Utf8());
  const numbers = (...values: readonly number[]): Vector => vectorFromArray(values, new Float64());
  const moments = (...values: readonly string[]): Vector =>
    vectorFromArray(
      values.map((text) => new Date(text)),
      new TimestampMillisecond("UTC"),
    );
  const project = mkdtempSync(join(tmpdir(), "tondo-arrow-"));
  try {
    const sales = new Table({
      shop: texts("a", "a", "b"),
      sold_at: moments("2024-03-01T10:00Z", "2024-03-01T11:00Z", "2024-03-01T10:00Z"),
      price: numbers(1, 2, 4),
    });
    const rows = new Table({
      shop: texts("b", "a"),
      at: moments("2024-03-01T12:00Z", "2024-03-01T10:30Z"),
      late: numbers(1, 0),
    });
    writeFileSync(join(project, "sales.arrow"), tableToIPC(sales, "stream"));
    writeFileSync(join(project, "rows.feather"), tableToIPC(rows, "file"));
    writeFileSync(
      join(project, "shop.tondo"),
      `entity shop (shop_id: string)
events sales {
  arrow "sales.arrow"
  at sold_at
}
group shop:till from sales by shop {
  total = sum(price) over 1d
}
vector v {
  key shop
  total = @shop:till:total
  label late: float
}
`,
    );
    await using tondo = await open({ folder: project });
    await tondo.apply();
    const made = await tondo.trainingSet({ vector: "v", rows: "rows.feather", output: "set" });
    expect(made.manifest.left.files).toMatchObject([{ path: "rows.feather" }]);
    const train = join(made.folder, made.manifest.files[0]?.path ?? "");
    expect(await read(set(train), { shop: "string", total: "float", late: "float" })).toEqual([
      ["b", "4.0", "1.0"],
      ["a", "1.0", "0.0"],
    ]);
    await tondo.materialize({ asOf: "2024-03-01T12:00:00Z" });
  } finally {
    rmSync(project, { recursive: true });
  }
});
