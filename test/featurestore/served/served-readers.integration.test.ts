import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { elementKind, isEmbedding, isList, type Value, type ValueKind } from "../../../src/core/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { servedColumns, ServedLog, servedOf, servedVectorFolder } from "../../../src/featurestore/served/index.ts";
import { vectorFingerprint } from "../../../src/dsl/index.ts";
import { SparkSession, type SparkValue } from "../../servers/spark-session.ts";
import { lasting, readServed } from "./read-served.ts";
import { randomNumbers } from "../../dsl/random-numbers.ts";
import { wideAnswer, wideVector } from "./wide-vector.ts";

const start = Date.UTC(2026, 10, 22, 12) * 1000;
const columns = servedColumns(wideVector);

let home: string;
let spark: SparkSession;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), "tondo-readers-"));
  // Such wide rows take longer to compile than to read.
  spark = await SparkSession.open({
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
  });
});
afterAll(async () => {
  await spark.close();
  await rm(home, { recursive: true });
});

/** Days, moments and doubles come as they are: the session shows ints, texts, floats and lists of them. */
function inSpark(name: string, kind: ValueKind): string {
  if (isList(kind) && ["timestamp", "date"].includes(elementKind(kind)))
    return `transform(${name}, one -> ${inSpark("one", elementKind(kind))})`;
  if (kind === "timestamp") return `unix_micros(cast(${name} as timestamp))`;
  return kind === "date" ? `unix_date(${name})` : name;
}

function fromSpark(value: SparkValue, kind: ValueKind): Value {
  if (value === null) return null;
  if (Array.isArray(value)) {
    const of = isEmbedding(kind) ? "float" : isList(kind) ? elementKind(kind) : kind;
    return value.map((item: SparkValue) => fromSpark(item, of)) as Value;
  }
  if (typeof value !== "bigint") return value as Value;
  return kind === "int" && !Number.isSafeInteger(Number(value)) ? value : Number(value);
}

describe("the public files", () => {
  it("are read by Spark to the bit as DuckDB reads them, a whole folder at once", async () => {
    const engine = await Engine.open({ threads: 1 });
    let now = start;
    const random = randomNumbers(8);
    await using log = await ServedLog.open(home, { rate: 1 }, () => (now += 900_000_000));
    const served = servedOf({
      home,
      clock: () => now,
      openEngine: () => Promise.resolve(lasting(engine)),
      log,
    });
    for (let i = 0; i < 100; i++) await log.vector(wideVector).add(wideAnswer(random, start + i).served);
    const { files } = await served.compact();
    expect(files).toHaveLength(2);
    const found = await readServed(
      engine,
      files.map(({ path }) => path),
      columns,
    );
    engine.close();
    const folder = servedVectorFolder(home, "wide", vectorFingerprint(wideVector));
    const selected = columns.map(({ name, kind }) => inSpark(`\`${name}\``, kind));
    const rows = await spark.rows(`select ${selected.join(", ")} from parquet.\`${folder}/*/*.parquet\``);
    expect(rows).toHaveLength(100);
    for (const row of rows) {
      const own = Object.fromEntries(columns.map(({ name, kind }, i) => [name, fromSpark(row[i] ?? null, kind)]));
      expect(own).toStrictEqual(found.get(String(own["request_id"])));
    }
  });
});
