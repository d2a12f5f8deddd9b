import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Value } from "../../../../src/core/index.ts";
import {
  Engine,
  type LeftRow,
  makeTrainingSet,
  type TrainingSet,
  type TrainingSetOptions,
} from "../../../../src/featurestore/index.ts";
import { day, definitions, givenRows, smallProject, type SmallProject, start } from "../small-project.ts";

let small: SmallProject;
let engine: Engine;
beforeAll(async () => {
  small = await smallProject(definitions.replace("km     = km", "far    = km"));
  engine = await Engine.open({ threads: 1 });
});
afterAll(async () => {
  engine.close();
  await small.remove();
});

let outputs = 0;
function make(options: Pick<TrainingSetOptions, "rows"> & Partial<TrainingSetOptions>): Promise<TrainingSet> {
  const vector = small.project.plan.vectors.find(({ name }) => name === "eta");
  if (vector === undefined) throw new Error("no vector");
  const output = `set${String(outputs++)}`;
  return makeTrainingSet({ vector, folder: small.folder, output, engine: { threads: 1 }, ...options });
}

/** The left rows with some columns more or other ones, as a file. */
async function fileOf(columns: string): Promise<string> {
  const path = `left${String(outputs++)}.parquet`;
  await engine.run(
    `copy (select ${columns} from read_parquet('${join(small.folder, "left.parquet")}')) to '${join(small.folder, path)}'`,
    "writing",
  );
  return path;
}

/** The left rows with some columns more or other ones, in memory. */
function rowsWith(columns: (row: LeftRow, i: number) => LeftRow): readonly LeftRow[] {
  return givenRows(small.left).map((row, i) => ({ ...row, ...columns(row, i) }));
}

async function column(set: TrainingSet, sql: string): Promise<readonly unknown[]> {
  const rows = await engine.rows(
    `select ${sql} as x from read_parquet('${join(set.folder, "train.parquet")}')`,
    "reading",
  );
  return rows.map((row) => row["x"]);
}

const typeOf = (set: TrainingSet, name: string): string | undefined =>
  set.manifest.columns.find((one) => one.name === name && one.role === "carried")?.type;

describe("the moments of rows", () => {
  it("may be dates, which filters compare as the moments that they begin at", async () => {
    const rows = await fileOf(`* replace ("at"::date as "at")`);
    const set = await make({
      rows,
      filters: [{ column: "at", atLeast: "2024-03-10", lessThan: "2024-03-12T12:00:00Z" }],
    });
    const within = small.left.filter(({ at }) => Number(at) >= start + 9 * day && Number(at) < start + 12 * day);
    expect(set.manifest.rows - set.manifest.counts.filtered).toBe(within.length);
  });
});

describe("columns to carry", () => {
  it("that the vector reads, too, are of the type that it says, whatever a file or a program has", async () => {
    const carry = ["km", "delivered_at"];
    const file = await make({
      rows: await fileOf(`* replace (km::float as km, delivered_at::date as delivered_at)`),
      carry,
    });
    const memory = await make({
      rows: rowsWith(({ km, delivered_at }) => ({
        km: BigInt(Math.floor(Number(km))),
        delivered_at: delivered_at === null ? null : BigInt(Number(delivered_at)),
      })),
      carry,
    });
    for (const set of [file, memory]) {
      expect(carry.map((name) => typeOf(set, name))).toEqual(["float", "timestamp"]);
      expect(new Set(await column(set, "typeof(km) || ' ' || typeof(delivered_at)"))).toEqual(
        new Set(["DOUBLE TIMESTAMP"]),
      );
    }
    expect(await column(file, "epoch_us(delivered_at) % 86400000000 = 0")).not.toContain(false);
  });

  it("may be that of the moment", async () => {
    const file = await make({ rows: await fileOf(`* rename ("at" as asked_at)`), at: "asked_at", carry: ["asked_at"] });
    const memory = await make({
      rows: rowsWith(({ at }, i) => ({ asked_at: i % 2 === 0 ? at : new Date(Number(at) / 1000).toISOString() })),
      at: "asked_at",
      carry: ["asked_at"],
    });
    for (const set of [file, memory]) {
      expect(typeOf(set, "asked_at")).toBe("timestamp");
      expect(new Set(await column(set, `"at" = asked_at`))).toEqual(new Set([true]));
    }
  });

  it("may be named as what every object has", async () => {
    const names = ["constructor", "valueOf", "__proto__"];
    const file = await make({
      rows: await fileOf(`*, 1 as "constructor", 'a' as "valueOf", area as "__proto__"`),
      carry: names,
      filters: [{ column: "__proto__", equals: "north" }],
    });
    const own = Object.entries({ constructor: 1n, valueOf: "a" });
    const memory = await make({
      rows: rowsWith(({ area }) => Object.fromEntries<unknown>([...own, ["__proto__", area]])).map((row, i) =>
        Object.fromEntries([...Object.entries(row), ["__proto__", small.left[i]?.["area"]]]),
      ),
      carry: names,
      filters: [{ column: "__proto__", equals: "north" }],
    });
    for (const set of [file, memory]) {
      expect(names.map((name) => typeOf(set, name))).toEqual(["int", "string", "string"]);
      expect(new Set(await column(set, `"__proto__"`))).toEqual(new Set(["north"]));
    }
  });
});

describe("rows from memory", () => {
  it("may carry the whole numbers by which they are held out", async () => {
    const rows = rowsWith((_row, i) => ({ shop: i % 12 }));
    const split = { holdout: { fraction: 0.5, by: ["shop"] } };
    const set = await make({ rows, split, carry: ["shop"] });
    const alone = await make({ rows, split });
    expect(set.manifest.counts).toEqual(alone.manifest.counts);
    expect(set.manifest.counts.holdout).toBeGreaterThan(0);
    expect(typeOf(set, "shop")).toBe("int");
    const parts = rowsWith((_row, i) => ({ shop: i / 2 }));
    await expect(make({ rows: parts, split, carry: ["shop"] })).rejects.toMatchObject({
      code: "SPECIFICATION_INVALID",
    });
  });

  it("that are none are said wherever they stand, whatever is asked of the others", async () => {
    const rows = [...givenRows(small.left), null] as readonly LeftRow[];
    for (const choice of [
      { filters: [{ column: "area", equals: "north" }] },
      { sampling: { fraction: 0.5, by: ["area"] } },
    ])
      await expect(make({ rows, ...choice })).rejects.toMatchObject({
        code: "ROWS_INVALID",
        message: "row 240 is no object",
      });
  });

  it("that differ in nothing but where they are held out are sampled the same in any order", async () => {
    const at = BigInt(start + 9 * day);
    const same: Readonly<Record<string, Value>> = { store: "r1", other: "r1", town: "bonn", km: 1, q: 1, took: 5 };
    const pair = ["north", "south"].map((area) => ({ ...same, at, delivered_at: at, area }));
    const split = { holdout: { column: "area", equals: "south" } };
    const taken = [];
    for (const rows of [pair, pair.toReversed()]) {
      const set = await make({ rows, sampling: { count: 1 }, split }).catch((error: unknown) => error);
      taken.push(set instanceof Error ? set.message : (set as TrainingSet).manifest.counts);
    }
    expect(taken[0]).toEqual(taken[1]);
  });
});
