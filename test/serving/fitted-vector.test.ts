import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ExactSum, type Value } from "../../src/core/index.ts";
import { fitsOf, type Parameters } from "../../src/dsl/index.ts";
import { computeVectors, Engine, readManifest, type TrainingSet } from "../../src/featurestore/index.ts";
import { open, type Tondo } from "../../src/open.ts";
import { buildPackage, packageFiles } from "../../src/registry/index.ts";
import { linearTrainer } from "../../src/training/index.ts";
import {
  day,
  definitions,
  givenRows,
  type Row,
  smallProject,
  type SmallProject,
  start,
} from "../featurestore/offline/small-project.ts";
import { loadedAt } from "./served-project.ts";

/** Every fitted function at once; `nested` is fitted in three rounds. */
const vectors = `
vector fits {
  key store: store, town: town
  input km: float?, q: int?, area: string?

  let minutes = @store:kitchen:mean_7d
  let cuisine = @store:profile:cuisine
  mean    = minutes | fill(mean)
  median  = minutes | fill(median)
  mode    = q | fill(mode)
  busy    = @store:kitchen:busy | fill(mode)
  food    = cuisine | fill(mode) | vocab(2)
  z       = km | zscore
  range   = km | minmax
  robust  = km | robust
  held    = km | clip(p10, p90)
  tails   = km | clip(\`p2.5\`, \`p97.5\`)
  bins    = minutes | quantize(4)
  nested  = minutes | fill(median) | zscore | clip(p1, p99)
  place   = area | vocab(1)
  number  = q | vocab(3)
  dish    = cuisine | onehot(2)

  label took: float known delivered_at
}

vector gone {
  key store: store
  input km: float?, area: string?
  word = if(km > 1e9, area, missing) | fill(mode) | vocab(5)
}

vector empty {
  key store: store
  input km: float?, area: string?
  word = if(km > 1e9, area, missing) | vocab(5)
  one = if(km > 1e9, area, missing) | onehot(2)
}
`;

const splitAt = BigInt(start + 12 * day);
let small: SmallProject;
let tondo: Tondo;
let set: TrainingSet;
let train: readonly Row[];
let holdout: readonly Row[];

beforeAll(async () => {
  small = await smallProject(definitions + vectors);
  tondo = await open({ folder: small.folder, actor: "tester" });
  await tondo.apply();
  set = await tondo.trainingSet({
    vector: "fits",
    rows: "left.parquet",
    output: "training/fits",
    carry: ["km", "q", "area"],
    split: { train: { to: splitAt }, holdout: { from: splitAt } },
    raw: true,
  });
  train = await rowsOf("train");
  holdout = await rowsOf("holdout");
  await tondo.train({ set, model: "fits", label: "took", trainer: linearTrainer, tag: "champion", missing: "drop" });
  await tondo.materialize({ asOf: loadedAt });
});
afterAll(async () => {
  await tondo.close();
  await small.remove();
});

async function rowsOf(part: string): Promise<readonly Row[]> {
  const engine = await Engine.open({ threads: 1 });
  try {
    const rows = await engine.rows(
      `select * exclude ("at") from read_parquet('${join(set.folder, `${part}.parquet`)}')`,
      "reading",
    );
    return rows.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, value]) => [
          name,
          typeof value === "bigint" ? Number(value) : (value as Value),
        ]),
      ),
    );
  } finally {
    engine.close();
  }
}

/** What was fitted for the function of a slot; of nested ones the outermost. */
function fittedOf(slot: string): Parameters {
  const { plan } = set.manifest.vector;
  const value = plan.slots.find(({ name }) => name === slot)?.value;
  const [outer] = value === undefined ? [] : fitsOf([value]);
  return set.manifest.fitted[outer?.fit ?? ""] ?? {};
}

function numbers(rows: readonly Row[], column: string): readonly number[] {
  return rows.flatMap((row) => (typeof row[column] === "number" ? [row[column]] : [])).toSorted((a, b) => a - b);
}

function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const [a = 0, b = a] = [sorted[Math.floor(place)], sorted[Math.floor(place) + 1]];
  const part = place % 1;
  return part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part);
}

function byCount(rows: readonly Row[], column: string): readonly Value[] {
  const counts = new Map<Value, number>();
  for (const row of rows) {
    const value = row[column] ?? null;
    if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || ((a ?? 0) < (b ?? 0) ? -1 : 1)).map(([value]) => value);
}

function mean(values: readonly number[]): number {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return (sum.value() ?? 0) / values.length;
}

const [minutes, cuisine, busyCount] = [
  "store__store__kitchen__mean_7d",
  "store__store__profile__cuisine",
  "store__store__kitchen__n_1d",
];

/** Each fit by its definition from raw rows. */
function naive(rows: readonly Row[]): Readonly<Record<string, Parameters>> {
  const [m, km] = [numbers(rows, minutes), numbers(rows, "km")];
  const busy = rows.flatMap((row) => {
    const n = row[busyCount] ?? null;
    return n === null ? [] : [{ busy: Number(Number(n) > 2) }];
  });
  const food = byCount(rows, cuisine);
  const filled = rows.map((row) => ({ food: row[cuisine] ?? food[0] ?? null }));
  const quarters = [0.25, 0.5, 0.75].map((share) => quantile(km, share));
  const [low = 0, middle = 0, high = 0] = quarters;
  return {
    mean: { value: mean(m) },
    median: { value: quantile(m, 0.5) },
    mode: { value: byCount(rows, "q")[0] as number },
    busy: { value: byCount(busy, "busy")[0] as number },
    food: { values: byCount(filled, "food").slice(0, 2) as string[] },
    range: { min: Math.min(...km), range: Math.max(...km) - Math.min(...km) },
    robust: { median: middle, iqr: high - low },
    held: { low: quantile(km, 0.1), high: quantile(km, 0.9) },
    tails: { low: quantile(km, 0.025), high: quantile(km, 0.975) },
    bins: { edges: [...new Set([0.25, 0.5, 0.75].map((share) => quantile(m, share)))] },
    place: { values: byCount(rows, "area").slice(0, 1) as string[] },
    number: { values: byCount(rows, "q").slice(0, 3) as number[] },
    dish_1: { values: food.slice(0, 2) as string[] },
  };
}

describe("a vector of all fitted functions", () => {
  it("is fitted on the training rows alone", () => {
    const expected = naive(train);
    for (const [slot, parameters] of Object.entries(expected)) expect(fittedOf(slot), slot).toEqual(parameters);
    // With the holdout they would be others, so that a look at it would have been seen.
    const seen = naive([...train, ...holdout]);
    const differ = Object.keys(expected).filter(
      (slot) => JSON.stringify(seen[slot]) !== JSON.stringify(expected[slot]),
    );
    expect(differ).toEqual(expect.arrayContaining(["mean", "median", "robust", "held", "bins"]));
  });

  it("is the same whatever the order of rows and the threads", async () => {
    const rows = givenRows(small.left.map((row) => ({ ...row, delivered_at: row["delivered_at"] ?? null })));
    for (const [i, threads] of [1, 2].entries()) {
      const again = await open({ folder: small.folder, actor: "tester", engine: { threads } });
      const made = await again.trainingSet({
        vector: "fits",
        rows: i === 0 ? rows.toReversed() : [...rows.slice(100), ...rows.slice(0, 100)],
        output: `training/again${String(threads)}`,
        split: { train: { to: splitAt }, holdout: { from: splitAt } },
      });
      expect(made.manifest.fitted).toEqual(set.manifest.fitted);
      await again.close();
    }
  });

  it("has exactly one slot of a onehot set, whose parts share one fit", () => {
    const slots = ["dish_1", "dish_2", "dish_other", "dish_missing"];
    const { plan } = set.manifest.vector;
    expect(plan.slots.map(({ name }) => name).filter((name) => name.startsWith("dish"))).toEqual(slots);
    const own = plan.slots.filter(({ name }) => slots.includes(name));
    expect(fitsOf(own.map(({ value }) => value))).toHaveLength(1);
    const { values } = fittedOf("dish_1");
    const sums = slots.map(() => 0);
    for (const row of [...train, ...holdout]) {
      const word = row[cuisine] ?? null;
      const place =
        word === null
          ? 3
          : !(values as readonly Value[]).includes(word)
            ? 2
            : (values as readonly Value[]).indexOf(word);
      expect(slots.map((slot) => row[slot])).toEqual(slots.map((_, i) => Number(i === place)));
      sums[place] = (sums[place] ?? 0) + 1;
    }
    expect(Math.min(...sums)).toBeGreaterThan(0);
  });

  it("is served bit by bit as it is trained, also of texts that were never seen and of nothing", async () => {
    const places = ["north", "south", "never seen", "", "__proto__", null];
    const rows = ["r1", "r2", "r3", "r4", "r5", "new", null].flatMap((store) =>
      places.map((area, i) => ({
        store,
        town: "bonn",
        area,
        km: i === 5 ? null : i * 3.7 - 2,
        q: i === 0 ? null : i * i,
      })),
    );
    const offline = await computeVectors({
      vector: set.manifest.vector.plan,
      fitted: set.manifest.fitted,
      rows: rows.map((row) => ({ ...row, at: loadedAt })),
      folder: small.folder,
    });
    const seen = new Map<string, Set<Value>>();
    for (const [r, { store, town, ...inputs }] of rows.entries()) {
      const { vector } = await tondo.predict("fits@champion", { keys: { store, town }, inputs, at: loadedAt });
      for (const [s, name] of offline.slots.entries()) {
        const value = offline.rows[r]?.[s] ?? null;
        expect(Object.is(vector[name], value), `${String(r)} ${name}: ${String(vector[name])}, ${String(value)}`).toBe(
          true,
        );
        seen.set(name, (seen.get(name) ?? new Set()).add(value));
      }
      expect(vector["place"]).toBe(
        inputs.area === null ? 0 : inputs.area === fittedOf("place")["values"]?.toString() ? 2 : 1,
      );
      const dishes = ["dish_1", "dish_2", "dish_other", "dish_missing"].map((slot) => Number(vector[slot]));
      expect(dishes.reduce((a, b) => a + b)).toBe(1);
    }
    for (const [name, values] of seen) {
      const isMissing = ["z", "range", "robust", "held", "tails", "bins"].includes(name);
      expect(values.has(null), name).toBe(isMissing);
      expect(values.size, name).toBeGreaterThan(name === "dish_2" || name === "dish_other" ? 0 : 1);
    }
  });

  it("is not served with other parameters than it was sealed with", async () => {
    const { version } = await tondo.registry.resolve("fits@champion");
    const { files } = await tondo.registry.loadPackage(version.packageDigest);
    const text = new TextDecoder().decode(files.get(packageFiles.fitted));
    const cases: readonly [RegExp, string][] = [
      [/"values":\["[^"]+"/, '"values":["changed"'],
      [/"values":\["[^"]+"/, '"values":[5'],
      [/"values":\[[^\]]*\]/, '"values":"thai"'],
      [/"edges":\[[^\]]*\]/, '"edges":["1"]'],
      [/"fit0":\{[^}]*\}/, '"fit0":null'],
      [/"fit0":/, '"fit99":'],
      [/^\{/, '{"fit99":{},'],
      [/^.*$/s, "[]"],
      [/^.*$/s, "null"],
    ];
    for (const [from, to] of cases) {
      const changed = text.replace(from, to);
      expect(changed).not.toBe(text);
      const made = await tondo.registry.registerVersion({
        model: "fits",
        path: [],
        package: buildPackage({ ...Object.fromEntries(files), [packageFiles.fitted]: changed }),
        trainer: { name: "by hand", version: "1.0.0" },
      });
      const asked = tondo.predict(`fits@${made.version.id}`, {
        keys: { store: "r1", town: "bonn" },
        inputs: { km: 1, q: 1, area: "north" },
      });
      await expect(asked, to).rejects.toMatchObject({ code: "PACKAGE_CORRUPT", hint: expect.any(String) as string });
    }
  });

  it("has golden rows with the texts it was fitted to", async () => {
    const { version } = await tondo.registry.resolve("fits@champion");
    const { files } = await tondo.registry.loadPackage(version.packageDigest);
    const golden = JSON.parse(new TextDecoder().decode(files.get(packageFiles.golden))) as {
      readonly rows: readonly { readonly slots: readonly (number | null)[] }[];
    };
    const place = set.manifest.vector.plan.slots.findIndex(({ name }) => name === "place");
    expect(new Set(golden.rows.map(({ slots }) => slots[place]))).toEqual(new Set([0, 1, 2]));
  });
});

describe("fitting", () => {
  const make = (vector: string, more: { readonly maxDistinct?: number } = {}): Promise<TrainingSet> =>
    tondo.trainingSet({ vector, rows: "left.parquet", output: `training/${vector}-no`, ...more });

  it("on nothing is an error that names the slot, but for categories", async () => {
    await expect(make("gone")).rejects.toMatchObject({
      code: "TRAINING_SET_EMPTY",
      message: expect.stringContaining('"fill(mode)" in the slot "word" of gone') as string,
    });
    const { manifest } = await make("empty");
    expect(Object.values(manifest.fitted)).toEqual([{ values: [] }, { values: [] }]);
  });

  it("on too many different texts is an error that names the slot", async () => {
    await expect(make("fits", { maxDistinct: 2 })).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      message: expect.stringMatching(/in the slot "\w+" of fits: there are more than 2/) as string,
      hint: expect.stringContaining("maxDistinct") as string,
    });
  });

  it("counts as many different texts as are allowed where a set is made again, too", async () => {
    const again = { set: "training/fits", output: "training/fits-again" };
    await expect(tondo.reproduce({ ...again, maxDistinct: 2 })).rejects.toMatchObject({
      code: "LIMIT_EXCEEDED",
      hint: expect.stringContaining("maxDistinct") as string,
    });
    expect((await tondo.reproduce({ ...again, maxDistinct: 2_000_000 })).differences).toEqual([]);
  });

  it("is checked where a manifest is read", async () => {
    const path = join(set.folder, "manifest.json");
    const text = await readFile(path, "utf8");
    try {
      await writeFile(path, text.replace(/"edges": \[/, '"edges": [null,'));
      await expect(readManifest(set.folder)).rejects.toMatchObject({ code: "MANIFEST_INVALID" });
    } finally {
      await writeFile(path, text);
    }
    expect((await readManifest(set.folder)).fitted).toEqual(set.manifest.fitted);
  });
});
