import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VectorPlan } from "../../../../src/dsl/index.ts";
import { Engine, loadProject, makeTrainingSet, type TrainingSetOptions } from "../../../../src/featurestore/index.ts";

/** Nothing is fitted and nothing is a label: the rows of a set are joined as its file is written, unless something must be told apart. */
const definitions = `
entity store (store: string)
events orders {
  parquet "orders.parquet"
  columns (store: string, t: timestamp, open: bool)
  at t
}
group store:day from orders by store {
  n = count() over 1d
  open = last(open) over 1d
  seen = last(t) over 1d
}
vector plain {
  key store
  n = @store:day:n
  open = @store:day:open
  hour = hour(@store:day:seen) ?? -1
}
`;

let folder: string;
let engine: Engine;
let vector: VectorPlan;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-unlabelled-"));
  engine = await Engine.open({ threads: 1 });
  const moment = "make_timestamp(1709251200000000 + i * 600000000)";
  for (const [name, columns] of [
    ["orders", `${moment} as t, i % 3 = 0 as open`],
    ["rows", `${moment} as at`],
  ] as const) {
    await engine.run(
      `copy (select 's' || (i % 7) as store, ${columns} from range(700) r(i) order by hash(i))
       to '${join(folder, `${name}.parquet`)}' (format parquet)`,
      "writing rows",
    );
  }
  await writeFile(join(folder, "p.tondo"), definitions);
  const found = (await loadProject(folder)).plan.vectors[0];
  if (found === undefined) throw new Error("no vector");
  vector = found;
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

/** A set's counts, the types of its file's columns and its rows as texts, in order. */
async function made(
  output: string,
  more: Partial<TrainingSetOptions>,
  part = "train",
): Promise<Readonly<Record<"counts" | "types" | "rows", unknown>>> {
  const engineOptions = { threads: 2 };
  const { manifest } = await makeTrainingSet({
    ...{ vector, rows: "rows.parquet", folder, output, raw: true, engine: engineOptions },
    ...more,
  });
  const from = `read_parquet('${join(folder, output)}/${part}**')`;
  const types = await engine.rows(`select column_name, column_type from (describe from ${from})`, "test");
  return {
    counts: manifest.counts,
    types,
    rows: await engine.rows(`select to_json(r)::varchar as row from ${from} r`, "test"),
  };
}

describe("a set without labels and fitted functions", () => {
  it("has the rows, in order, and the types of one whose rows are looked at first", async () => {
    const one = await made("one", {});
    // Several files: rows are counted before they are written.
    const several = await made("several", { output: { folder: "several", maxFileRows: 300 } }, "train/");
    expect(one).toEqual(several);
    expect(one.counts).toMatchObject({ train: 700, holdout: 0 });
    expect(one.types).toContainEqual({ column_name: "store__store__day__open", column_type: "BOOLEAN" });
    expect(one.types).toContainEqual({ column_name: "store__store__day__seen", column_type: "TIMESTAMP" });
  });

  it("holds out what it is told to", async () => {
    const split = { holdout: { from: "2024-03-03T00:00:00Z" } };
    const train = await made("held", { split });
    expect(train.counts).toMatchObject({ train: 288, holdout: 412 });
    expect(train.rows).toHaveLength(288);
  });
});
