import { createHash } from "node:crypto";
import { appendFile, mkdir, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ExactSum, parseTypeName, type Value } from "../../../../src/core/index.ts";
import { compileRows, fromRaw, toRaw, type VectorPlan } from "../../../../src/dsl/index.ts";
import {
  Engine,
  makeTrainingSet,
  type Manifest,
  readManifest,
  type TrainingSet,
  type TrainingSetOptions,
} from "../../../../src/featurestore/index.ts";
import { trainingRows } from "../../../../src/featurestore/oracle/oracle.ts";
import { day, givenRows, hour, type Row, smallProject, type SmallProject, start, writeRows } from "../small-project.ts";
import { makeAndKill } from "./until-killed.ts";

let small: SmallProject;
beforeAll(async () => {
  small = await smallProject();
});
afterAll(() => small.remove());

let outputs = 0;
const split = {
  train: { to: new Date((start + 18 * day) / 1000) },
  holdout: { from: new Date((start + 18 * day) / 1000), to: new Date((start + 22 * day) / 1000) },
};
const cutoff = new Date((start + 21 * day) / 1000);

function vectorNamed(name: string, { project }: SmallProject = small): VectorPlan {
  const vector = project.plan.vectors.find((one) => one.name === name);
  if (vector === undefined) throw new Error(`no vector ${name}`);
  return vector;
}

function make(options: Partial<TrainingSetOptions> = {}, own: SmallProject = small): Promise<TrainingSet> {
  return makeTrainingSet({
    vector: vectorNamed("eta", own),
    rows: "left.parquet",
    folder: own.folder,
    output: join(own.folder, `set${String(outputs++)}`),
    engine: { threads: 2 },
    ...options,
  });
}

/** All rows of a file of a set, moments and all as the language has them. */
async function rowsOf(set: TrainingSet, part: "train" | "holdout"): Promise<readonly Record<string, Value>[]> {
  const engine = await Engine.open({ threads: 1 });
  try {
    const columns = set.manifest.columns.map(({ name, type }) => {
      const { kind } = parseTypeName(type as "float");
      return kind === "timestamp" ? `epoch_us("${name}")::double as "${name}"` : `"${name}"`;
    });
    const rows = await engine.rows(
      `select ${columns.join(", ")} from read_parquet('${join(set.folder, `${part}.parquet`)}')`,
      "reading back",
    );
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [name, typeof value === "bigint" ? Number(value) : value]),
      ),
    );
  } finally {
    engine.close();
  }
}

async function digests(folder: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const name of (await readdir(folder)).filter((one) => one.endsWith(".parquet")).sort())
    found[name] = createHash("sha256")
      .update(await readFile(join(folder, name)))
      .digest("hex");
  return found;
}

/** The oracle's answers: `lower(city)` is a column for it. */
function oracleReads(vector: VectorPlan, rows: readonly Row[]): readonly Record<string, Value>[] {
  const lowered = {
    ...vector,
    sources: vector.sources.map((source) =>
      source.name === "orders"
        ? { ...source, columns: { ...source.columns, city_lower: "string?" as const, done: "bool?" as const } }
        : source,
    ),
    groups: vector.groups.map((group) => {
      if (group.name !== "load") return group;
      const [stored] = group.stored;
      if (stored?.kind !== "window") throw new Error("load has a window");
      return {
        ...group,
        key: [{ node: "column" as const, type: "string?" as const, name: "city_lower" }],
        stored: [{ ...stored, where: { node: "column" as const, type: "bool?" as const, name: "done" } }],
      };
    }),
  };
  const data = {
    ...small.data,
    orders: small.data.orders.map((row) => ({
      ...row,
      city_lower: String(row["city"]).toLowerCase(),
      done: String(row["status"]).toLowerCase() === "done",
    })),
  };
  const left = rows.map((row) => ({ at: row["at"] as number, columns: row }));
  return trainingRows(lowered, left, data).map((answers) =>
    Object.fromEntries(Object.entries(answers).map(([id, { value }]) => [id, value])),
  );
}

/** The slots and labels of rows from oracle values, by the generated code. */
function vectorsOf(vector: VectorPlan, rows: readonly Row[], fitted: Manifest["fitted"]): readonly Row[] {
  const reads = oracleReads(vector, rows);
  const program = compileRows(
    [...vector.slots, ...vector.labels].map(({ name, value }) => ({ name, value })),
    fitted,
  );
  return rows.map((row, i) => {
    const leaves = program.leaves.map(({ name, kind }) => {
      const own = name.slice(name.indexOf(":") + 1);
      const value = name === "now" ? row["at"] : name.startsWith("stored:") ? reads[i]?.[own] : row[own];
      return [toRaw(value ?? null, kind)];
    });
    const results = program.outputs.map((): ReturnType<typeof toRaw>[] => [null]);
    program.run(1, leaves, results);
    return Object.fromEntries(
      program.outputs.map(({ name, kind }, output) => [name, fromRaw(results[output]?.[0] ?? null, kind)]),
    );
  });
}

/** Where a row goes, said once more. */
function partOf(row: Row, late: Value): string {
  const at = row["at"] as number;
  const isTrain = at < start + 18 * day;
  if (!isTrain && at >= start + 22 * day) return "outside";
  const took = row["took"] ?? null;
  if (took === null && late === null) return "unlabelled";
  const known = [
    ...(took === null ? [] : [row["delivered_at"] as number | null]),
    ...(late === null ? [] : [at + 2 * hour]),
  ];
  if (known.some((k) => k === null || k > cutoff.getTime() * 1000)) return "immature";
  if (!isTrain) return "holdout";
  return known.some((k) => k === null || k > start + 18 * day) ? "embargoed" : "train";
}

describe("a training set", () => {
  it("has the oracle's values, in rows once and in order, where the split says; fitted on training rows alone", async () => {
    const vector = vectorNamed("eta");
    const set = await make({ split, cutoff, carry: ["area"], raw: true });
    const { manifest } = set;
    const all = vectorsOf(vector, small.left, manifest.fitted);
    const placed = small.left.map((row, i) => ({
      row,
      slots: all[i] ?? {},
      part: partOf(row, all[i]?.["late"] ?? null),
    }));
    const counts = Object.fromEntries(
      Object.keys(manifest.counts).map((part) => [part, placed.filter((one) => one.part === part).length]),
    );
    expect(manifest.counts).toEqual(counts);
    const { filtered, unsampled, surplus, ...reached } = counts;
    expect({ filtered, unsampled, surplus }).toEqual({ filtered: 0, unsampled: 0, surplus: 0 });
    expect(Math.min(...Object.values(reached))).toBeGreaterThan(0);
    expect(Object.values(counts).reduce((a, b) => a + b)).toBe(manifest.rows);
    for (const part of ["train", "holdout"] as const) {
      const expected = placed
        .filter((one) => one.part === part)
        .map(({ row, slots }) => ({
          at: row["at"],
          ...{ store: row["store"], other: row["other"], town: row["town"], area: row["area"] },
          ...slots,
        }));
      const actual = (await rowsOf(set, part)).map((row) =>
        Object.fromEntries(Object.entries(row).filter(([name]) => !name.includes("__"))),
      );
      expect(actual).toStrictEqual(expected);
      for (const [i, row] of actual.entries())
        for (const [name, value] of Object.entries(row))
          expect(Object.is(value, expected[i]?.[name as never]), `${part} ${String(i)} ${name}`).toBe(true);
    }
    // What was fitted, from the oracle's values of training rows.
    const reads = oracleReads(vector, small.left);
    const fit = vector.slots.find(({ name }) => name === "load")?.value;
    const loads = placed.flatMap(({ part }, i) =>
      part === "train" ? [reads[i]?.["town__town__load__sum_2d"] ?? null] : [],
    );
    const sum = new ExactSum();
    for (const value of loads) if (value !== null) sum.add(Number(value));
    expect(manifest.fitted[fit?.node === "fitted" ? fit.fit : ""]).toEqual({ value: (sum.value() ?? 0) / sum.count });
    // Raw columns are the oracle's too.
    const raw = await rowsOf(set, "train");
    const trained = placed.flatMap(({ part }, i) => (part === "train" ? [reads[i] ?? {}] : []));
    for (const { id } of vector.reads) expect(raw.map((row) => row[id])).toEqual(trained.map((row) => row[id]));
  });

  it("trains on all that lies behind its holdout, for nothing of that was known too late", async () => {
    const [from, to] = [start + 8 * day, start + 12 * day].map((micros) => new Date(micros / 1000));
    if (from === undefined || to === undefined) throw new Error("no period");
    const behind = await make({ split: { train: { from: to } } });
    for (const holdout of [{ from, to }, { to }]) {
      const set = await make({ split: { train: { from: to }, holdout } });
      expect(set.manifest.counts).toMatchObject({ train: behind.manifest.counts.train, embargoed: 0 });
      expect((await digests(set.folder))["train.parquet"]).toBe((await digests(behind.folder))["train.parquet"]);
    }
  });

  it("carries lists and moments of rows from memory as what they are", async () => {
    const rows = givenRows(small.left).map((row, i) => ({
      ...row,
      tags: i === 0 ? [] : i === 1 ? null : ["a", String(i)],
      sizes: [1, 2.5, i],
      seen: new Date(Date.UTC(2024, 0, 1)),
      empty: [],
    }));
    const names = ["tags", "sizes", "seen", "empty"];
    const set = await make({ rows, carry: names });
    const carried = set.manifest.columns.filter(({ name }) => names.includes(name));
    expect(carried.map(({ name, type }) => [name, type])).toEqual([
      ["tags", "list<string>"],
      ["sizes", "list<float>"],
      ["seen", "timestamp"],
      ["empty", "list<string>"],
    ]);
    const [first, , third] = await rowsOf(set, "train");
    expect(first?.["seen"]).toBe(Date.UTC(2024, 0, 1) * 1000);
    expect([first, third].map((row) => JSON.stringify([row?.["tags"], row?.["sizes"], row?.["empty"]]))).toEqual([
      '[{"items":[]},{"items":[1,2.5,0]},{"items":[]}]',
      '[{"items":["a","2"]},{"items":[1,2.5,2]},{"items":[]}]',
    ]);
  });

  it("gives the same bytes for the same inputs, whatever the threads, the joins and the form of the rows", async () => {
    const first = await make({ split });
    const again = await make({ split, engine: { threads: 1 }, plan: { windows: "range" } });
    const given = await make({
      split,
      rows: givenRows(small.left.map((row) => ({ ...row, delivered_at: row["delivered_at"] ?? null }))),
      engine: { threads: 1 },
    });
    expect(await digests(again.folder)).toEqual(await digests(first.folder));
    expect(await digests(given.folder)).toEqual(await digests(first.folder));
    expect(again.manifest.inputsDigest).toBe(first.manifest.inputsDigest);
    expect(first.manifest.files.map(({ sha256 }) => sha256).sort()).toEqual(
      Object.values(await digests(first.folder)).sort(),
    );
  });

  it("gives the same bytes beyond one row group", async () => {
    const rows = givenRows(small.left).slice(0, 90);
    const many = Array.from({ length: 150_000 }, (_, i) => rows[i % rows.length] ?? {});
    const vector = vectorNamed("plain");
    const one = await make({ vector, rows: many, engine: { threads: 1 } });
    const two = await make({ vector, rows: many, engine: { threads: 2 } });
    expect(await digests(two.folder)).toEqual(await digests(one.folder));
  });

  it("is found where nothing changed, and made again where a file, the split, a row or the vector did", async () => {
    const own = await smallProject();
    try {
      const output = join(own.folder, "out");
      const first = await make({ output, split }, own);
      const before = await readdir(output, { withFileTypes: true });
      const found = await make({ output, split }, own);
      expect(found).toMatchObject({ made: false, manifest: first.manifest });
      expect(await readdir(output, { withFileTypes: true })).toEqual(before);

      const cases: readonly (() => Promise<Partial<TrainingSetOptions>>)[] = [
        () => Promise.resolve({ split: { train: split.train } }),
        () => Promise.resolve({ cutoff }),
        () => Promise.resolve({ carry: ["area"] }),
        () => Promise.resolve({ vector: vectorNamed("plain", own) }),
        async () => {
          await appendFile(join(own.folder, "data/towns.csv"), "berlin,52.5,\n");
          return {};
        },
        async () => {
          await writeRows(join(own.folder, "data/orders/c.parquet"), own.data.orders.slice(0, 1));
          return {};
        },
        async () => {
          await writeRows(join(own.folder, "left.parquet"), own.left.slice(1));
          return {};
        },
      ];
      const seen = new Set([first.manifest.inputsDigest]);
      for (const change of cases) {
        const set = await make({ output, split, ...(await change()) }, own);
        expect(set.made).toBe(true);
        expect(seen.has(set.manifest.inputsDigest)).toBe(false);
        seen.add(set.manifest.inputsDigest);
      }
      // A file of the set that was damaged is made again, too.
      await writeFile(join(output, "train.parquet"), "damaged");
      expect((await make({ output, split }, own)).made).toBe(true);
    } finally {
      await own.remove();
    }
  });

  it("takes rows from CSV, and moments in any form", async () => {
    const own = await smallProject();
    try {
      const rows = own.left.slice(0, 60).map((row) => ({ ...row, q: null }));
      const names = ["at", "store", "took", "delivered_at"];
      const iso = (value: Value | undefined): string =>
        value === null || value === undefined ? "" : new Date(Number(value) / 1000).toISOString();
      const cell = (row: Row, name: string): string => (name.includes("at") ? iso(row[name]) : String(row[name] ?? ""));
      await writeFile(
        join(own.folder, "left.csv"),
        [names.join(","), ...rows.map((row) => names.map((name) => cell(row, name)).join(",")), ""].join("\r\n"),
      );
      const vector = vectorNamed("plain", own);
      const csv = await make({ vector, rows: "left.csv" }, own);
      const array = await make({ vector, rows: givenRows(rows) }, own);
      expect(await digests(csv.folder)).toEqual(await digests(array.folder));
      const engine = await Engine.open();
      for (const type of ["timestamp_ns", "timestamp_ms", "timestamp_s", "timestamptz"]) {
        await engine.run(
          `copy (select "at"::${type} as "at", store, took::float as took, delivered_at::${type} as delivered_at
           from read_csv('${join(own.folder, "left.csv")}')) to '${join(own.folder, `${type}.parquet`)}'`,
          "writing",
        );
        const set = await make({ vector, rows: `${type}.parquet` }, own);
        expect(await digests(set.folder), type).toEqual(await digests(array.folder));
      }
      engine.close();
    } finally {
      await own.remove();
    }
  });
});

describe("a run that ends early", () => {
  it("leaves no half folder when killed; the next one clears its leavings, the old set stays", async () => {
    const own = await smallProject();
    try {
      const output = join(own.folder, "sets/out");
      await makeAndKill(own.folder, output, "fitting and writing");
      expect((await readdir(join(own.folder, "sets"))).filter((name) => !name.startsWith("."))).toEqual([]);
      expect((await readdir(join(own.folder, "sets"))).some((name) => name.endsWith(".part"))).toBe(true);
      const first = await make({ output }, own);
      expect(await readdir(join(own.folder, "sets"))).toEqual(["out"]);
      const before = await digests(output);
      await appendFile(join(own.folder, "data/towns.csv"), "berlin,52.5,\n");
      await makeAndKill(own.folder, output, "fitting and writing");
      expect(await readManifest(output)).toEqual(first.manifest);
      expect(await digests(output)).toEqual(before);
      expect((await make({ output }, own)).made).toBe(true);
      expect(await readdir(join(own.folder, "sets"))).toEqual(["out"]);
    } finally {
      await own.remove();
    }
  });

  it("puts a whole set back that was moved away when its run was killed", async () => {
    const own = await smallProject();
    try {
      const output = join(own.folder, "sets/out");
      const set = await make({ output }, own);
      const away = join(own.folder, "sets/.out.12345678-1234-1234-1234-123456789012.part");
      const { rename } = await import("node:fs/promises");
      await rename(output, away);
      expect(await make({ output }, own)).toMatchObject({ made: false, manifest: set.manifest });
      expect(await readdir(join(own.folder, "sets"))).toEqual(["out"]);
    } finally {
      await own.remove();
    }
  });

  it("is aborted soon and leaves nothing", async () => {
    const output = join(small.folder, "aborted", "out");
    for (const after of [0, 30, 100, 300, 700]) {
      const controller = new AbortController();
      let aborted = Infinity;
      const timer = setTimeout(() => {
        aborted = performance.now();
        controller.abort();
      }, after);
      const rows = givenRows(small.left);
      const many = Array.from({ length: 300_000 }, (_, i) => rows[i % rows.length] ?? {});
      const making = make({ rows: many, output, signal: controller.signal });
      await expect(making).rejects.toMatchObject({ code: "ABORTED" });
      clearTimeout(timer);
      expect(performance.now() - aborted).toBeLessThan(10_000);
      expect(await readdir(join(small.folder, "aborted"))).toEqual([]);
    }
  });

  it("refuses a second run into the same folder while the first goes on", async () => {
    const output = join(small.folder, "twice", "out");
    const both = await Promise.allSettled([make({ output }), make({ output })]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const told = both.find((one) => one.status === "rejected");
    expect(told?.reason).toMatchObject({ code: "HOME_BUSY", hint: expect.any(String) as string });
    expect(await readdir(join(small.folder, "twice"))).toEqual(["out"]);
  });

  it("notices a file that was replaced while it was read", async () => {
    const own = await smallProject();
    try {
      const output = join(own.folder, "sets", "out");
      const path = join(own.folder, "data/towns.csv");
      const bytes = await readFile(path);
      const progress = {
        start: (name: string) => {
          if (name !== "joining features") return;
          // As long as before, and dated back: nobody can tell from its name, size and date.
          writing = rm(path)
            .then(() => writeFile(path, bytes.toString().replace("50.7", "50.8")))
            .then(() => utimes(path, new Date(0), new Date(0)));
        },
        update: () => undefined,
        finish: () => undefined,
      };
      let writing: Promise<void> = Promise.resolve();
      await expect(make({ output, progress }, own)).rejects.toMatchObject({
        code: expect.stringMatching(/SOURCE_(CHANGED|MISSING)/) as string,
      });
      await writing;
      expect(await readdir(join(own.folder, "sets"))).toEqual([]);
      await mkdir(join(own.folder, "sets"), { recursive: true });
      expect((await make({ output }, own)).made).toBe(true);
    } finally {
      await own.remove();
    }
  });
});
