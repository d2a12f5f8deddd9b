import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import pg from "pg";
import { describe, expect, inject, it } from "vitest";
import type { SourcePlan } from "../../../src/dsl/index.ts";
import { Engine, extract, type ExtractOptions, type TableExtraction } from "../../../src/featurestore/index.ts";
import { freshDatabase } from "../../servers/fresh-database.ts";

/** A table of a database of the test's own, and extracting it. */
interface World extends AsyncDisposable {
  readonly client: pg.Client;
  readonly home: string;
  extract(options?: Partial<ExtractOptions>): Promise<TableExtraction | undefined>;
  /** What is kept, by DuckDB alone. */
  kept(select: string): Promise<readonly (readonly unknown[])[]>;
}

async function world(create: string, cursor?: SourcePlan["transports"][number]): Promise<World> {
  const database = await freshDatabase(inject("postgresUrl"));
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(create);
  const home = mkdtempSync(join(tmpdir(), "tondo-extract-"));
  const engine = await Engine.open({ memory: "600MB", threads: 1 });
  const source: SourcePlan = {
    name: "s",
    kind: "events",
    transports: [cursor ?? { format: "postgres", table: "t" }],
    columns: {},
  };
  return {
    client,
    home,
    extract: async (options = {}) => {
      const project = { sources: [source] };
      const [table] = await extract({
        project,
        databases: { default: { url: database.url } },
        home,
        engine,
        ...options,
      });
      return table;
    },
    kept: async (select) =>
      (await engine.rows(`${select} from read_parquet('${home}/sources/s/t/part-*.parquet')`, "reading")).map((row) =>
        Object.values(row),
      ),
    [Symbol.asyncDispose]: async () => {
      engine.close();
      await client.end();
      await database.drop();
      rmSync(home, { recursive: true });
    },
  };
}

/** A type, a literal of it, and what is kept of it: DuckDB's type and text. */
const values: readonly (readonly [string, string, string, string | null])[] = [
  ["boolean", "true", "BOOLEAN", "true"],
  ["smallint", "-32768", "BIGINT", "-32768"],
  ["integer", "2147483647", "BIGINT", "2147483647"],
  ["bigint", "9223372036854775807", "BIGINT", "9223372036854775807"],
  ["real", "0.1", "DOUBLE", "0.10000000149011612"],
  ["double precision", "0.1", "DOUBLE", "0.1"],
  ["double precision", "'NaN'", "DOUBLE", null],
  ["double precision", "'-Infinity'", "DOUBLE", null],
  ["double precision", "5e-324", "DOUBLE", "5e-324"],
  ["numeric(20,4)", "123456789012345.6789", "DOUBLE", "123456789012345.67"],
  ["numeric", "1e400", "DOUBLE", null],
  ["numeric", "1e-400", "DOUBLE", "0.0"],
  ["numeric", "'NaN'", "DOUBLE", null],
  ["text", "E'a\\n\"ü😀'", "VARCHAR", 'a\n"ü😀'],
  ["text", "''", "VARCHAR", ""],
  ["varchar(3)", "'ab '", "VARCHAR", "ab "],
  ["char(3)", "'ab'", "VARCHAR", "ab"],
  ["uuid", "'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11'", "VARCHAR", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"],
  ["json", `'{"a" : 1}'`, "VARCHAR", '{"a" : 1}'],
  ["jsonb", `'{"a" : 1}'`, "VARCHAR", '{"a": 1}'],
  ["mood", "'sad'", "VARCHAR", "sad"],
  ["positive", "7", "BIGINT", "7"],
  ["date", "'1969-12-31'", "DATE", "1969-12-31"],
  ["date", "'infinity'", "DATE", null],
  ["timestamptz", "'2024-03-01 12:00:00.123456+02'", "TIMESTAMP WITH TIME ZONE", "2024-03-01 10:00:00.123456+00"],
  ["timestamptz", "'1960-01-01 00:00:00.000001+00'", "TIMESTAMP WITH TIME ZONE", "1960-01-01 00:00:00.000001+00"],
  ["timestamptz", "'-infinity'", "TIMESTAMP WITH TIME ZONE", null],
  ["timestamp", "'2024-03-01 12:00:00.123456'", "TIMESTAMP", "2024-03-01 12:00:00.123456"],
  ["timestamp", "'9999-12-31'", "TIMESTAMP", null],
  ["bigint[]", "'{9223372036854775807,null,-1}'", "BIGINT[]", "[9223372036854775807, -1]"],
  ["text[]", `'{a,"b,\\"c",null,""}'`, "VARCHAR[]", `[a, 'b,"c', '']`],
  ["real[]", "'{0.1}'", "DOUBLE[]", "[0.10000000149011612]"],
  ["boolean[]", "'{t,f}'", "BOOLEAN[]", "[true, false]"],
  ["timestamptz[]", "'{2024-03-01 12:00:00+02}'", "TIMESTAMP WITH TIME ZONE[]", "['2024-03-01 10:00:00+00']"],
  ["date[]", "'{2024-03-01}'", "DATE[]", "[2024-03-01]"],
  ["text[]", "'{}'", "VARCHAR[]", "[]"],
  ["int[]", "'{{1,2},{3,4}}'", "BIGINT[]", null],
  ["int[]", "null", "BIGINT[]", null],
];

describe("values of PostgreSQL", () => {
  it("are kept as they are, to the last digit, or are missing where the language has none such", async () => {
    const columns = values.map(([type], i) => `v${String(i)} ${type}`);
    await using one = await world(`
      set timezone = 'Asia/Tokyo';
      create type mood as enum ('sad', 'glad'); create domain positive as int check (value > 0);
      create table t (${columns.join(", ")}, bytes bytea, pause interval, clock time, place point, "A.b" int)`);
    await one.client.query(
      `insert into t values (${values.map(([, literal]) => literal).join(", ")}, 'x', '1 h', '12:00', '(1,2)', 3)`,
    );
    const read = await one.extract();
    expect(read?.unread).toEqual([
      { name: "bytes", type: "bytea" },
      { name: "pause", type: "interval" },
      { name: "clock", type: "time without time zone" },
      { name: "place", type: "point" },
    ]);
    const select = values.flatMap((_, i) => [`typeof(v${String(i)})`, `v${String(i)}::varchar`]);
    const [row = []] = await one.kept(`select ${select.join(", ")}, "A.b"`);
    expect(values.map(([type, literal], i) => [type, literal, row[2 * i], row[2 * i + 1]])).toEqual(values);
    expect(row.at(-1)).toBe(3n);
  });

  it("may be null in every column, and none", async () => {
    await using one = await world(
      "create table t (a int, b text); insert into t default values; create view v as select 1",
    );
    await one.extract();
    expect(await one.kept("select a, b")).toEqual([[null, null]]);
  });
});

describe("a table without a key", () => {
  const cursor = { node: "column", type: "int", name: "n" } as const;
  const lookback = 5;

  it("is kept row by row, however its rows repeat, come late and are read in parts", async () => {
    await using one = await world("create table t (n int, s text, x float8)", {
      format: "postgres",
      table: "t",
      cursor,
      lookback,
    });
    const step = fc.record({
      // Behind the largest number so far, as far as the lookback reaches.
      rows: fc.array(
        fc.tuple(fc.integer({ min: -lookback, max: 3 }), fc.constantFrom("a", "b", null), fc.constantFrom(1, null)),
        {
          maxLength: 7,
        },
      ),
      partRows: fc.integer({ min: 1, max: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        await one.client.query("truncate t");
        rmSync(join(one.home, "sources"), { recursive: true, force: true });
        let watermark: number | undefined;
        for (const { rows, partRows } of steps) {
          for (const [n, s, x] of rows)
            await one.client.query("insert into t values ($1, $2, $3)", [(watermark ?? 100) + n, s, x]);
          const read = await one.extract({ partRows });
          watermark = read?.watermark === undefined ? watermark : Number(read.watermark);
          const { rows: all } = await one.client.query<unknown[]>({
            text: "select n, s, x from t order by n, s nulls last, x nulls last",
            rowMode: "array",
          });
          const kept = await one.kept("select n::int, s, x");
          const sorted = (list: readonly unknown[]): readonly string[] => list.map((row) => JSON.stringify(row)).sort();
          expect(sorted(kept)).toEqual(sorted(all));
          expect(read?.kept.rows).toBe(all.length);
        }
      }),
      { numRuns: 10 },
    );
  });

  it("goes on where reading broke off, with all that was written", async () => {
    await using one = await world("create table t as select n % 7 as s, n / 3 as n from generate_series(1, 40000) n", {
      format: "postgres",
      table: "t",
      cursor,
      lookback,
    });
    const stop = new AbortController();
    let updates = 0;
    const progress = {
      start: () => undefined,
      update: () => {
        if (++updates === 3) stop.abort();
      },
      finish: () => undefined,
    };
    await expect(one.extract({ partRows: 8_000, progress, signal: stop.signal })).rejects.toMatchObject({
      code: "ABORTED",
    });
    const [[before] = []] = await one.kept("select count(*)::int");
    expect(before).toBeGreaterThan(8_000);
    expect(before).toBeLessThan(40_000);
    await one.extract({ partRows: 8_000 });
    expect(await one.kept("select count(*)::int, sum(n)::int, sum(s)::int")).toEqual(
      (
        await one.client.query<unknown[]>({
          text: "select count(*)::int, sum(n)::int, sum(s)::int from t",
          rowMode: "array",
        })
      ).rows,
    );
  });
});
