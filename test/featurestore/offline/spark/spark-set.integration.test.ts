import { mkdir, readdir } from "node:fs/promises";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VectorPlan } from "../../../../src/dsl/index.ts";
import { sqlText } from "../../../../src/featurestore/duckdb/index.ts";
import { Engine, makeTrainingSet, type SparkOptions, type TrainingSet } from "../../../../src/featurestore/index.ts";
import { compileText } from "../../../dsl/check-one.ts";
import { localSpark } from "../../../servers/spark-sql.ts";
import { smallProject, type SmallProject } from "../small-project.ts";

/** A million in the long run; see `docs/spark.md`. */
const rows = Number(process.env["TONDO_SPARK_ROWS"] ?? 20_000);
const minutes = Math.max(15, rows / 20_000) * 60_000;
/** What makes many rows fast makes few slow. */
const large = {
  "spark.driver.memory": "3g",
  "spark.driver.extraJavaOptions": "-XX:+UseParallelGC",
  "spark.sql.shuffle.partitions": "4",
  "spark.sql.adaptive.enabled": "true",
  "spark.sql.codegen.wholeStage": "true",
  "spark.sql.codegen.factoryMode": "FALLBACK",
};

let folder: string;
let small: SmallProject;
let spark: SparkOptions;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tondo-spark-set-"));
  small = await smallProject();
  spark = await localSpark(rows > 100_000 ? large : {});
}, 900_000);
afterAll(async () => {
  await small.remove();
  rmSync(folder, { recursive: true, force: true });
});

const definitions = `
entity shop (shop: string)
events orders {
  parquet "orders/*/*.parquet" known loaded
  columns (shop: string, at: timestamp, loaded: timestamp, id: int, price: float, what: string, gone: bool)
  at at
  id id
  deleted gone
}
events visits {
  parquet "visits.parquet" lag 5s
  columns (shop: string, at: timestamp, seconds: int)
  at at
}
snapshot shops {
  parquet "shops.parquet" known loaded
  columns (shop: string, since: timestamp, loaded: timestamp, size: int, town: string, stars: float)
  at since
}
group shop:orders from orders by shop {
  n_1h = count() over 1h
  sum_7d = sum(price) over 7d
  mean_30d = mean(price) over 30d where what == "w1" or price > 50
  max_7d = max(price) over 7d
  last_7d = last(what) over 7d
  next_1d = count() over next 1d
  next_sum = sum(price) over next 2h
}
group shop:visits from visits by shop {
  long_1d = max(seconds) over 1d
  some = distinct(seconds) over 7d
  median = quantile(seconds, 0.5) over 7d
}
group shop:profile from shops by shop {
  ttl 20d
  size, town, stars
}
vector v {
  key shop
  input km: float
  n = @shop:orders:n_1h | zscore
  s = @shop:orders:sum_7d | fill(mean)
  m = @shop:orders:mean_30d
  x = @shop:orders:max_7d
  l = @shop:orders:last_7d | onehot(5)
  long = @shop:visits:long_1d
  some = @shop:visits:some
  median = @shop:visits:median
  size = @shop:profile:size
  town = @shop:profile:town | vocab(20)
  stars = @shop:profile:stars | log1p
  km = km | clip(0, 5)
  label soon = @shop:orders:next_1d
  label much = @shop:orders:next_sum > 100
}
`;

/** Events with ties, corrections and deletions, a few hot keys among many; rows that ask in no order. */
async function writeShops(n: number, into: string): Promise<VectorPlan> {
  const { plan, diagnostics } = compileText(definitions);
  const vector = plan?.vectors[0];
  if (vector === undefined) throw new Error(diagnostics[0]?.message);
  const engine = await Engine.open({ memory: "800MB", threads: 2 });
  const random = (salt: number, below: number): string => `(hash(i * 16 + ${String(salt)}) % ${String(below)})::bigint`;
  const keys = Math.ceil(n / 100);
  const shop = `'s' || case when ${random(0, 20)} = 0 then ${random(1, 3)} else ${random(1, keys)} end`;
  const at = (salt: number): string =>
    `make_timestamp(1700000000000000 + ${random(salt, 60 * 86_400)} * 1000000 + ${random(salt + 1, 3)})`;
  const copy = (select: string, name: string): Promise<void> =>
    engine.run(`copy (${select}) to ${sqlText(join(into, name))} (format parquet)`, "writing");
  try {
    for (const part of [0, 1]) {
      await mkdir(join(into, "orders", `part=${String(part)}`), { recursive: true });
      await copy(
        `select ${shop} as shop, ${at(2)} as at, ${at(2)} + to_microseconds(${random(4, 86_400)} * 1000000) as loaded, ${random(5, n)} as id,
           case when ${random(6, 9)} > 0 then ${random(7, 100_000)} / 997.0 end as price, 'w' || ${random(8, 5)} as what, ${random(9, 30)} = 0 as gone
         from range(${String(part)}, ${String(n)}, 2) e (i)
         union all
         select ${shop}, ${at(2)}, ${at(2)} + interval 2 days, ${random(5, n)}, ${random(10, 1000)} / 7.0, null, false
         from range(${String(part)}, ${String(Math.floor(n / 5))}, 2) e (i)`,
        `orders/part=${String(part)}/0.parquet`,
      );
    }
    await copy(
      `select ${shop} as shop, ${at(3)} as at, ${random(6, 4000)} - 2000 as seconds from range(${String(n)}) e (i)`,
      "visits.parquet",
    );
    await copy(
      `select ${shop} as shop, ${at(4)} as since, ${at(4)} + to_microseconds(${random(6, 3)} * 3600000000) as loaded, ${random(7, 9)} as size, 't' || ${random(8, 30)} as town,
         ${random(9, 50)} / 10.0 as stars from range(${String(Math.ceil(n / 4))}) e (i)`,
      "shops.parquet",
    );
    await copy(
      `select ${shop} as shop, ${at(5)} as at, ${random(7, 90)} / 10.0 as km from range(${String(n)}, ${String(2 * n)}) e (i)`,
      "rows.parquet",
    );
  } finally {
    engine.close();
  }
  return vector;
}

function sameFiles(one: TrainingSet, other: TrainingSet): void {
  const files = ({ manifest }: TrainingSet): unknown =>
    manifest.files.map(({ path, rows: n, sha256 }) => ({ path, n, sha256 }));
  expect(files(one)).toEqual(files(other));
  expect(one.manifest.fitted).toEqual(other.manifest.fitted);
  expect(one.manifest.counts).toEqual(other.manifest.counts);
  expect(one.manifest.inputsDigest).toBe(other.manifest.inputsDigest);
}

describe("a training set whose joins ran in Spark", () => {
  it(`of ${String(rows)} rows and more events is that of DuckDB, byte by byte`, { timeout: minutes }, async () => {
    const vector = await writeShops(rows, folder);
    const options = { vector, rows: "rows.parquet", folder, raw: true, split: { holdout: { fraction: 0.2 } } } as const;
    const engine = { memory: "2GB", threads: 2 };
    const began = performance.now();
    const embedded = await makeTrainingSet({ ...options, engine, output: join(folder, "embedded") });
    const between = performance.now();
    const sparked = await makeTrainingSet({ ...options, engine, spark, output: join(folder, "sparked") });
    const seconds = [between - began, performance.now() - between].map((time) => (time / 1000).toFixed(1));
    console.log(`${String(rows)} rows: DuckDB ${seconds[0] ?? ""} s, Spark ${seconds[1] ?? ""} s`);
    sameFiles(sparked, embedded);
    expect(sparked.manifest.engine).toMatch(/^Spark 4\.\d+\.\d+, DuckDB v/);
    expect(sparked.manifest.joins.map(({ inJavaScript }) => inJavaScript)).toEqual([[], [], [], []]);
    expect((await readdir(sparked.folder)).sort()).toEqual(["holdout.parquet", "manifest.json", "train.parquet"]);
    expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/spark-|sparked\./));
    // Whoever asks next finds it, whatever engine he names.
    const again = await makeTrainingSet({ ...options, engine, output: join(folder, "sparked") });
    expect(again.made).toBe(false);
  });

  it(
    "is that of DuckDB with CSV, keys and conditions that only JavaScript can compute",
    { timeout: minutes },
    async () => {
      const vector = small.project.plan.vectors.find(({ name }) => name === "eta");
      if (vector === undefined) throw new Error("no vector");
      const options = { vector, rows: "left.parquet", folder: small.folder, raw: true };
      const embedded = await makeTrainingSet({ ...options, output: join(folder, "small-embedded") });
      const sparked = await makeTrainingSet({
        ...options,
        spark: { ...spark, scratch: folder },
        output: join(folder, "small-sparked"),
      });
      sameFiles(sparked, embedded);
      expect(sparked.manifest.joins.flatMap(({ inJavaScript }) => inJavaScript)).toContain("key0");
      expect(await readdir(folder)).not.toContainEqual(expect.stringMatching(/^tondo-/));
    },
  );

  it("is not begun where Spark does not start", { timeout: minutes }, async () => {
    const vector = small.project.plan.vectors.find(({ name }) => name === "plain");
    if (vector === undefined) throw new Error("no vector");
    const output = join(folder, "none");
    const options = { vector, rows: "left.parquet", folder: small.folder, output };
    await expect(makeTrainingSet({ ...options, spark: { ...spark, master: "nowhere" } })).rejects.toMatchObject({
      code: "SPARK_FAILED",
      message: expect.stringContaining("starting Spark: Spark ended") as string,
      hint: expect.stringContaining("Master must either be") as string,
    });
    await expect(makeTrainingSet({ ...options, spark, plan: { windows: "range" } })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    expect(await readdir(folder)).not.toContain("none");
  });
});
