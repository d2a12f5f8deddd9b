import { open as openFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TondoError } from "../../src/core/index.ts";
import {
  Engine,
  type Manifest,
  readManifest,
  type TrainingSet,
  type TrainingSetCall,
} from "../../src/featurestore/index.ts";
import { open, type Tondo } from "../../src/open.ts";
import { day, givenRows, smallProject, type SmallProject, start } from "./offline/small-project.ts";

let small: SmallProject;
let tondo: Tondo;
beforeAll(async () => {
  small = await smallProject();
  tondo = await open({ folder: small.folder, engine: { threads: 1 } });
  await tondo.apply();
});
afterAll(async () => {
  await tondo.close();
  await small.remove();
});

const iso = (micros: number): string => new Date(micros / 1000).toISOString();
const specification = {
  owner: "eats-ml",
  project: "eats",
  description: "How long it takes.",
  vector: "plain",
  rows: "left.parquet",
  carry: ["area"],
  filters: [{ column: "km", atLeast: 1, lessThan: 12 }, { not: { column: "area", equals: "nowhere" } }],
  sampling: { fraction: 0.8, seed: 4 },
  split: { holdout: { from: iso(start + 18 * day), to: iso(start + 22 * day) } },
  cutoff: iso(start + 21 * day),
  classBalance: { label: "took", ratio: 2 },
  output: "training/file",
};

async function write(name: string, value: unknown): Promise<string> {
  await writeFile(join(small.folder, name), JSON.stringify(value, null, 2));
  return name;
}

async function refusal(call: TrainingSetCall): Promise<TondoError> {
  try {
    await tondo.trainingSet({ ...call, output: "training/none" });
  } catch (error) {
    if (error instanceof TondoError) return error;
    throw error;
  }
  throw new Error("it was taken");
}

async function columnsOf({ folder }: TrainingSet, names: readonly string[]): Promise<readonly unknown[]> {
  const engine = await Engine.open({ threads: 1 });
  try {
    const columns = names.map((name) => `"${name}"`).join(", ");
    const rows = await engine.rows(
      `select ${columns} from read_parquet('${join(folder, "train.parquet")}')`,
      "reading back",
    );
    return rows.map((row) => Object.values(row));
  } finally {
    engine.close();
  }
}

const hashes = ({ files }: Manifest): readonly string[] => files.map(({ sha256 }) => sha256);

describe("a training set by a specification", () => {
  it("is the same from a file and from a call, and its manifest keeps what was asked for", async () => {
    const spec = await write("eta.json", { $schema: "./schema.json", ...specification });
    const fromFile = await tondo.trainingSet({ spec });
    const fromCall = await tondo.trainingSet({
      ...specification,
      filters: [{ all: specification.filters.slice(0, 1) }, ...specification.filters.slice(1)],
      split: { holdout: { from: new Date((start + 18 * day) / 1000), to: BigInt(start + 22 * day) } },
      output: "training/call",
    });
    expect(hashes(fromCall.manifest)).toEqual(hashes(fromFile.manifest));
    expect(fromCall.manifest.counts).toEqual(fromFile.manifest.counts);
    const { counts, rows } = fromFile.manifest;
    expect(Object.values(counts).reduce((a, b) => a + b)).toBe(rows);
    for (const part of [
      "train",
      "holdout",
      "filtered",
      "unsampled",
      "surplus",
      "immature",
      "embargoed",
      "outside",
    ] as const)
      expect(counts[part], part).toBeGreaterThan(0);
    expect((await readManifest(fromFile.folder)).specification).toEqual({
      ...specification,
      at: "at",
      sampling: { ...specification.sampling, by: ["store", "at"] },
      classBalance: { ...specification.classBalance, seed: 0 },
      raw: false,
    });
    const again = await tondo.trainingSet({ spec });
    expect(again).toMatchObject({ made: false, manifest: fromFile.manifest });
    // All of it is in the manifest: moments and all, from a call too.
    for (const set of ["training/file", "training/call"]) {
      const made = await tondo.reproduce({ set, output: "training/reproduced" });
      expect(made.differences).toEqual([]);
      expect(made.manifest.counts).toEqual(counts);
    }
  });

  it("is made again where another row is chosen, and only said otherwise where other words are", async () => {
    const spec = await write("again.json", { ...specification, output: "training/again" });
    const first = await tondo.trainingSet({ spec });
    const described = await tondo.trainingSet({ spec, owner: "somebody else" });
    expect(described).toMatchObject({ made: false, manifest: { specification: { owner: "somebody else" } } });
    expect(await readManifest(first.folder)).toEqual(described.manifest);
    expect(described.manifest.madeAt).toBe(first.manifest.madeAt);
    for (const other of [
      { sampling: { fraction: 0.8, seed: 5 } },
      { filters: specification.filters.slice(0, 1) },
      { classBalance: { label: "took", ratio: 2, seed: 1 } },
      { split: { holdout: { fraction: 0.2 } } },
    ]) {
      const made = await tondo.trainingSet({ spec, ...other });
      expect(made.made, JSON.stringify(other)).toBe(true);
    }
  });

  it("counts what a call says instead of what the file says", async () => {
    const spec = await write("less.json", {
      vector: "plain",
      rows: "left.parquet",
      filters: [{ column: "km", lessThan: 0 }],
    });
    const made = await tondo.trainingSet({ spec, filters: [], output: "training/less" });
    expect(made.manifest.counts.filtered).toBe(0);
    const listed = await tondo.trainingSet({
      spec,
      features: [{ feature: "store:profile:rating", key: "store" }],
      filters: [],
      output: "training/less",
    });
    expect(listed.manifest.vector.name).toBe("features");
    expect(await refusal({ spec, rows: "left.parquet", filters: [{ column: "km", below: 0 } as never] })).toMatchObject(
      {
        code: "SPECIFICATION_INVALID",
        where: undefined,
      },
    );
    const lacking = await refusal({ spec: await write("lacking.json", { rows: "left.parquet" }) });
    expect(lacking.message).toBe('$: lacks "vector", or else "features"');
    expect(lacking.where).toMatch(/lacking\.json:1:1$/);
  });

  it("has those labels only that are asked for, and reads nothing for the others", async () => {
    const labels = (set: TrainingSet): readonly string[] =>
      set.manifest.columns.filter(({ role }) => role === "label").map(({ name }) => name);
    const both = await tondo.trainingSet({ vector: "eta", rows: "left.parquet", output: "training/both" });
    expect(labels(both)).toEqual(["took", "late"]);
    const one = await tondo.trainingSet({ vector: "eta", label: "took", rows: "left.parquet", output: "training/one" });
    expect(labels(one)).toEqual(["took"]);
    expect(one.manifest.vector.plan).toMatchObject({
      labelReads: [],
      labelColumns: [{ name: "took" }, { name: "delivered_at" }],
    });
    expect(one.manifest.vector.plan.groups.flatMap(({ stored }) => stored.map(({ name }) => name))).not.toContain(
      "next_max",
    );
    const late = await tondo.trainingSet({
      vector: "eta",
      label: ["late"],
      rows: "left.parquet",
      output: "training/late",
    });
    expect(labels(late)).toEqual(["late"]);
    expect(late.manifest.vector.plan.labelColumns).toEqual([]);
    const all = await tondo.trainingSet({
      vector: "eta",
      label: ["late", "took"],
      rows: "left.parquet",
      output: "training/all",
    });
    expect(all.manifest.vector.fingerprint).toBe(both.manifest.vector.fingerprint);
  });

  it("of listed features has what a vector reads", async () => {
    const vector = await tondo.trainingSet({ vector: "eta", rows: "left.parquet", raw: true, output: "training/raw" });
    const listed = await tondo.trainingSet({
      name: "listed",
      features: [
        { feature: "store:kitchen:n_1d" },
        { feature: "store:kitchen:mean_7d", key: "other" },
        { feature: "store:kitchen:busy", key: ["store"], as: "busy" },
        { feature: "pair:both:n_7d", key: ["store", "town"] },
        "town:place:lat",
        { feature: "store:profile:cuisine", as: "food" },
        "town:load:sum_2d",
      ],
      label: [
        { column: "took", type: "float", known: "delivered_at" },
        { feature: "store:kitchen:next_max", as: "next" },
      ],
      rows: "left.parquet",
      output: "training/listed",
    });
    const { plan, name } = listed.manifest.vector;
    expect(name).toBe("listed");
    expect(plan.roles).toEqual([
      { role: "store", entity: "store" },
      { role: "other", entity: "store" },
      { role: "town", entity: "town" },
    ]);
    expect(plan.inputs).toEqual([]);
    expect(listed.manifest.columns.map(({ name: column, role }) => `${role} ${column}`)).toEqual([
      ...[
        "at at",
        "key store",
        "key other",
        "key town",
        "slot store__store__kitchen__n_1d",
        "slot other__store__kitchen__mean_7d",
      ],
      ...[
        "slot busy",
        "slot store_town__pair__both__n_7d",
        "slot town__town__place__lat",
        "slot food",
        "slot town__town__load__sum_2d",
      ],
      ...["label took", "label next"],
    ]);
    const shared = [
      "store__store__kitchen__n_1d",
      "other__store__kitchen__mean_7d",
      "store_town__pair__both__n_7d",
      "town__town__place__lat",
    ];
    expect(await columnsOf(listed, [...shared, "town__town__load__sum_2d", "took"])).toEqual(
      await columnsOf(vector, [...shared, "town__town__load__sum_2d", "took"]),
    );
    const foods = new Set((await columnsOf(listed, ["food", "busy"])).flat());
    for (const value of ["thai", "", "pizza", true, false]) expect(foods).toContain(value);
  });

  it("of features by columns that are no whole key takes those as inputs", async () => {
    const rows = givenRows(small.left).map(({ store, town, ...row }) => ({ ...row, shop: store, place: town }));
    const set = await tondo.trainingSet({
      features: [{ feature: "pair:both:n_7d", key: ["shop", "place"], as: "n" }],
      rows,
      split: { holdout: { fraction: 0.5 } },
      output: "training/pairs",
    });
    expect(set.manifest.vector.plan).toMatchObject({
      roles: [],
      keys: [],
      inputs: [{ name: "shop" }, { name: "place" }],
    });
    expect(set.manifest.split.holdout).toEqual({ fraction: 0.5, seed: 0, by: ["shop", "place"] });
    const eta = await tondo.trainingSet({
      features: [{ feature: "pair:both:n_7d", as: "n", key: ["store", "town"] }],
      rows: "left.parquet",
      split: { holdout: { fraction: 0.5 } },
      output: "training/pairs2",
    });
    expect(await columnsOf(set, ["n"])).toEqual(await columnsOf(eta, ["n"]));
  });

  it("skips groups of rows that its filters leave out, unread", async () => {
    const engine = await Engine.open({ threads: 1 });
    const path = join(small.folder, "groups.parquet");
    try {
      // Three groups of 2,048 rows, by days; what is carried is too long to be in the statistics.
      await engine.run(
        `copy (select make_timestamp(${String(start)} + (i // 2048) * ${String(day)}) as "at", 'r1' as store, 1e0 as took,
           make_timestamp(${String(start)} + 9 * ${String(day)}) as delivered_at, (i // 2048)::double as x, date '2024-03-01' + (i // 2048)::int as d,
           md5(i::varchar) as noise from range(6144) t(i) order by i)
         to '${path}' (format parquet, row_group_size 2048, compression uncompressed)`,
        "writing",
      );
    } finally {
      engine.close();
    }
    const make = (filter: object): Promise<TrainingSet> =>
      tondo.trainingSet({
        vector: "plain",
        rows: "groups.parquet",
        carry: ["noise"],
        filters: [{ column: "noise", isMissing: false }, filter as never],
        output: "training/groups",
      });
    const whole = await make({ column: "x", atLeast: 1 });
    expect(whole.manifest.counts).toMatchObject({ train: 4096, filtered: 2048 });
    // A page of the first group is broken.
    const file = await openFile(path, "r+");
    try {
      await file.write(Buffer.alloc(4096, 0xff), 0, 4096, 24);
    } finally {
      await file.close();
    }
    await expect(make({ column: "x", isMissing: false })).rejects.toMatchObject({ code: "SOURCE_UNREADABLE" });
    for (const filter of [
      { column: "x", atLeast: 1 },
      { column: "at", greaterThan: iso(start) },
      { column: "d", between: ["2024-03-02", "2024-03-03"] },
      {
        all: [
          { column: "took", equals: 1 },
          { column: "x", isIn: [1, 2] },
        ],
      },
    ])
      expect((await make(filter)).manifest.counts, JSON.stringify(filter)).toMatchObject({ filtered: 2048 });
  });
});

describe("a specification that does not fit the project", () => {
  const at = { rows: "left.parquet", output: "x" } as const;
  it.each([
    [{ ...at, vector: "etta" }, "UNKNOWN_VECTOR", 'no vector "etta" has been applied', 'Did you mean "eta"?'],
    [
      { ...at, vector: "eta", label: "tok" },
      "SPECIFICATION_INVALID",
      '$.label: names the label "tok"',
      'Did you mean "took"?',
    ],
    [
      { ...at, vector: "eta", label: ["took", "n"] },
      "SPECIFICATION_INVALID",
      '$.label[1]: names the label "n"',
      "It has took, late.",
    ],
    [
      { ...at, vector: "eta", label: { column: "took", type: "float" } },
      "SPECIFICATION_INVALID",
      "$.label: describes a label",
      "took, late",
    ],
    [
      { ...at, vector: "eta", classBalance: { label: "lat" } },
      "SPECIFICATION_INVALID",
      '$.classBalance.label: names the label "lat"',
      'Did you mean "late"?',
    ],
    [
      { ...at, vector: "eta", filters: [{ any: [{ column: "aera", equals: "x" }] }] },
      "SPECIFICATION_INVALID",
      '$.filters[0].any[0].column: names the column "aera"',
      'Did you mean "area"?',
    ],
    [
      { ...at, vector: "eta", filters: [{ column: "area", isIn: ["x", 3] }] },
      "SPECIFICATION_INVALID",
      '$.filters[0].isIn[1]: is 3, and the column "area" is of type string',
      "Write a text.",
    ],
    [
      { ...at, vector: "eta", filters: [{ column: "q", lessThan: 1.5 }] },
      "SPECIFICATION_INVALID",
      "$.filters[0].lessThan: is 1.5",
      "whole",
    ],
    [
      { ...at, vector: "eta", filters: [{ column: "at", atLeast: "2024-01-01T00:00:00" }] },
      "SPECIFICATION_INVALID",
      '$.filters[0].atLeast: is "2024-01-01T00:00:00"',
      "offset",
    ],
    [
      { ...at, vector: "eta", split: { holdout: { column: "fold", equals: 1 } } },
      "SPECIFICATION_INVALID",
      '$.split.holdout.column: names the column "fold"',
      "They have",
    ],
    [
      { ...at, vector: "eta", split: { holdout: { fraction: 0.1, by: ["store", "km"] } } },
      "SPECIFICATION_INVALID",
      '$.split.holdout.by[1]: names the column "km", a float',
      "keys",
    ],
    [
      { ...at, vector: "eta", sampling: { count: 3, by: ["stores"] } },
      "SPECIFICATION_INVALID",
      '$.sampling.by[0]: names the column "stores"',
      'Did you mean "store"?',
    ],
    [
      { ...at, features: ["store:kitchen:n_1d", "store:kitchen:mean_8d"] },
      "SPECIFICATION_INVALID",
      '$.features[1]: there is no feature "store:kitchen:mean_8d"',
      'Did you mean "store:kitchen:mean_7d"?',
    ],
    [
      { ...at, features: [{ feature: "pair:both:n_7d", key: "store" }] },
      "SPECIFICATION_INVALID",
      '$.features[0].key: has 1 columns, and the key of "pair:both:n_7d" is (store, town)',
      "2 columns",
    ],
    [
      { ...at, features: ["store:kitchen:next_max"] },
      "SPECIFICATION_INVALID",
      '$.features[0]: "store:kitchen:next_max" looks forward',
      "No request",
    ],
    [
      { ...at, features: ["store:kitchen:n_1d", { feature: "store:kitchen:busy", as: "STORE__store__kitchen__n_1d" }] },
      "SPECIFICATION_INVALID",
      '$.features[1].as: would be the second column "STORE__store__kitchen__n_1d"',
      '"as"',
    ],
    [
      { ...at, features: ["store:kitchen:n_1d"], label: "took" },
      "SPECIFICATION_INVALID",
      '$.label: names the label "took"',
      '"column"',
    ],
    [
      { ...at, features: ["store:kitchen:n_1d"], label: { feature: "store:profile:cuisine" } },
      "SPECIFICATION_INVALID",
      '$.label.feature: "store:profile:cuisine" is of type string',
      "compares it",
    ],
  ] as const)("%o is %s", async (call, code, message, hint) => {
    const error = await refusal(call);
    expect(error.code).toBe(code);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });

  it("has rows as a path, or a list of them", async () => {
    const error = await refusal({ vector: "plain", rows: 5 as never, output: "x" });
    expect(error.message).toBe("$.rows: must be a text, and is a number");
    expect((await refusal({ vector: "plain", rows: [5 as never], output: "x" })).code).toBe("ROWS_INVALID");
  });

  it("is pointed into where it was written", async () => {
    const spec = await write("wrong.json", { ...specification, filters: [{ column: "aera", equals: "x" }] });
    const text = await readFile(join(small.folder, spec), "utf8");
    const line = text.split("\n").findIndex((one) => one.includes("aera")) + 1;
    expect((await refusal({ spec })).where).toBe(`${join(small.folder, spec)}:${String(line)}:7`);
    const other = await write("other.json", { ...specification, vector: "etta" });
    expect((await refusal({ spec: other })).where).toMatch(/other\.json:5:3$/);
  });

  it("balances no label of a thousand values and more", async () => {
    const rows = Array.from({ length: 1001 }, (_, i) => ({
      ...{ at: BigInt(start + 9 * day), store: "r1", took: i, delivered_at: BigInt(start + 9 * day) },
    }));
    const error = await refusal({ vector: "plain", rows, classBalance: { label: "took" }, output: "x" });
    expect(error).toMatchObject({ code: "LIMIT_EXCEEDED", details: { classes: 1001 } });
  });
});
