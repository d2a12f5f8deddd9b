import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ValueKind } from "../../../../src/core/index.ts";
import {
  type ClassBalance,
  Engine,
  type Filter,
  loadProject,
  makeTrainingSet,
  type Project,
  reproduceTrainingSet,
  type Sampling,
  type Split,
  type TrainingSet,
  type TrainingSetOptions,
  writeColumns,
} from "../../../../src/featurestore/index.ts";
import { day, hour, start } from "../small-project.ts";

/** A left row with a column of every kind that files have. Moments in microseconds, days since 1970. */
interface Row {
  readonly id: number;
  readonly at: number;
  readonly store: string | null;
  readonly took: number | null;
  readonly delivered_at: number;
  readonly city: string | null;
  readonly n: number | null;
  readonly x: number | null;
  readonly b: boolean | null;
  readonly d: number | null;
  readonly w: number | null;
}

const kinds: Readonly<Record<keyof Row, ValueKind>> = {
  ...{ id: "int", at: "timestamp", store: "string", took: "float", delivered_at: "timestamp", city: "string" },
  ...{ n: "int", x: "float", b: "bool", d: "date", w: "timestamp" },
};
const names = Object.keys(kinds) as (keyof Row)[];

/** Sums of these are exact, and tell which rows went in. */
const sizes: Readonly<Record<string, number>> = { r1: 1.5, r2: 20, r3: 300, r4: 4000, ü: 50_000 };

const definitions = `
entity store (store: string)
table stores {
  csv "stores.csv"
  columns (store: string, size: float)
}
group store:place from stores by store { size }
vector plain {
  key store: store
  size = @store:place:size | fill(mean)
  label took: float known delivered_at
}
`;

let folder: string;
let project: Project;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-choice-"));
  await writeFile(join(folder, "stores.tondo"), definitions);
  const lines = Object.entries(sizes).map(([store, size]) => `${store},${String(size)}`);
  await writeFile(join(folder, "stores.csv"), ["store,size", ...lines, ""].join("\n"));
  project = await loadProject(folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
let outputs = 0;

/** What goes into a set beside its rows. */
type Choice = Pick<TrainingSetOptions, "filters" | "sampling" | "split" | "classBalance" | "cutoff">;

async function make(rows: readonly Row[], choice: Choice, form: "file" | "memory"): Promise<TrainingSet> {
  const vector = project.plan.vectors.find(({ name }) => name === "plain");
  if (vector === undefined) throw new Error("no vector");
  const path = `rows${String(outputs++)}.parquet`;
  if (form === "file") await writeRows(path, rows);
  return makeTrainingSet({
    vector,
    rows: form === "file" ? path : rows.map(given),
    carry: ["id"],
    folder,
    output: join(folder, `chosen${String(outputs++)}`),
    engine: { threads: 2 },
    ...choice,
  });
}

function writeRows(path: string, rows: readonly Row[]): Promise<void> {
  return writeColumns(
    join(folder, path),
    names.map((name) => ({
      name,
      kind: kinds[name],
      values:
        kinds[name] === "string"
          ? rows.map((row) => row[name] as string | null)
          : Float64Array.from(rows, (row) => Number(row[name] ?? Number.NaN)),
    })),
  );
}

/** A row as callers give it; a date cannot be given, so it is a moment there. */
function given({ id, at, delivered_at, w, d, ...row }: Row): Record<string, unknown> {
  const moment = (micros: number | null): Date | null => (micros === null ? null : new Date(micros / 1000));
  return {
    ...row,
    ...{ id: BigInt(id), at: BigInt(at), delivered_at: BigInt(delivered_at), w: moment(w) },
    n: row.n === null ? null : BigInt(row.n),
    d: d === null ? null : moment(d * day),
  };
}

/** Which ids came out, part by part, in the order of the file. */
async function idsOf({ folder: made, manifest }: TrainingSet): Promise<Record<"train" | "holdout", readonly number[]>> {
  const engine = await Engine.open({ threads: 1 });
  const ids = { train: [] as readonly number[], holdout: [] as readonly number[] };
  try {
    for (const { part, path } of manifest.files) {
      const rows = await engine.rows(
        `select id::double as id from read_parquet('${join(made, path)}')`,
        "reading back",
      );
      ids[part] = rows.map((row) => Number(row["id"]));
    }
  } finally {
    engine.close();
  }
  return ids;
}

/** The value of a column as filters compare it: the same order, nothing else. */
function comparable(row: Row, column: string): number | string | null {
  const value = row[column as keyof Row];
  return typeof value === "boolean" ? Number(value) : value;
}

function constant(value: unknown, column: string): number | string {
  const kind = kinds[column as keyof Row];
  if (kind === "timestamp") return Date.parse(String(value)) * 1000;
  if (kind === "date") return Date.parse(String(value)) / 86_400_000;
  if (kind === "string") return String(value);
  return Number(value);
}

/** Three-valued, one comparison after the other. */
function holds(filter: Filter, row: Row): boolean | null {
  const all = (results: readonly (boolean | null)[]): boolean | null =>
    results.includes(false) ? false : results.includes(null) ? null : true;
  const not = (result: boolean | null): boolean | null => (result === null ? null : !result);
  if ("all" in filter) return all(filter.all.map((part) => holds(part, row)));
  if ("any" in filter) return not(all(filter.any.map((part) => not(holds(part, row)))));
  if ("not" in filter) return not(holds(filter.not, row));
  const { column, ...rest } = filter;
  const own = comparable(row, column);
  return all(
    Object.entries(rest).map(([name, value]: [string, unknown]) => {
      if (name === "isMissing") return (own === null) === value;
      if (own === null) return null;
      const constants = (Array.isArray(value) ? value : [value]).map((one) => constant(one, column));
      const [first = 0, second = 0] = constants;
      // Texts compare by code points; these here are all below U+D800.
      switch (name) {
        case "equals":
        case "isIn":
          return constants.includes(own);
        case "notEquals":
        case "isNotIn":
          return !constants.includes(own);
        case "lessThan":
          return own < first;
        case "atMost":
          return own <= first;
        case "greaterThan":
          return own > first;
        case "atLeast":
          return own >= first;
        default:
          return own >= first && own <= second;
      }
    }),
  );
}

/** The lot of a row as the documentation says it. */
function lot(row: Row, seed: number, by: readonly string[]): number {
  const parts = by.map((name) => {
    const value = row[name as keyof Row];
    return `\u001f${value === null ? "\u001e" : String(value)}`;
  });
  const digest = createHash("md5")
    .update(`${String(seed)}${parts.join("")}`)
    .digest("hex");
  return Number.parseInt(digest.slice(0, 13), 16) / 2 ** 52;
}

/** Of some rows as many as are wanted, those with the least lots; in their own order. */
function least(rows: readonly Row[], count: number, seed: number): readonly Row[] {
  const drawn = [...rows].sort((a, b) => lot(a, seed, ["store", "at"]) - lot(b, seed, ["store", "at"]));
  const chosen = new Set(drawn.slice(0, count));
  return rows.filter((row) => chosen.has(row));
}

/** What should come out, said once more. */
function expected(
  rows: readonly Row[],
  { filters = [], sampling, split = {}, classBalance }: Choice,
): {
  readonly ids: Record<"train" | "holdout", readonly number[]>;
  readonly counts: Readonly<Record<string, number>>;
} {
  const kept = rows.filter((row) => filters.every((filter) => holds(filter, row) === true));
  const { seed = 0, by = ["store", "at"] } = sampling ?? {};
  const sampled =
    sampling === undefined
      ? kept
      : "count" in sampling
        ? least(kept, sampling.count, seed)
        : kept.filter((row) => lot(row, seed, by) < sampling.fraction);
  const { holdout } = split;
  const isHeld = (row: Row): boolean => {
    if (holdout === undefined) return false;
    if ("column" in holdout) return holds(holdout, row) === true;
    if ("fraction" in holdout) return lot(row, holdout.seed ?? 0, holdout.by ?? ["store"]) < holdout.fraction;
    return row.at >= Date.parse(String(holdout.from)) * 1000;
  };
  const isLate = (row: Row): boolean =>
    holdout !== undefined && "from" in holdout && row.delivered_at > Date.parse(String(holdout.from)) * 1000;
  const labelled = sampled.filter(({ took }) => took !== null);
  const held = labelled.filter(isHeld);
  const training = labelled.filter((row) => !isHeld(row));
  const timely = training.filter((row) => !isLate(row));
  let trained: readonly Row[] = timely;
  if (classBalance !== undefined) {
    const classes = Map.groupBy(timely, ({ took }) => took);
    const most = Math.floor((classBalance.ratio ?? 1) * Math.min(...[...classes.values()].map(({ length }) => length)));
    const drawn = new Set([...classes.values()].flatMap((own) => least(own, most, classBalance.seed ?? 0)));
    trained = timely.filter((row) => drawn.has(row));
  }
  return {
    ids: { train: trained.map(({ id }) => id), holdout: held.map(({ id }) => id) },
    counts: {
      ...{ train: trained.length, holdout: held.length, filtered: rows.length - kept.length },
      ...{ unsampled: kept.length - sampled.length, unlabelled: sampled.length - labelled.length, immature: 0 },
      ...{ embargoed: training.length - timely.length, outside: 0, surplus: timely.length - trained.length },
    },
  };
}

const cities = ["Bonn", "Köln", "", "o'Brien", "ulm"];
const iso = (micros: number): string => new Date(micros / 1000).toISOString();
const maybe = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(of, { freq: 6, nil: null });

const rowsArbitrary: fc.Arbitrary<readonly Row[]> = fc
  .array(
    fc.record({
      store: maybe(fc.constantFrom("r1", "r2", "r3", "r4", "new", "ü")),
      took: maybe(fc.constantFrom(0, 1, 2)),
      city: maybe(fc.constantFrom(...cities)),
      n: maybe(fc.integer({ min: -3, max: 3 })),
      x: maybe(fc.constantFrom(-1.5, 0, 0.25, 7, 1e300)),
      b: maybe(fc.boolean()),
      d: maybe(fc.integer({ min: 19_780, max: 19_784 })),
      w: maybe(fc.integer({ min: 0, max: 5 }).map((i) => start + i * hour)),
      late: fc.constantFrom(0, 3 * day),
    }),
    { minLength: 30, maxLength: 120 },
  )
  .map((rows) =>
    rows.map(({ late, ...row }, i) => {
      // Moments differ, so that no two rows have one lot.
      const at = start + 5 * day + i * 3 * hour;
      return { id: i, at, delivered_at: at + late, ...row };
    }),
  );

const comparison: fc.Arbitrary<Filter> = fc
  .constantFrom(
    ...(["city", "n", "x", "b", "d", "w", "at", "store"] as const).map((column) => ({
      column,
      value: {
        city: fc.constantFrom(...cities),
        store: fc.constantFrom("r1", "r3", "s"),
        n: fc.integer({ min: -3, max: 3 }),
        x: fc.constantFrom(-1.5, -0, 0.25, 6.5),
        b: fc.boolean(),
        d: fc.constantFrom("2024-02-27", "2024-03-01"),
        w: fc.integer({ min: 0, max: 5 }).map((i) => iso(start + i * hour)),
        at: fc.integer({ min: 5, max: 19 }).map((i) => iso(start + i * day)),
      }[column] as fc.Arbitrary<string | number | boolean>,
    })),
  )
  .chain(({ column, value }) =>
    fc
      .oneof(
        fc
          .tuple(fc.constantFrom("equals", "notEquals", "lessThan", "atMost", "greaterThan", "atLeast"), value)
          .map(([name, one]) => ({ [name]: one })),
        fc
          .tuple(fc.constantFrom("isIn", "isNotIn"), fc.array(value, { minLength: 1, maxLength: 3 }))
          .map(([name, many]) => ({ [name]: many })),
        fc.tuple(value, value).map((pair) => ({ between: pair.sort((a, b) => (a < b ? -1 : 1)) })),
        fc.boolean().map((isMissing) => ({ isMissing })),
        fc.tuple(value, value).map(([low, high]) => ({ atLeast: low, lessThan: high })),
      )
      .map((operators) => ({ column, ...operators })),
  );

const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    comparison,
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie("filter"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie("filter").map((not) => ({ not })),
  ),
}));

const seed = fc.integer({ min: 0, max: 1000 });
const sampling: fc.Arbitrary<Sampling> = fc.oneof(
  fc.record({ fraction: fc.constantFrom(0.25, 0.5, 0.9), seed }),
  fc.record({ fraction: fc.constantFrom(0.5), by: fc.constantFrom(["city"], ["n", "store"], ["at", "b", "d", "w"]) }),
  fc.record({ count: fc.integer({ min: 5, max: 200 }), seed }),
);
const split: fc.Arbitrary<Split> = fc.oneof(
  fc.record({ holdout: fc.record({ fraction: fc.constantFrom(0.2, 0.5), seed }) }),
  fc.record({ holdout: fc.record({ fraction: fc.constantFrom(0.3), by: fc.constantFrom(["city"], ["n", "b"]) }) }),
  fc.record({ holdout: comparison as fc.Arbitrary<Extract<Filter, { readonly column: string }>> }),
  fc.constant({ holdout: { from: iso(start + 10 * day) } }),
);
const classBalance: fc.Arbitrary<ClassBalance> = fc.record({
  label: fc.constant("took"),
  ratio: fc.constantFrom(1, 1.5, 3),
  seed,
});
const choices: fc.Arbitrary<Choice> = fc
  .record({ filters: fc.array(filter, { maxLength: 2 }), sampling, split, classBalance }, { requiredKeys: ["filters"] })
  .map((choice) => choice);

describe("the rows of a training set", () => {
  const runs = Number(process.env["RUNS"] ?? 25);
  it(
    "are those that filters, samples, holdouts and class balances say, whatever form they come in and in which order",
    async () => {
      let made = 0;
      await fc.assert(
        fc.asyncProperty(rowsArbitrary, choices, fc.constantFrom("file", "memory"), async (rows, choice, form) => {
          // A date from memory is a moment.
          fc.pre(form === "file" || !JSON.stringify(choice).includes('"d"'));
          const wanted = expected(rows, choice);
          const set = await make(rows, choice, form).catch((error: unknown) => error as { code?: string });
          if (wanted.ids.train.length === 0) {
            expect(set).toMatchObject({ code: "TRAINING_SET_EMPTY", details: { counts: wanted.counts } });
            return;
          }
          if (wanted.ids.train.every((id) => !Object.hasOwn(sizes, rows[id]?.store ?? ""))) {
            expect(set).toMatchObject({ code: "TRAINING_SET_EMPTY" });
            return;
          }
          if (!("manifest" in set)) throw set as unknown;
          expect(set.manifest.counts).toEqual(wanted.counts);
          expect(set.manifest.rows).toBe(rows.length);
          expect(await idsOf(set)).toEqual(wanted.ids);
          // Fitted on the training rows alone.
          const trained = wanted.ids.train.flatMap((id) => sizes[rows[id]?.store ?? ""] ?? []);
          const mean = trained.reduce((sum, size) => sum + size, 0) / trained.length;
          expect(Object.values(set.manifest.fitted)).toEqual([{ value: mean }]);
          const turned = await make([...rows].reverse(), choice, form);
          const sorted = (ids: readonly number[]): readonly number[] => [...ids].sort((a, b) => a - b);
          const ids = await idsOf(turned);
          expect({ train: sorted(ids.train), holdout: sorted(ids.holdout) }).toEqual(wanted.ids);
          expect(turned.manifest.fitted).toEqual(set.manifest.fitted);
          made++;
        }),
        { numRuns: runs, seed: Number(process.env["SEED"] ?? 11) },
      );
      expect(made).toBeGreaterThan(runs / 2);
    },
    2000 + 2000 * runs,
  );

  it("are not skipped with their groups where a filter only denies something of them, or says one thing or another", async () => {
    const rows = Array.from({ length: 24 }, (_, i) => ({
      ...plainRow(i),
      ...{
        x: [null, 0.25, 7][i % 3] ?? null,
        d: 19_780 + (i % 4),
        w: start + (i % 2) * hour,
        city: cities[i % 5] ?? null,
      },
    }));
    const filters: readonly Filter[] = [
      { not: { column: "x", atLeast: 1 } },
      { not: { column: "d", equals: "2024-02-27" } },
      {
        not: {
          all: [
            { column: "w", lessThan: iso(start + hour) },
            { column: "x", isMissing: false },
          ],
        },
      },
      {
        any: [
          { column: "x", equals: 7 },
          { column: "city", equals: "Bonn" },
        ],
      },
      { any: [{ column: "x", equals: 7 }, { not: { column: "d", between: ["2024-02-27", "2024-02-28"] } }] },
      {
        all: [
          { column: "x", notEquals: 7 },
          { column: "w", isNotIn: [iso(start)] },
        ],
      },
    ];
    for (const filter of filters) {
      const wanted = expected(rows, { filters: [filter] });
      const set = await make(rows, { filters: [filter] }, "file");
      expect(await idsOf(set), JSON.stringify(filter)).toEqual(wanted.ids);
    }
  });

  it("are as many as are wanted where rows share keys and moments, whatever their order", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ ...plainRow(i), took: i % 4 }));
    const more = rows.slice(0, 4).map((row) => ({ ...row, took: 0, id: 100 + row.id }));
    const cases: readonly (readonly [Choice, number])[] = [
      [{ sampling: { count: 13 } }, 13],
      [{ classBalance: { label: "took" } }, 40],
      [{ filters: [{ column: "took", atMost: 1 }], classBalance: { label: "took", ratio: 1.25 } }, 22],
    ];
    for (const [choice, wanted] of cases) {
      const chosen = [];
      for (const order of [[...rows, ...more], [...more, ...rows].reverse()]) {
        const { train } = await idsOf(await make(order, choice, "file"));
        expect(train).toHaveLength(wanted);
        chosen.push([...train].sort((a, b) => a - b));
      }
      expect(chosen[0]).toEqual(chosen[1]);
    }
  });

  it("are as many as are wanted where keys come in clumps", async () => {
    const rows = Array.from({ length: 1200 }, (_, i) => ({ ...plainRow(i), store: `r${String(1 + (i % 4))}` }));
    for (const seed of [0, 1, 2, 3]) {
      const first = [...new Set(rows.map(({ store }) => store))].sort(
        (a, b) =>
          lot({ ...plainRow(0), store: a }, seed, ["store"]) - lot({ ...plainRow(0), store: b }, seed, ["store"]),
      )[0];
      const { train } = await idsOf(await make(rows, { sampling: { count: 5, seed, by: ["store"] } }, "file"));
      expect(train.map((id) => rows[id]?.store)).toEqual(Array.from({ length: 5 }, () => first));
    }
  });

  it("of memory are hashed by numbers where those are whole, as ids are", async () => {
    const at = BigInt(start + 9 * day);
    const rows = Array.from({ length: 200 }, (_, i) => ({
      ...{ at, store: "r1", took: i, delivered_at: at, customer: i % 20 },
    }));
    const [vector] = project.plan.vectors;
    if (vector === undefined) throw new Error("no vector");
    const options = { vector, folder, engine: { threads: 1 }, output: join(folder, "customers") };
    const sampling = { fraction: 0.5, by: ["customer"] };
    const set = await makeTrainingSet({ ...options, rows, sampling });
    const expected = rows.filter(({ customer }) => {
      const digest = createHash("md5")
        .update(`0\u001f${String(customer)}`)
        .digest("hex");
      return Number.parseInt(digest.slice(0, 13), 16) / 2 ** 52 < 0.5;
    });
    expect(set.manifest.counts.train).toBe(expected.length);
    const parts = rows.map((row) => ({ ...row, customer: row.customer + 0.5 }));
    await expect(makeTrainingSet({ ...options, rows: parts, sampling })).rejects.toMatchObject({
      code: "SPECIFICATION_INVALID",
    });
  });

  it("are those of the filters before they need a moment", async () => {
    const rows = Array.from({ length: 4 }, (_, i) => plainRow(i));
    const untimed = rows.map((row) => ({ ...row, at: row.id === 2 ? Number.NaN : row.at }));
    await expect(make(untimed, {}, "file")).rejects.toMatchObject({ code: "ROWS_INVALID" });
    const set = await make(untimed, { filters: [{ column: "at", isMissing: false }] }, "file");
    expect(set.manifest.counts).toMatchObject({ train: 3, filtered: 1 });
  });

  it("of CSV are compared as what all of the file says they are", async () => {
    const lines = Array.from({ length: 30 }, (_, i) => {
      const hour = `2024-03-10T${String(i % 24).padStart(2, "0")}:00:00+01:00`;
      return [
        hour,
        "r1",
        i % 3,
        hour,
        i,
        i % 2 === 0 ? "" : `"a,${String(i)}"`,
        `2024-03-0${String(1 + (i % 4))}`,
        i / 2,
      ].join(",");
    });
    await writeFile(join(folder, "rows.csv"), ["at,store,took,delivered_at,id,city,d,x", ...lines, ""].join("\n"));
    const [vector] = project.plan.vectors;
    if (vector === undefined) throw new Error("no vector");
    const counts = async (choice: Choice): Promise<number> => {
      const options = { vector, rows: "rows.csv", folder, engine: { threads: 1 }, output: join(folder, "of-csv") };
      const { manifest } = await makeTrainingSet({ ...options, ...choice });
      expect(manifest.rows).toBe(30);
      expect(manifest.counts.train + manifest.counts.filtered + manifest.counts.unsampled).toBe(30);
      return manifest.counts.train;
    };
    expect(
      await counts({
        filters: [
          { column: "id", between: [10, 19] },
          { column: "city", isMissing: false },
        ],
      }),
    ).toBe(5);
    expect(await counts({ filters: [{ column: "city", equals: "a,11" }] })).toBe(1);
    expect(await counts({ filters: [{ column: "d", atLeast: "2024-03-04" }] })).toBe(7);
    expect(await counts({ filters: [{ column: "x", lessThan: 2.5 }] })).toBe(5);
    expect(
      await counts({ filters: [{ column: "at", lessThan: "2024-03-10T00:00:00Z" }], sampling: { count: 1 } }),
    ).toBe(1);
    await expect(counts({ filters: [{ column: "id", equals: "x" }] })).rejects.toMatchObject({
      code: "SPECIFICATION_INVALID",
      message: '$.filters[0].equals: is "x", and the column "id" is of type int',
    });
  });

  it("are compared with what is meant where a program gives bigints, and with no digits for a moment", async () => {
    const rows = Array.from({ length: 8 }, (_, i) => ({ ...plainRow(i), n: i, x: i / 2, d: 19_780 + i, w: start + i }));
    const cases: readonly (readonly [Filter, readonly number[]])[] = [
      [{ column: "x", atLeast: 3n }, [6, 7]],
      [{ column: "x", atLeast: -(10n ** 30n), lessThan: 1n }, [0, 1]],
      [{ column: "n", isIn: [2n, 2n ** 62n] }, [2]],
      [{ column: "w", between: [BigInt(start + 1), BigInt(start + 2)] }, [1, 2]],
      [{ column: "d", equals: BigInt(19_781 * day) }, [1]],
    ];
    for (const [filter, ids] of cases) {
      const made = await make(rows, { filters: [filter] }, "file");
      expect((await idsOf(made)).train, inspect(filter)).toEqual(ids);
      const output = join(folder, `again${String(outputs++)}`);
      const again = await reproduceTrainingSet({ set: made.folder, folder, output });
      expect([again.differences, again.manifest.inputsDigest]).toEqual([[], made.manifest.inputsDigest]);
    }
    for (const column of ["w", "d", "x"])
      await expect(make(rows, { filters: [{ column, atLeast: "20240310" }] }, "file")).rejects.toMatchObject({
        code: "SPECIFICATION_INVALID",
        message: expect.stringContaining(`is "20240310", and the column "${column}" is of type`) as string,
      });
  });

  it("of a share so near to all that no lot is beyond it are all", async () => {
    const rows = Array.from({ length: 50 }, (_, i) => ({ ...plainRow(i), at: start + 9 * day + i }));
    const set = await make(rows, { sampling: { fraction: 1 - 2 ** -53 } }, "file");
    expect(set.manifest.counts).toMatchObject({ train: 50, unsampled: 0 });
  });
});

/** A row of one store at one moment. */
function plainRow(id: number): Row {
  const at = start + 9 * day;
  return {
    ...{ id, at, store: "r1", took: 1, delivered_at: at },
    ...{ city: null, n: null, x: null, b: null, d: null, w: null },
  };
}
