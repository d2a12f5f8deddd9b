import * as fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../../../src/featurestore/duckdb/index.ts";
import { SparkJoin } from "../../../../src/featurestore/offline/spark/spark-join.ts";
import { trainingRows } from "../../../../src/featurestore/oracle/oracle.ts";
import { differences } from "../../../oracle/compare.ts";
import { historiesTogether } from "../../../oracle/history.ts";
import { joinedHistory } from "../../../oracle/joined-history.ts";
import { writeHistory } from "../../../oracle/write-history.ts";
import { localSpark } from "../../../servers/spark-sql.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 20_261_122);
/** How many plans, each joined once over the rows of several histories: a join takes Spark as long for few rows as for many. */
const plans = Number(process.env["TONDO_SPARK_PLANS"] ?? 8);
const together = 5;

let folder: string;
let engine: Engine;
let spark: SparkJoin;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tondo-spark-join-"));
  engine = await Engine.open({ memory: "500MB", threads: 2 });
  spark = new SparkJoin(await localSpark(), join(folder, "spark"));
  // The first time, PySpark is fetched.
}, 900_000);

afterAll(async () => {
  await spark.close();
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("joins by Spark", () => {
  it(
    `equal the naive oracle on ${String(plans * together)} random histories`,
    { timeout: Math.max(900_000, plans * 120_000) },
    async () => {
      const started = performance.now();
      let values = 0;
      for (const [i, history] of fc.sample(historiesTogether(together), { seed, numRuns: plans }).entries()) {
        const home = join(folder, `h${String(i)}`);
        const { left } = await writeHistory(history, home);
        const expected = trainingRows(history.vector, history.left, history.data);
        const places = { folder: home };
        const joinUnit = spark.joiner(engine, places);
        const actual = await joinedHistory(engine, history, left, { places, joinUnit });
        expect(differences(expected, actual), `seed ${String(seed)}, plan ${String(i)}`).toEqual([]);
        expect(await readdir(join(folder, "spark", "rows")), "what the joins left in the scratch folder").toEqual([]);
        values += actual.reduce((sum, row) => sum + Object.keys(row).length, 0);
        rmSync(home, { recursive: true });
      }
      console.log(
        `seed ${String(seed)}: ${String(plans * together)} histories of ${String(plans)} plans, ${String(values)} values, ${((performance.now() - started) / 1000).toFixed(0)} s`,
      );
    },
  );
});
