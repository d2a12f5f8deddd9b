import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { TondoError } from "../../../src/core/index.ts";
import {
  featureStats,
  type FeatureStats,
  type FeatureStatsOptions,
  vectorStats,
} from "../../../src/featurestore/index.ts";
import { day, smallProject, start } from "../offline/small-project.ts";
import { hour, setStart, writeSet } from "./written-set.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-stats-test-"));
});
afterAll(() => rm(folder, { recursive: true }));

const big = 9_007_199_254_740_993n;
const simple = {
  x: { type: "float", train: [1, 2, 2, 3, null, 10], holdout: [1, 1, 1, 1] },
  y: { type: "float", role: "label", train: [2, 4, 4, 6, 1, 20], holdout: [0, 1, 0, 1] },
} as const;

async function failure(options: FeatureStatsOptions): Promise<TondoError> {
  const error: unknown = await featureStats(options).catch((thrown: unknown) => thrown);
  if (error instanceof TondoError) return error;
  throw new Error("nothing was refused");
}

function column(stats: FeatureStats, name: string): FeatureStats["columns"][number] {
  const found = stats.columns.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no column ${name}`);
  return found;
}

describe("featureStats", () => {
  it("describes the training rows, and compares them with the holdout", async () => {
    const set = await writeSet(join(folder, "simple"), simple);
    const stats = await featureStats({ set: "simple", folder });
    expect(stats.subject).toMatchObject({
      folder: "simple",
      part: "train",
      rows: 6,
      first: setStart,
      last: setStart + 5 * hour,
    });
    expect(stats.against).toMatchObject({ part: "holdout", rows: 4 });
    expect(column(stats, "x")).toMatchObject({
      ...{ role: "slot", measure: "value", rows: 6, present: 5, presence: 5 / 6, distinct: 4 },
      numbers: { min: 1, max: 10, mean: 3.6, zeros: 0, histogram: { below: 0, above: 0 } },
      against: { present: 4, presence: 1, distinct: 1 },
      drift: { ks: { statistic: 0.8 }, totalVariation: null },
    });
    expect(column(stats, "x").top.slice(0, 2)).toEqual([
      { value: 2, count: 2 },
      { value: 1, count: 1 },
    ]);
    expect(stats.associations).toMatchObject([
      { column: "x", label: "y", rows: 5, spearman: 1, strength: expect.closeTo(1, 12) as number },
    ]);
    // Five rows may be chance.
    expect(stats.notes).toEqual([]);
    expect((await featureStats({ set, against: null })).against).toBeNull();
  });

  it("takes parts and periods, whose end is not in them", async () => {
    await writeSet(join(folder, "simple"), simple);
    const at = (hours: number): bigint => BigInt(setStart + hours * hour);
    const all = await featureStats({ set: "simple", folder, part: "all" });
    expect([all.subject.rows, all.against]).toEqual([10, null]);
    const some = await featureStats({
      ...{ set: "simple", folder, part: "all" as const, from: at(1), to: at(3) },
      against: { from: at(3) },
    });
    expect(some.subject).toMatchObject({
      rows: 2,
      first: Number(at(1)),
      last: Number(at(2)),
      from: Number(at(1)),
      to: Number(at(3)),
    });
    expect(some.against).toMatchObject({ rows: 7, part: "all", from: Number(at(3)), to: null });
    const none = await featureStats({ set: "simple", folder, from: at(100), against: { part: "holdout" } });
    expect(column(none, "x")).toMatchObject({ rows: 0, presence: null, numbers: null, top: [] });
    expect(column(none, "x").drift).toMatchObject({ psi: null, verdict: null, ks: null, presence: null });
    expect(none.associations).toMatchObject([{ rows: 0, pearson: null, strength: null, by: null }]);
  });

  it("describes every type", async () => {
    const list = [["a", "b"], [], null];
    await writeSet(join(folder, "types"), {
      moment: { type: "timestamp?", train: [setStart, null, setStart + day] },
      date: { type: "date", train: [-1, 0, 3] },
      wait: { type: "duration", train: [hour, 2 * hour, 0] },
      wide: { type: "int", train: [big, -big, big] },
      flag: { type: "bool?", train: [true, null, true] },
      list: { type: "list<string>?", train: list },
      waits: { type: "list<duration>", train: [[hour], [], []] },
      embedding: { type: "embedding(2)?", train: [[3, 4], [0, 0], null] },
      text: { type: "string?", train: ["\uFEFFa", "", null] },
      huge: { type: "float", train: [1e300, 2e300, -1e300] },
      "hostile \"'; drop table x; --": { type: "float", train: [1, 2, 3] },
      y: { type: "float", role: "label", train: [1, 2, 3] },
    });
    const stats = await featureStats({ set: "types", folder });
    expect(column(stats, "moment").numbers).toMatchObject({
      min: setStart,
      max: setStart + day,
      mean: setStart + day / 2,
    });
    expect(column(stats, "date").numbers).toMatchObject({ min: -1, max: 3, zeros: 1 });
    expect(column(stats, "wait").numbers).toMatchObject({ min: 0, max: 2 * hour, mean: hour });
    expect(column(stats, "wide")).toMatchObject({
      distinct: 2,
      top: [
        { value: big, count: 2 },
        { value: -big, count: 1 },
      ],
    });
    expect(column(stats, "flag")).toMatchObject({
      distinct: 1,
      numbers: { mean: 1 },
      top: [{ value: true, count: 2 }],
    });
    expect(column(stats, "list")).toMatchObject({
      measure: "length",
      present: 2,
      distinct: null,
      numbers: { max: 2 },
      top: [],
    });
    expect(column(stats, "waits")).toMatchObject({ measure: "length", numbers: { max: 1 } });
    expect(column(stats, "embedding")).toMatchObject({ measure: "norm", present: 2, numbers: { min: 0, max: 5 } });
    expect(column(stats, "text")).toMatchObject({
      measure: null,
      numbers: null,
      top: [
        { value: "", count: 1 },
        { value: "\uFEFFa", count: 1 },
      ],
    });
    // The language's sums take no value beyond 2^62; these scale.
    expect(column(stats, "huge").numbers).toMatchObject({ mean: 2e300 / 3, max: 2e300 });
    const huge = stats.associations.find((one) => one.column === "huge");
    expect(huge?.pearson).toBeCloseTo(-0.6547, 4);
    expect(stats.associations.map((one) => one.column)).not.toContain("list");
  });

  it("puts a value on which many rows fall into a bin of its own", async () => {
    const most = Array.from({ length: 100 }, (_, i) => (i < 60 ? 0 : i));
    await writeSet(join(folder, "zeros"), {
      x: { type: "float", train: most, holdout: most.map((x) => (x === 0 ? -1 : x)) },
    });
    const { drift } = column(await featureStats({ set: "zeros", folder }), "x");
    expect(drift?.bins.slice(0, 2)).toMatchObject([
      { of: "range", from: null, to: 0, holdsTo: false, expected: 0, actual: 0.6 },
      { of: "range", from: 0, to: 0, holdsFrom: true, holdsTo: true, expected: 0.6, actual: 0 },
    ]);
    expect(drift?.verdict).toBe("large");
  });

  it("ends a histogram at the 1st and the 99th percentile where tails are long", async () => {
    const values = [...Array.from({ length: 1000 }, (_, i) => i), 1e9, -1e9];
    await writeSet(join(folder, "tails"), { x: { type: "float", train: values } });
    const { numbers } = column(await featureStats({ set: "tails", folder, bins: 5 }), "x");
    expect(numbers?.histogram.edges).toHaveLength(6);
    expect(numbers?.histogram).toMatchObject({ below: 11, above: 11 });
    expect([numbers?.histogram.edges[0], numbers?.histogram.edges[5]]).toEqual([
      numbers?.quantiles.find(({ share }) => share === 0.01)?.value,
      numbers?.quantiles.find(({ share }) => share === 0.99)?.value,
    ]);
  });

  it("notes what may be the label in other clothes", async () => {
    const rows = Array.from({ length: 20 }, (_, i) => i);
    await writeSet(join(folder, "clothes"), {
      x: { type: "float", train: rows.map((i) => (i * 7) % 20) },
      z: { type: "float", train: rows.map((i) => (i * 3) % 20) },
      y: { type: "float", role: "label", train: rows.map((i) => 2 * ((i * 7) % 20)) },
    });
    expect((await featureStats({ set: "clothes", folder })).notes).toEqual([
      "x all but gives y away: make sure that it is known before the label is",
    ]);
  });

  it.each([
    [1, 1e15],
    [300, 1e15],
    [300, 1e18],
    [300, 9.2e300],
  ])("loses nothing where %d rows with %d, far away, have no label", async (times, sentinel) => {
    const small = Array.from({ length: 60 }, (_, i) => ((i * 7) % 11) * 1e-6);
    const far = <T>(value: T): readonly T[] => new Array<T>(times).fill(value);
    await writeSet(join(folder, "far"), {
      x: { type: "float", train: [...small, ...far(sentinel)] },
      city: { type: "string", train: [...small.map((x) => (x > 5e-6 ? "a" : "b")), ...far("a")] },
      y: { type: "float?", role: "label", train: [...small.map((x, i) => 3 * x + (i % 3) * 1e-6), ...far(null)] },
      grade: { type: "string?", role: "label", train: [...small.map((x) => (x > 5e-6 ? "a" : "b")), ...far(null)] },
    });
    await writeSet(join(folder, "near"), {
      x: { type: "float", train: small },
      city: { type: "string", train: small.map((x) => (x > 5e-6 ? "a" : "b")) },
      y: { type: "float?", role: "label", train: small.map((x, i) => 3 * x + (i % 3) * 1e-6) },
      grade: { type: "string?", role: "label", train: small.map((x) => (x > 5e-6 ? "a" : "b")) },
    });
    const [found, near] = [await featureStats({ set: "far", folder }), await featureStats({ set: "near", folder })];
    expect(near.associations).toHaveLength(4);
    for (const one of near.associations) {
      const other = found.associations.find(({ column, label }) => column === one.column && label === one.label);
      expect(other?.spearman).toBe(one.spearman);
      for (const measure of ["pearson", "correlationRatio", "strength"] as const) {
        const value = one[measure];
        if (value !== null) expect(other?.[measure], `${one.column} ${measure}`).toBeCloseTo(value, 9);
      }
    }
  });

  it("ends the histograms of two sides at the outer percentiles of each, however many rows the other has", async () => {
    const train = [...Array.from({ length: 100 }, (_, i) => i), 1e6];
    const holdout = Array.from({ length: 6000 }, (_, i) => i % 10);
    await writeSet(join(folder, "sides"), { x: { type: "float", train, holdout } });
    const { numbers, against } = column(await featureStats({ set: "sides", folder }), "x");
    const ends = [numbers, against?.numbers].map((side) => side?.quantiles.map(({ value }) => value) ?? []);
    const edges = [Math.min(...ends.map((side) => side[0] ?? 0)), Math.max(...ends.map((side) => side.at(-1) ?? 0))];
    expect([numbers?.histogram.edges[0], numbers?.histogram.edges.at(-1)]).toEqual(edges);
    expect(numbers?.histogram.above).toBeLessThan(3);
    expect(against?.numbers?.histogram.edges).toEqual(numbers?.histogram.edges);
  });

  it("gives the norms of embeddings whose squares are no doubles, and a label that is named twice once", async () => {
    const train = [
      [3e200, 4e200],
      [3e-200, 4e-200],
      [0, 0],
      [3, 4],
    ];
    await writeSet(join(folder, "norms"), {
      e: { type: "embedding(2)", train },
      y: { type: "float", role: "label", train: [1, 2, 3, 4] },
    });
    const stats = await featureStats({ set: "norms", folder, labels: ["y", "y"] });
    expect(stats.labels).toEqual(["y"]);
    const { numbers, present } = column(stats, "e");
    expect([present, numbers?.min, numbers?.zeros]).toEqual([4, 0, 1]);
    expect((numbers?.max ?? 0) / 5e200).toBeCloseTo(1, 12);
  });

  it("gives the norms of embeddings at both ends of the doubles", async () => {
    const [largest, least] = [Number.MAX_VALUE, Number.MIN_VALUE];
    const train = [
      [largest, 0],
      [0, -largest],
      [largest / 2, largest / 2],
      [least, 0],
      // Their norms are no doubles.
      [largest, largest],
    ];
    await writeSet(join(folder, "ends"), { e: { type: "embedding(2)", train } });
    const { numbers, present } = column(await featureStats({ set: "ends", folder }), "e");
    expect([present, numbers?.min, numbers?.max]).toEqual([4, least, largest]);
  });

  it("tells whole numbers apart that doubles do not", async () => {
    // The more frequent one comes first, and as doubles the last two are one.
    const train = [big, ...[1, 2].map(() => big + 2n), ...[1, 2, 3, 4, 5].map(() => big + 4n)];
    const holdout = [big, big + 2n];
    await writeSet(join(folder, "ids"), { id: { type: "int", train, holdout } });
    const { drift } = column(await featureStats({ set: "ids", folder }), "id");
    expect(drift?.bins.map((bin) => [bin.of === "value" ? bin.value : bin.of, bin.expected, bin.actual])).toEqual([
      [big, 1 / 8, 1 / 2],
      [big + 2n, 1 / 4, 1 / 2],
      [big + 4n, 5 / 8, 0],
    ]);
  });

  it("does not take an identifier for classes that say something", async () => {
    const rows = Array.from({ length: 300 }, (_, i) => i);
    await writeSet(join(folder, "identifier"), {
      id: { type: "string", train: rows.map((i) => `id${String(i % 290)}`) },
      city: { type: "string", train: rows.map((i) => (i % 3 === 0 ? "a" : "b")) },
      y: { type: "float", role: "label", train: rows.map((i) => (i % 3 === 0 ? 1 : 0) + (i % 7)) },
    });
    const { associations } = await featureStats({ set: "identifier", folder });
    expect(associations.map((one) => one.column)).toEqual(["city", "id"]);
    expect(associations[1]?.correlationRatio).toBeGreaterThan(0.9);
    expect(associations[1]).toMatchObject({ strength: null, by: null });
  });

  it("compares two training sets, and says which columns only one has", async () => {
    await writeSet(join(folder, "one"), {
      ...simple,
      z: { type: "int", train: [1, 2, 3, 4, 5, 6] },
      text: { type: "string", train: Array(6).fill("a") },
    });
    await writeSet(join(folder, "two"), { ...simple, z: { type: "string", train: Array(6).fill("b") } });
    const stats = await featureStats({ set: "one", folder, against: { set: "two" } });
    expect(stats.against).toMatchObject({ folder: "two", part: "train" });
    expect(stats.notes.slice(0, 2)).toEqual([
      "z is not compared: it is int here and string in two",
      "text is not compared: two has no such column",
    ]);
    expect(column(stats, "z")).toMatchObject({ against: null, drift: null });
    expect(column(stats, "x").drift).toMatchObject({ psi: 0, verdict: "stable", ks: { statistic: 0, p: 1 } });
  });

  it("says what was asked for wrongly", async () => {
    const set = await writeSet(join(folder, "simple"), simple);
    await writeSet(join(folder, "whole"), { x: { type: "float", train: [1] } });
    const cases: readonly [FeatureStatsOptions, string, RegExp][] = [
      [{ set: join(folder, "nowhere") }, "MANIFEST_INVALID", /no training set/],
      [{ set, columns: ["xx"] }, "INVALID_ARGUMENT", /no column "xx"/],
      [{ set, labels: ["x"] }, "INVALID_ARGUMENT", /no label "x"/],
      [{ set: join(folder, "whole"), part: "holdout" }, "INVALID_ARGUMENT", /no holdout rows/],
      [{ set, against: { from: 5n, to: 5n } }, "INVALID_ARGUMENT", /ends before it begins/],
      [{ set, bins: 0 }, "INVALID_ARGUMENT", /bins: 0/],
      [{ set, top: 1001 }, "INVALID_ARGUMENT", /top: 1001/],
      [{ set, signal: AbortSignal.abort() }, "ABORTED", /cancelled/],
    ];
    for (const [options, code, message] of cases) {
      const error = await failure(options);
      expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
    }
    expect((await failure({ set, labels: ["x"] })).hint).toMatch(/y/);
  });

  it("refuses a file that is cut short or of other columns, and leaves nothing behind", async () => {
    const temporary = join(folder, "temporary");
    await mkdir(temporary);
    vi.stubEnv("TMPDIR", temporary);
    const cut = await writeSet(join(folder, "cut"), simple);
    await truncate(join(cut, "train.parquet"), 100);
    expect((await failure({ set: cut })).code).toBe("SOURCE_UNREADABLE");
    const gone = await writeSet(join(folder, "gone"), simple);
    await rm(join(gone, "holdout.parquet"));
    expect(["SOURCE_MISSING", "SOURCE_UNREADABLE"]).toContain((await failure({ set: gone })).code);
    const other = await writeSet(join(folder, "other"), simple);
    const manifest = await readFile(join(other, "manifest.json"), "utf8");
    await writeFile(
      join(other, "manifest.json"),
      manifest.replace('"x","role":"slot","type":"float"', '"x","role":"slot","type":"string"'),
    );
    expect((await failure({ set: other })).code).toBe("SOURCE_CHANGED");
    await featureStats({ set: await writeSet(join(folder, "whole"), simple) });
    expect(tmpdir()).toBe(temporary);
    expect(await readdir(temporary)).toEqual([]);
    vi.unstubAllEnvs();
  });

  it("gives the same in the least memory, spills where it is told to, and ends when it is told to", async () => {
    const n = 300_000;
    const set = await writeSet(join(folder, "large"), {
      x: { type: "float", train: Array.from({ length: n }, (_, i) => Math.sin(i) * 1e6) },
      s: { type: "string", train: Array.from({ length: n }, (_, i) => `a text that is not short ${String(i)}`) },
      y: { type: "float", role: "label", train: Array.from({ length: n }, (_, i) => Math.cos(i)) },
    });
    const roomy = await featureStats({ set });
    const tight = await featureStats({ set, engine: { memory: "500MB", threads: 2 } });
    expect(tight).toEqual(roomy);
    expect(column(roomy, "s").distinct).toBe(n);
    await writeFile(join(folder, "file"), "");
    const nowhere = join(folder, "file", "spill");
    expect((await failure({ set, engine: { spillFolder: nowhere } })).code).toBe("IO_FAILED");
    const started = performance.now();
    expect((await failure({ set, signal: AbortSignal.timeout(100) })).code).toBe("ABORTED");
    expect(performance.now() - started).toBeLessThan(10_000);
  }, 60_000);
});

describe("vectorStats", () => {
  it("describes a vector's slots and raw features on given rows, and keeps no set", async () => {
    const small = await smallProject();
    try {
      const vector = small.project.plan.vectors.find(({ name }) => name === "eta");
      if (vector === undefined) throw new Error("no vector eta");
      const middle = BigInt(start + 15 * day);
      const stats = await vectorStats({
        ...{ vector, rows: "left.parquet", folder: small.folder },
        ...{ to: middle, against: { from: middle } },
      });
      expect(stats.subject).toMatchObject({ folder: null, vector: "eta" });
      expect(stats.against?.folder).toBeNull();
      expect((stats.subject.last ?? 0) < Number(middle) && (stats.against?.first ?? 0) >= Number(middle)).toBe(true);
      expect(new Set(stats.columns.map(({ role }) => role))).toEqual(new Set(["slot", "label", "raw"]));
      expect(stats.associations.map(({ label }) => label)).toContain("late");
    } finally {
      await small.remove();
    }
  });
});
