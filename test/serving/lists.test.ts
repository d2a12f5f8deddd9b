import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine, sqlText } from "../../src/featurestore/duckdb/index.ts";
import { open, type Tondo } from "../../src/open.ts";
import { linearTrainer } from "../../src/training/index.ts";

const at = BigInt(Date.UTC(2024, 2, 2) * 1000);
const definitions = `
entity dish (dish: string)
snapshot dishes {
  parquet "dishes.parquet"
  columns (dish: string, updated_at: timestamp, tags: list<string>, taste: embedding(2))
  at updated_at
}
group dish:menu from dishes by dish { tags, taste }
vector dinner {
  key dish
  input wish: embedding(2), seen: list<string>?
  taste = @dish:menu:taste | slice(0, 1)
  near  = dot(@dish:menu:taste, wish)
  tags  = len(seen ?? @dish:menu:tags)
  label y: float
}
`;

let folder: string;
let tondo: Tondo;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-served-lists-"));
  await writeFile(join(folder, "dinner.tondo"), definitions);
  const engine = await Engine.open({ threads: 1 });
  await engine.run(
    `copy (select 'd' || i as dish, timestamp '2024-03-01' as updated_at, ['a', 'b'][:i % 3] as tags, [i / 7, 1 - i * i]::float[2] as taste
     from range(20) t(i)) to ${sqlText(join(folder, "dishes.parquet"))} (format parquet)`,
    "test",
  );
  engine.close();
  tondo = await open({ folder, actor: "tester" });
  await tondo.apply();
  const rows = Array.from({ length: 200 }, (_, i) => ({
    dish: `d${String(i % 20)}`,
    at,
    wish: [i % 3, (i % 11) / 4],
    seen: i % 4 === 0 ? ["x"] : null,
    y: i % 17,
  }));
  const set = await tondo.trainingSet({ vector: "dinner", rows, output: "set" });
  await tondo.train({ set, model: "dinner", label: "y", trainer: linearTrainer, tag: "champion" });
  await tondo.materialize({ asOf: at });
});
afterAll(async () => {
  await tondo.close();
  await rm(folder, { recursive: true });
});

describe("a predictor of lists and embeddings", () => {
  it("takes them as inputs, computes with those it read, and shows both", async () => {
    const { vector, features, prediction } = await tondo.predict("dinner@champion", {
      keys: { dish: "d5" },
      inputs: { wish: Float32Array.of(2, 0.5), seen: ["a", "b", "c"] },
      at,
    });
    const taste = [Math.fround(5 / 7), -24];
    expect(vector).toEqual({ taste_0: taste[0], near: Number(taste[0]) * 2 - 12, tags: 3 });
    expect(features["dish__dish__menu__taste"]).toEqual({ value: taste, status: "present" });
    expect(features["dish__dish__menu__tags"]).toEqual({ value: ["a", "b"], status: "present" });
    expect(prediction).toBeTypeOf("number");
  });

  it("says what is wrong with inputs of another form", async () => {
    const predict = (wish: unknown): Promise<unknown> =>
      tondo.predict("dinner@champion", { keys: { dish: "d5" }, inputs: { wish: wish as number }, at });
    await expect(predict([1, 2, 3])).rejects.toMatchObject({
      code: "INPUT_INVALID",
      message: '"wish" is of type embedding(2), and an array of 3 is not',
      hint: "Give an array of 2 numbers.",
    });
    await expect(predict("[1, 2]")).rejects.toMatchObject({ code: "INPUT_INVALID" });
    await expect(predict(null)).rejects.toMatchObject({ code: "INPUT_INVALID" });
  });
});
