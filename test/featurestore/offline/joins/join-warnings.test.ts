import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TondoError } from "../../../../src/core/index.ts";
import { type LeftRow, makeTrainingSet, type TrainingSet } from "../../../../src/featurestore/index.ts";
import {
  day,
  definitions,
  givenRows,
  hour,
  smallProject,
  type SmallProject,
  start,
  writeRows,
} from "../small-project.ts";

const vectors = `
vector back {
  key store
  n = @store:kitchen:n_1d
  m = @store:kitchen:mean_7d ?? -1
  label took: float
}
vector ahead {
  key store
  n = @store:kitchen:n_1d
  label most = @store:kitchen:next_max ?? 0
}
`;

let small: SmallProject;
beforeAll(async () => {
  small = await smallProject(definitions + vectors);
  await mkdir(join(small.folder, "training"));
});
afterAll(() => small.remove());

let made = 0;
function setOf(project: SmallProject, name: string, rows: readonly LeftRow[]): Promise<TrainingSet> {
  const vector = project.project.plan.vectors.find((one) => one.name === name);
  if (vector === undefined) throw new Error(`no vector ${name}`);
  return makeTrainingSet({ vector, rows, folder: project.folder, output: `training/${String(made++)}` });
}

function warningsOf({ manifest }: TrainingSet): readonly (readonly [string, string, number])[] {
  return manifest.joins.flatMap(({ group, warnings = [] }) =>
    warnings.map(({ code, rows }): [string, string, number] => [group, code, rows]),
  );
}

const labelled = (at: number, store = "r1"): LeftRow => ({
  ...{ at: BigInt(at), store, other: store, town: "bonn", km: 1, q: 1, took: 5 },
  delivered_at: BigInt(at + hour),
});

describe("a training set warns", () => {
  it("of nothing where rows find something and labels lie within the data", async () => {
    expect(warningsOf(await setOf(small, "back", givenRows(small.left)))).toEqual([]);
  });

  it("where the first of a source became known after all rows", async () => {
    const set = await setOf(small, "back", [labelled(start - 40 * day), labelled(start - 39 * day)]);
    expect(warningsOf(set)).toEqual([["store:kitchen", "nothing-known", 2]]);
    expect(set.manifest.joins[0]?.warnings?.[0]?.message).toMatch(
      /^store:kitchen: none of the 2 rows finds anything: the first of the \d+ rows of orders was known at 2024-03-01T.*, and the last row asks at 2024-01-22T00:00:00/,
    );
  });

  it("where no row finds anything though it was known", async () => {
    const set = await setOf(small, "back", [labelled(start + 20 * day, "elsewhere")]);
    expect(warningsOf(set)).toEqual([["store:kitchen", "nothing-found", 1]]);
  });

  it("of labels that look beyond the data, with how many", async () => {
    const rows = [labelled(start + 10 * day), labelled(start + 60 * day), labelled(start + 61 * day)];
    expect(warningsOf(await setOf(small, "ahead", rows))).toContainEqual(["store:kitchen", "labels-beyond-data", 2]);
  });

  it("and says so where nothing is left to fit on", async () => {
    const error: unknown = await setOf(small, "plain", [labelled(start - 40 * day)]).catch((one: unknown) => one);
    expect(error).toMatchObject({ code: "TRAINING_SET_EMPTY" });
    expect(String((error as TondoError).hint)).toContain(
      "store:kitchen: none of the 1 rows finds anything: the first of the",
    );
  });

  it("of a source without any row", async () => {
    const empty = await smallProject(definitions + vectors, 8);
    try {
      await writeRows(
        join(empty.folder, "data/orders/a.parquet"),
        [],
        [...["ordered_at", "loaded_at", "store", "city", "status", "minutes", "k"]],
      );
      await writeRows(
        join(empty.folder, "data/orders/b.parquet"),
        [],
        [...["ordered_at", "loaded_at", "store", "city", "status", "minutes", "k"]],
      );
      await mkdir(join(empty.folder, "training"), { recursive: true });
      const set = await setOf(empty, "back", [labelled(start + 10 * day)]);
      expect(set.manifest.joins[0]?.warnings).toEqual([
        {
          code: "nothing-found",
          message:
            "store:kitchen: none of the 1 rows finds anything: orders has no rows with a key, a time and a moment at which they were known",
          rows: 1,
        },
      ]);
    } finally {
      await empty.remove();
    }
  });
});
