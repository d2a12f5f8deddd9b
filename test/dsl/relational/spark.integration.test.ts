import * as fc from "fast-check";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  elementKind,
  isEmbedding,
  isList,
  normalInt,
  parseTypeName,
  type Value,
  type ValueKind,
} from "../../../src/core/index.ts";
import {
  dialects,
  duckdbColumn,
  type ExpressionPlan,
  expressionSql,
  fromRaw,
  kindOfDuckdbType,
  quoteIdentifier,
  type RawColumn,
  sparkColumn,
} from "../../../src/dsl/index.ts";
import { carrierOf, Engine, toCarrier } from "../../../src/featurestore/duckdb/index.ts";
import { SparkSession, type SparkValue } from "../../servers/spark-session.ts";
import { planOf } from "../check-one.ts";
import { expressions, idOf, rows, ways } from "../random-expressions.ts";
import { rowsSql, runRows, showRow } from "../run-rows.ts";
import { sameValue } from "../same-value.ts";
import { columnsOnly, hostile, names, strange, texts } from "../semantic/hostile.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 20_261_122);
const wanted = Number(process.env["TONDO_EXPRESSIONS"] ?? 1_200);
const perQuery = 60;

/** Most expressions without generated Java, whose compilation takes the most time by far. */
const interpreted = { "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN" };
const compiled = { "spark.sql.codegen.wholeStage": "true", "spark.sql.codegen.factoryMode": "FALLBACK" };
const ansi = { "spark.sql.ansi.enabled": "true", ...interpreted };
const lenient = { "spark.sql.ansi.enabled": "false", ...interpreted };
const modes: readonly Readonly<Record<string, string>>[] = [
  ...[ansi, lenient, { ...ansi, ...compiled }, ansi, lenient],
  ...[ansi, lenient, { ...lenient, ...compiled }, ansi, lenient],
];

let folder: string;
let engine: Engine;
let spark: SparkSession;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tondo-spark-test-"));
  engine = await Engine.open({ memory: "600MB", threads: 1 });
  spark = await SparkSession.open();
  // The first time, PySpark is fetched.
}, 900_000);

afterAll(async () => {
  await spark.close();
  engine.close();
  rmSync(folder, { recursive: true, force: true });
});

async function use(settings: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, value] of Object.entries(settings)) await spark.rows(`set ${name} = ${value}`);
}

function leaf(plan: ExpressionPlan): string {
  return plan.node === "column" ? dialects.spark.identifier(plan.name) : "null";
}

describe("the exact subset in Spark", () => {
  it(
    "equals the generated JavaScript bit by bit, with and without ANSI mode and generated Java",
    { timeout: 600_000 },
    async () => {
      const data = fc.sample(rows, { seed, numRuns: 40 });
      await readTable("edges", rowsSql(data));
      const sample = fc.sample(fc.oneof(...[2, 3, 3, 4].map((depth) => expressions(true, depth))), {
        seed,
        numRuns: wanted,
      });
      const started = performance.now();
      let compared = 0;
      let present = 0;
      let results = 0;
      let tooLarge = 0;
      const covered = new Map<string, number>();
      for (let from = 0; from < sample.length; from += perQuery) {
        const batch = sample.slice(from, from + perQuery).flatMap((plan) => {
          const sql = expressionSql(plan, leaf, "spark");
          if (sql === undefined && expressionSql(plan, leaf) !== undefined) tooLarge++;
          return sql === undefined ? [] : [{ plan, sql, kind: parseTypeName(plan.type).kind }];
        });
        compared += batch.length;
        await use(modes[(from / perQuery) % modes.length] ?? {});
        const selected = await spark.rows(`select row, ${batch.map(({ sql }) => sql).join(",\n")} from edges`);
        expect(selected).toHaveLength(data.length);
        const read = new Map(selected.map(([row, ...values]) => [Number(row), values]));
        for (const [i, { plan, sql, kind }] of batch.entries()) {
          const ours = runRows(plan, data);
          for (const [r, row] of data.entries()) {
            const theirs = valueOfSpark(read.get(r)?.[i] ?? null, kind);
            const mine = ours[r] ?? null;
            results++;
            if (!sameValue(mine, theirs)) {
              throw new Error(
                `seed ${String(seed)}: Spark gives ${String(theirs)}, JavaScript ${String(mine)}\n${sql}\n${JSON.stringify(plan)}\n${showRow(row)}`,
              );
            }
            if (mine === null || plan.node !== "call") continue;
            present++;
            covered.set(idOf(plan), (covered.get(idOf(plan)) ?? 0) + 1);
          }
        }
      }
      console.log(
        `seed ${String(seed)}: ${String(compared)} expressions, ${String(results)} results, ${String(Math.round((100 * present) / results))} % present, ${String(tooLarge)} too large for Spark alone, ${((performance.now() - started) / 1000).toFixed(0)} s`,
      );
      expect(compared).toBeGreaterThanOrEqual((wanted * 10) / 12);
      expect(present / results).toBeGreaterThan(0.5);
      expect(tooLarge).toBeLessThan(wanted / 50);
      for (const { id, overload } of ways) {
        if (overload.sql !== undefined) expect(covered.get(id) ?? 0, `results of ${id}`).toBeGreaterThan(0);
      }
    },
  );

  it("brings a file's columns into the language's domain as DuckDB does", { timeout: 120_000 }, async () => {
    const given: Readonly<Record<string, readonly [type: string, values: readonly string[]]>> = {
      d: ["double", ["'nan'", "'inf'", "'-inf'", "-0.0", "0.1", "5e-324", "null"]],
      f: ["float", ["'nan'", "'-inf'", "-0.0", "0.1", "null"]],
      i: ["integer", ["-2147483648", "2147483647", "null"]],
      b: ["bigint", ["-9223372036854775808", "9223372036854775807", "null"]],
      n: ["decimal(18, 3)", ["0.1", "-123456789012345.678"]],
      o: ["boolean", ["true", "false", "null"]],
      s: ["varchar", ["'a'", "''", "'\u{1F600}'", "null"]],
      t: [
        "timestamp",
        [
          ...["'2024-02-29 12:34:56.789012'", "'1969-12-31 23:59:59.999999'", "'1700-01-01'", "null", "'infinity'"],
          ...["'2255-06-05 23:47:34.740991'", "'1684-07-28 00:12:25.259008'"],
        ],
      ],
      v: ["timestamp", ["'2255-06-05 23:47:34.740992'", "'1684-07-28 00:12:25.259009'", "'-infinity'"]],
      z: ["timestamp with time zone", ["'2024-02-29 12:34:56.789012+02'", "'2400-01-01 00:00:00+00'", "null"]],
      m: ["timestamp_ms", ["'2024-03-31 01:30:00.123'", "null"]],
      a: [
        "date",
        ["'1970-01-01'", "'1500-02-28'", "'9999-12-31'", "null", "'infinity'", "'-infinity'", "'5881580-07-10'"],
      ],
      y: [
        "date",
        [
          ...["'2024-02-29'", "'1500-02-28'", "'infinity'", "'9999-12-31'", "'-infinity'"],
          ...["'1684-07-29'", "'2255-06-05'"],
        ],
      ],
      l: ["double[]", ["['0.5', null, 'nan', '-0.0']", "[]", "null"]],
      k: ["varchar[]", ["['a', null, 'b']", "[]", "null"]],
      w: ["timestamp[]", ["['2024-02-29 12:34:56', null]", "null"]],
      e: ["float[]", ["[1, 2, 0.1]", "[1, 2]", "['1', '2', 'nan']", "[1, null, 2]", "[-0.0, 0, 0]", "null"]],
    };
    const rowsOf = Array.from({ length: 7 }, (_, row) => {
      const cells = Object.values(given).map(([type, values]) => `(${values[row % values.length] ?? "null"})::${type}`);
      return `select ${String(row)} as row, ${Object.keys(given)
        .map((name, i) => `${cells[i] ?? ""} as ${name}`)
        .join(", ")}`;
    });
    await readTable("file", `select * from (${rowsOf.join(" union all ")}) order by row`);
    const kinds = Object.entries(given).map(([name, [type]]): [string, ValueKind] => [
      name,
      name === "e" ? "embedding(3)" : name === "y" ? "timestamp" : (kindOfDuckdbType(type) ?? "bool"),
    ]);
    const read: RawColumn[] = [];
    const select = kinds.map(([name, kind]) => toCarrier(duckdbColumn(name, kind), kind)).join(", ");
    for await (const chunk of engine.chunks(
      `select ${select} from read_parquet('${join(folder, "file.parquet")}') order by row`,
      "reading",
    ))
      read.push(...kinds.map(([, kind], i) => chunk.column(i, carrierOf(kind))));
    for (const mode of [{ ...ansi, ...compiled }, ansi]) {
      await use(mode);
      const theirs = await spark.rows(
        `select ${kinds.map(([name, kind]) => sparkColumn(name, kind)).join(", ")} from file order by row`,
      );
      for (const [i, [name, kind]] of kinds.entries()) {
        for (let row = 0; row < rowsOf.length; row++) {
          const expected = fromRaw(read[i]?.[row] ?? Number.NaN, kind);
          const actual = valueOfSpark(theirs[row]?.[i] ?? null, kind);
          expect(sameValue(actual, expected), `${name} ${String(row)}: ${String(actual)}, ${String(expected)}`).toBe(
            true,
          );
        }
      }
    }
  });
});

describe("texts and names that mean something elsewhere, in Spark", () => {
  const variables = ["${spark.app.name}", "${env:HOME}", "${system:user.dir}", "${hiveconf:spark.app.name}", "$"];

  it.each([{}, { "spark.sql.parser.escapedStringLiterals": "true", "spark.sql.variable.substitute": "true" }])(
    "texts come through, whatever the settings: %o",
    { timeout: 120_000 },
    async (settings) => {
      const some = [
        ...hostile,
        ...variables,
        "\\'",
        "a\0b",
        "\\u0041",
        "\\x41",
        "''",
        "a''b",
        "--",
        "/* x */",
        "\t",
        "%",
      ];
      const all = [...some, ...fc.sample(texts, { seed, numRuns: 120 })];
      await use(settings);
      const literals = all.map((text) => dialects.spark.literal("string", text) ?? "null");
      const same = all.map((text, i) => {
        const plan = planOf(`x == ${JSON.stringify(text)} and x in [${JSON.stringify(text)}]`, { x: "string?" });
        return expressionSql(plan, () => literals[i] ?? "null", "spark") ?? "false";
      });
      const [row] = await spark.rows(`select ${[...literals, ...same].join(", ")}`);
      expect(row).toEqual([...all, ...all.map(() => true)]);
      for (const name of Object.keys(settings)) await spark.rows(`reset ${name}`);
    },
  );

  it("names come through, those of a file's columns too", { timeout: 120_000 }, async () => {
    const lines = ["a\nb", "a\u2028b", "a`b", "``", "a.b", "x,y;z{}()=", "a\tb", "%s"];
    const all = [...names, ...strange, ...columnsOnly, ...lines, ...variables];
    await readTable("named", `select ${all.map((name, i) => `${String(i)} as ${quoteIdentifier(name)}`).join(", ")}`);
    const [row] = await spark.rows(`select ${all.map((name) => sparkColumn(name, "int")).join(", ")} from named`);
    expect(row).toEqual(all.map((_, i) => BigInt(i)));
    const made = all.map((name) => `to_json(struct(1 as ${dialects.spark.identifier(name)}))`);
    const [back] = await spark.rows(`select ${made.join(", ")}`);
    expect(back?.map((json) => Object.keys(JSON.parse(String(json)) as object))).toEqual(all.map((name) => [name]));
  });
});

/** Writes what DuckDB selects as Parquet, and has Spark read it under a name. */
async function readTable(name: string, select: string): Promise<void> {
  const path = join(folder, `${name}.parquet`);
  await engine.run(`copy (${select}) to '${path}' (format parquet)`, "writing");
  await spark.rows(`create temporary view ${name} using parquet options (path '${path}')`);
}

function valueOfSpark(value: SparkValue, kind: ValueKind): Value {
  if (typeof value === "bigint") return kind === "int" ? normalInt(value) : Number(value);
  if (typeof value !== "object" || value === null) return value;
  const of = isEmbedding(kind) ? "float" : isList(kind) ? elementKind(kind) : kind;
  return value.map((item) => valueOfSpark(item, of)) as Value;
}
