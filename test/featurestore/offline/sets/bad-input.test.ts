import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { TondoError } from "../../../../src/core/index.ts";
import {
  Engine,
  type LeftRow,
  loadProject,
  makeTrainingSet,
  type TrainingSet,
  type TrainingSetOptions,
} from "../../../../src/featurestore/index.ts";
import { givenRows, type Row, smallProject, type SmallProject, writeRows } from "../small-project.ts";

let own: SmallProject;
beforeEach(async () => {
  own = await smallProject();
});
afterEach(() => own.remove());

function make(options: Partial<TrainingSetOptions> = {}): Promise<TrainingSet> {
  const vector = own.project.plan.vectors.find(({ name }) => name === "eta");
  if (vector === undefined) throw new Error("no vector");
  const { folder } = own;
  return makeTrainingSet({
    vector,
    rows: "left.parquet",
    folder,
    output: "sets/out",
    engine: { threads: 2 },
    ...options,
  });
}

/** It fails with that code and a hint, and leaves nothing. */
async function refused(making: Promise<unknown>, code: string, message?: RegExp): Promise<void> {
  const error = await making.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(TondoError);
  expect(error).toMatchObject({ code });
  const { hint, message: said } = error as TondoError;
  expect(hint ?? "").not.toBe("");
  if (message !== undefined) expect(said).toMatch(message);
  expect(await readdir(join(own.folder, "sets")).catch(() => [])).toEqual([]);
}

async function sql(text: string): Promise<void> {
  const engine = await Engine.open({ threads: 1 });
  try {
    await engine.run(text, "writing a bad file");
  } finally {
    engine.close();
  }
}

const orders = (): string => join(own.folder, "data/orders");

describe("a source", () => {
  it("that is missing, or a folder without files", async () => {
    await rm(join(own.folder, "data/stores.parquet"));
    await refused(make(), "SOURCE_MISSING", /stores/);
    await rm(orders(), { recursive: true });
    await mkdir(orders());
    await refused(make(), "SOURCE_MISSING", /orders/);
  });

  it("that is no Parquet, cut short, or empty", async () => {
    const path = join(orders(), "a.parquet");
    const { length } = await readFile(path);
    await truncate(path, length - 10);
    await refused(make(), "SOURCE_UNREADABLE");
    await writeFile(path, "");
    await refused(make(), "SOURCE_UNREADABLE");
    await writeFile(path, "store,ordered_at\nr1,2024-01-01\n");
    await refused(make(), "SOURCE_UNREADABLE");
  });

  it("whose pages are damaged", async () => {
    const path = join(orders(), "a.parquet");
    const bytes = await readFile(path);
    await writeFile(path, bytes.fill(0x55, 4, bytes.length - 2000));
    await refused(make(), "SOURCE_UNREADABLE");
  });

  it("whose column is gone, renamed or of another type", async () => {
    const path = join(orders(), "a.parquet");
    for (const changed of [
      "* exclude (minutes)",
      "* rename (minutes as mins)",
      "* replace ('x' as minutes)",
      "* replace (1::hugeint as k)",
    ]) {
      await sql(`copy (select ${changed} from read_parquet('${join(orders(), "b.parquet")}')) to '${path}'`);
      await refused(make(), "SOURCE_CHANGED", /"(minutes|k)"/);
    }
  });

  it("in CSV with another header, a cell of another type, too few cells, or no line at all", async () => {
    const path = join(own.folder, "data/towns.csv");
    await writeFile(path, "town,latitude\nbonn,50\n");
    await refused(make(), "SOURCE_CHANGED", /"lat"/);
    await writeFile(path, "town,lat,since\nbonn,fifty,\n");
    await refused(make(), "SOURCE_UNREADABLE", /towns|Conversion|CSV/);
    await writeFile(path, "town,lat,since\nbonn\n");
    await refused(make(), "SOURCE_UNREADABLE");
    await writeFile(path, "");
    await refused(make(), "SOURCE_UNREADABLE", /no header/);
    await writeFile(path, "town,lat,since\n");
    expect((await make()).made).toBe(true);
  });
});

describe("left rows", () => {
  const write = async (rows: readonly Row[]): Promise<void> => writeRows(join(own.folder, "left.parquet"), rows);

  it("that lack a column, the moment's or another", async () => {
    await refused(make({ at: "when" }), "ROWS_INVALID", /"when"/);
    await refused(make({ carry: ["nothing"] }), "ROWS_INVALID", /"nothing"/);
    await write(own.left.map(({ took: _, ...row }) => row));
    await refused(make(), "ROWS_INVALID", /"took"/);
  });

  it("from memory that are none, or hold what their column is not", async () => {
    const rows: readonly LeftRow[] = givenRows(own.left).map((row, i) => ({ ...row, tags: i === 0 ? ["a"] : "a" }));
    await refused(make({ rows, carry: ["tags"] }), "ROWS_INVALID", /row 1: "tags" is not of type list<string>/);
    const none = [null, ...rows] as readonly LeftRow[];
    await refused(make({ rows: none, carry: ["tags"] }), "ROWS_INVALID", /row 0 is no object/);
  });

  it("with a missing moment, or moments that are none", async () => {
    await write(own.left.map((row, i) => (i === 7 ? { ...row, at: null } : row)));
    await refused(make(), "ROWS_INVALID", /^1 of the training rows has no time/);
    const path = join(own.folder, "left.parquet");
    await sql(
      `copy (select * replace ('yesterday' as "at") from read_parquet('${path}')) to '${path}.new' (format parquet)`,
    );
    await refused(make({ rows: "left.parquet.new" }), "ROWS_INVALID", /"at" is of type string/);
  });

  it("with a key or input of another type", async () => {
    const path = join(own.folder, "left.parquet");
    for (const [name, value] of [
      ["store", "7"],
      ["km", "'far'"],
      ["q", "1.5"],
      ["took", "true"],
    ] as const) {
      await sql(
        `copy (select * replace (${value} as ${name}) from read_parquet('${path}')) to '${path}.new' (format parquet)`,
      );
      await refused(make({ rows: "left.parquet.new" }), "ROWS_INVALID", new RegExp(`"${name}"`));
    }
  });

  it("from memory that are no objects, or hold no moment or another type", async () => {
    const [row = {}] = givenRows(own.left);
    const bad: readonly [unknown, RegExp][] = [
      [null, /row 1 is no object/],
      [["a"], /row 1 is no object/],
      [{ ...row, at: undefined }, /no time/],
      [{ ...row, at: 5 }, /row 1: /],
      [{ ...row, at: "yesterday" }, /row 1: .*"yesterday"/],
      [{ ...row, at: new Date(Number.NaN) }, /row 1: /],
      [{ ...row, store: 5 }, /row 1: "store"/],
      [{ ...row, store: "\ud800" }, /row 1: "store"/],
      [{ ...row, q: 1.5 }, /row 1: "q"/],
    ];
    for (const [one, message] of bad) await refused(make({ rows: [row, one as LeftRow] }), "ROWS_INVALID", message);
  });

  it("none of which is left to train on, or that are none at all", async () => {
    await refused(make({ cutoff: new Date(0) }), "TRAINING_SET_EMPTY", /immature/);
    await refused(make({ split: { train: { to: new Date(0) } } }), "TRAINING_SET_EMPTY", /240 outside/);
    await refused(make({ rows: [] }), "TRAINING_SET_EMPTY");
    await sql(
      `copy (select * from read_parquet('${join(own.folder, "left.parquet")}') limit 0) to '${join(own.folder, "none.parquet")}'`,
    );
    await refused(make({ rows: "none.parquet" }), "TRAINING_SET_EMPTY");
  });

  it("without a value to fit on", async () => {
    await refused(
      make({ rows: givenRows(own.left).map((row) => ({ ...row, store: null })) }),
      "TRAINING_SET_EMPTY",
      /"n"/,
    );
  });

  it("whose split is empty or overlaps", async () => {
    const [a, b] = [new Date(1e12), new Date(2e12)];
    await refused(make({ split: { train: { from: b, to: a } } }), "SPECIFICATION_INVALID");
    await refused(make({ split: { train: { to: b }, holdout: { from: a } } }), "SPECIFICATION_INVALID");
  });

  it("carrying a column named like a slot, in whatever case", async () => {
    const rows = givenRows(own.left).map((row) => ({ ...row, LOAD: 1, load: 2 }));
    await refused(make({ rows, carry: ["load"] }), "ROWS_INVALID", /"load"/i);
    await refused(make({ rows, carry: ["LOAD"] }), "ROWS_INVALID", /"LOAD"/i);
  });
});

describe("the output", () => {
  it("that holds something else is left alone", async () => {
    const output = join(own.folder, "sets/out");
    await mkdir(output, { recursive: true });
    expect((await make()).made).toBe(true);
    await writeFile(join(output, "notes.txt"), "mine");
    expect((await make()).made).toBe(false);
    await expect(make({ carry: ["area"] })).rejects.toMatchObject({
      code: "TRAINING_SET_EXISTS",
      hint: expect.any(String) as string,
    });
    expect(await readFile(join(output, "notes.txt"), "utf8")).toBe("mine");
    const other = join(own.folder, "sets/other");
    await writeFile(other, "a file");
    await expect(make({ output: other })).rejects.toMatchObject({ code: "TRAINING_SET_EXISTS" });
    const third = join(own.folder, "sets/third");
    await mkdir(third);
    await writeFile(join(third, "manifest.json"), "{}");
    await expect(make({ output: third })).rejects.toMatchObject({ code: "TRAINING_SET_EXISTS" });
    expect((await readdir(join(own.folder, "sets"))).sort()).toEqual(["other", "out", "third"]);
  });

  it("that cannot be made", async () => {
    await writeFile(join(own.folder, "file"), "");
    await refused(make({ output: "file/out" }), "IO_FAILED");
  });

  it("on a full disk", { skip: process.platform !== "linux" || process.getuid?.() !== 0 }, async () => {
    const disk = join(own.folder, "disk");
    await mkdir(disk);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", disk]);
    try {
      const rows = givenRows(own.left);
      const many = Array.from({ length: 20_000 }, (_, i) => ({ ...rows[i % rows.length], km: i * Math.SQRT2 }));
      const output = join(disk, "out");
      await refused(make({ rows: many, output }), "IO_FAILED");
      expect(await readdir(disk)).toEqual([]);
    } finally {
      execFileSync("umount", [disk]);
    }
  });

  it("with options that the engine does not know", async () => {
    await refused(make({ engine: { memory: "plenty" } }), "INVALID_ARGUMENT");
    await refused(make({ engine: { threads: 0 } }), "INVALID_ARGUMENT");
    await refused(make({ rows: givenRows(own.left), engine: { memory: "1MB" } }), "INVALID_ARGUMENT");
  });
});

describe("definitions", () => {
  it("with a label among the features", async () => {
    const path = join(own.folder, "eta.tondo");
    const text = await readFile(path, "utf8");
    await writeFile(path, text.replace("busy   = @store:kitchen:busy", "busy   = @store:kitchen:next_max"));
    await expect(loadProject(own.folder)).rejects.toMatchObject({
      code: "DEFINITIONS_INVALID",
      message: expect.stringContaining("label-among-features") as string,
    });
  });
});
