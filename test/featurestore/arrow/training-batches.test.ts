import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RecordBatch, Table, tableToIPC, tableFromIPC } from "apache-arrow";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { trainingBatches, type TrainingBatchesOptions } from "../../../src/arrow.ts";
import { Engine, makeTrainingSet, type Output, scanSet, type TrainingSet } from "../../../src/featurestore/index.ts";
import { smallProject, type SmallProject, start } from "../offline/small-project.ts";

const n = 1600;

/** A column of each kind; some of them have nothing missing for the first 1,000 rows. */
const carried = {
  t: "['', null, 'ü😀', chr(65279) || 'mark', repeat('long ', 40)][1 + i % 5]",
  late: "case when i < 1000 then 'there' end",
  f: "[0.1, null, '-0'::double, 5e-324][1 + i % 4]",
  full: "i * 0.25",
  i64: "[9223372036854775807, -9223372036854775808, null][1 + i % 3]",
  b: "[true, false, null][1 + i % 3]",
  d: "[date '1969-12-31', null, date '2024-02-29'][1 + i % 3]",
  moment: "[make_timestamp(-1), null, make_timestamp(1709289000000001)][1 + i % 3]",
  lf: "case i % 4 when 0 then null when 1 then [] else list_transform(range(i % 4 + 1), lambda x: x + i * 0.5) end",
  lt: "[['', 'ü'], [], null, ['a']][1 + i % 4]",
  lb: "[[true, false], null][1 + i % 2]",
  ld: "[[date '1969-12-31'], []][1 + i % 2]",
  lm: "[[make_timestamp(-1)], null][1 + i % 2]",
  part: "['x', 'y', null][1 + i % 3]",
};

let small: SmallProject;
let engine: Engine;
let plain: TrainingSet;

function make(output: string | Output): Promise<TrainingSet> {
  const vector = small.project.plan.vectors.find(({ name }) => name === "plain");
  if (vector === undefined) throw new Error("no vector plain");
  return makeTrainingSet({
    ...{ vector, rows: "kinds.parquet", carry: Object.keys(carried), folder: small.folder, output },
    split: { holdout: { fraction: 0.2, by: ["at"] } },
  });
}

beforeAll(async () => {
  small = await smallProject();
  engine = await Engine.open({ threads: 2 });
  const columns = Object.entries(carried).map(([name, sql]) => `${sql} as ${name}`);
  await engine.run(
    `copy (select 'r' || (1 + i % 5) as store, make_timestamp(${String(start)} + i * 100000000) as at, (i % 17)::double as took,
      make_timestamp(${String(start)} + i * 100000000) as delivered_at, ${columns.join(", ")} from range(${String(n)}) r(i))
     to '${join(small.folder, "kinds.parquet")}' (format parquet)`,
    "test",
  );
  plain = await make("plain");
});
afterAll(async () => {
  engine.close();
  await small.remove();
});

async function batches(options: TrainingBatchesOptions): Promise<readonly RecordBatch[]> {
  const all: RecordBatch[] = [];
  for await (const batch of trainingBatches(options)) all.push(batch);
  return all;
}

/** Values as JSON has them, so that each reading of the rows can be compared. */
function shown(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "object" && value !== null && Symbol.iterator in value)
    return [...(value as Iterable<unknown>)].map(shown);
  return value;
}

/** A column of all batches, by their own reading. Moments come as milliseconds there: these are read by their memory. */
function columnOf(all: readonly RecordBatch[], name: string): readonly unknown[] {
  return all.flatMap((batch) => {
    const vector = batch.getChild(name);
    if (vector === null) throw new Error(`no column ${name}`);
    const [data] = vector.data;
    if (name === "t") {
      // The package's own reading drops U+FEFF at the beginning.
      const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
      const ends = (data?.valueOffsets ?? []) as ArrayLike<number>;
      return Array.from(vector, (value, i) =>
        value === null ? null : decoder.decode((data?.values as Uint8Array).subarray(ends[i], ends[i + 1])),
      );
    }
    if (name !== "at" && name !== "moment") return Array.from(vector, shown);
    const micros = data?.values as BigInt64Array;
    return Array.from(vector, (value, i) => (value === null ? null : String(micros[i])));
  });
}

/** The same of the files, by DuckDB's texts. */
async function expected(
  set: TrainingSet,
  part: "train" | "holdout",
  name: string,
): Promise<readonly (string | null)[]> {
  const sql = await scanSet(engine, { ...set, part }, [name], { ordered: true });
  const rows = await engine.rows(`select to_json("${name}")::varchar as v from (${sql})`, "test");
  return rows.map(({ v }) => (v === null || v === undefined ? null : String(v)));
}

/** A value of the files as the package's own reading of Arrow shows it. */
function readable(name: string, text: string | null): unknown {
  if (text === null || ["at", "moment", "i64", "n"].includes(name)) return text;
  const value = JSON.parse(text) as unknown;
  if (Object.is(value, -0)) return "-0";
  const days = (day: number): number => day * 86_400_000;
  if (name === "d") return days(value as number);
  if (name === "ld") return (value as readonly number[]).map(days);
  return name === "lm" ? (value as readonly number[]).map((micros) => micros / 1000) : value;
}

describe("training sets as Arrow batches", () => {
  it("have the rows of the files, in batches of the size asked for", async () => {
    const { train, holdout } = plain.manifest.counts;
    for (const [part, count] of [
      ["train", train],
      ["holdout", holdout],
    ] as const) {
      const all = await batches({ set: plain, part, rows: 500 });
      expect(all.map(({ numRows }) => numRows)).toEqual([
        ...Array.from({ length: Math.floor(count / 500) }, () => 500),
        ...(count % 500 === 0 ? [] : [count % 500]),
      ]);
      for (const { name } of plain.manifest.columns) {
        expect(columnOf(all, name), name).toEqual(
          (await expected(plain, part, name)).map((text) => readable(name, text)),
        );
      }
    }
  });

  it("are of the types of the files", async () => {
    const [first] = await batches({ set: plain, rows: 10_000 });
    const types = Object.fromEntries((first?.schema.fields ?? []).map(({ name, type }) => [name, String(type)]));
    expect(types).toMatchObject({
      ...{ at: "Timestamp<MICROSECOND>", store: "Utf8", n: "Int64", m: "Float64", took: "Float64" },
      ...{ t: "Utf8", f: "Float64", i64: "Int64", b: "Bool", d: "Date32<DAY>", moment: "Timestamp<MICROSECOND>" },
      ...{ lf: "List<Float64>", lt: "List<Utf8>", lb: "List<Bool>", ld: "List<Date32<DAY>>" },
    });
    expect(Object.keys(types)).toEqual(plain.manifest.columns.map(({ name }) => name));
    // Other programs read them.
    const again = tableFromIPC(tableToIPC(new Table(first === undefined ? [] : [first])));
    expect(again.numRows).toBe(first?.numRows);
    expect(again.getChild("late")?.nullCount).toBe(first?.getChild("late")?.nullCount);
  });

  it("are the same of every format, and whatever the partitions", async () => {
    const csv = await make({ folder: "csv", format: "csv", partitionBy: ["part"], maxFileRows: 600 });
    const columns = Object.keys(carried).toReversed();
    const [own, other] = [
      await batches({ set: plain, columns }),
      await batches({ set: "csv", folder: small.folder, columns, rows: 777 }),
    ];
    expect(own).toHaveLength(1);
    expect(other[0]?.schema.fields.map(({ name }) => name)).toEqual(columns);
    for (const name of columns) expect(columnOf(other, name), name).toEqual(columnOf(own, name));
    expect((await batches({ set: csv }))[0]?.schema.fields.map(({ name }) => name)).not.toContain("row_number");
  });

  it("belong to the caller: a later batch changes nothing of an earlier one, whose memory is not copied", async () => {
    const all = await batches({ set: plain, columns: ["full"], rows: 500 });
    const arrays = all.map((batch) => batch.getChild("full")?.toArray() as Float64Array);
    const files = await expected(plain, "train", "full");
    expect(arrays.flatMap((array) => [...array])).toEqual(files.map(Number));
    expect(arrays[0]?.buffer).toBe((all[0]?.getChild("full")?.data[0]?.values as Float64Array).buffer);
    expect(new Set(arrays.map(({ buffer }) => buffer)).size).toBe(arrays.length);
  });

  it("take the memory of their rows, and not of as many as might have been", async () => {
    const [batch] = await batches({ set: plain, columns: ["full", "late", "lf"] });
    const { train } = plain.manifest.counts;
    const [full, late, lists] = ["full", "late", "lf"].map((name) => batch?.getChild(name)?.data[0]);
    const room = (values: unknown): number => (values as Float64Array | Int32Array).buffer.byteLength;
    expect(room(full?.values)).toBe(train * 8);
    expect(room(late?.valueOffsets)).toBe((train + 1) * 4);
    expect(room(lists?.valueOffsets)).toBe((train + 1) * 4);
  });

  it("end with the loop, with an error in it and with the signal, and leave nothing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tondo-batches-"));
    vi.stubEnv("TMPDIR", folder);
    // What a killed process left.
    const killed = join(folder, `tondo-spill-${randomUUID()}`);
    await mkdir(killed);
    await writeFile(`${killed}.lock`, "");
    const left = async (): Promise<readonly string[]> =>
      (await readdir(folder)).filter((name) => !name.includes(".lock"));
    let seen = 0;
    for await (const { numRows } of trainingBatches({ set: plain, rows: 100 })) {
      seen += numRows;
      expect(await left()).toHaveLength(1);
      if (seen >= 300) break;
    }
    expect(seen).toBe(300);
    expect(await left()).toEqual([]);
    const failing = async (): Promise<void> => {
      for await (const _ of trainingBatches({ set: plain })) throw new Error("mine");
    };
    await expect(failing()).rejects.toThrow("mine");
    const controller = new AbortController();
    const aborted = async (): Promise<void> => {
      for await (const _ of trainingBatches({ set: plain, rows: 100, signal: controller.signal })) controller.abort();
    };
    await expect(aborted()).rejects.toMatchObject({ code: "ABORTED" });
    expect(await readdir(folder)).toEqual([]);
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  it("are refused where there is no such thing", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tondo-no-set-"));
    await expect(batches({ set: folder })).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
    await rm(folder, { recursive: true });
    await expect(batches({ set: plain, columns: ["fulll"] })).rejects.toMatchObject({
      ...{ code: "ROWS_INVALID", hint: 'Did you mean "full"?' },
    });
    await expect(batches({ set: plain, columns: ["f", "f"] })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(batches({ set: plain, columns: [] })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(batches({ set: plain, rows: 0 })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });
});
