import { spawn } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ProgressPart, typeName, type Value } from "../../../src/core/index.ts";
import { compileRows, type ExpressionPlan, fromRaw } from "../../../src/dsl/index.ts";
import { carrierOf, Engine, fromCarrier, type TableColumn, toCarrier } from "../../../src/featurestore/duckdb/index.ts";
import { floorDivide, floorTo } from "../../../src/featurestore/offline/files/floor-sql.ts";

const foldersIn = async (folder: string): Promise<readonly string[]> =>
  (await readdir(folder)).filter((name) => /^tondo-spill-[0-9a-f-]{36}$/.test(name)).sort();

let engine: Engine;
beforeAll(async () => {
  engine = await Engine.open({ threads: 2 });
});
afterAll(() => {
  engine.close();
});

const columns: readonly TableColumn[] = [
  { name: "b", kind: "bool" },
  { name: "i", kind: "int" },
  { name: "f", kind: "float" },
  { name: "s", kind: "string" },
  { name: "t", kind: "timestamp" },
  { name: "lb", kind: "list<bool>" },
  { name: "li", kind: "list<int>" },
  { name: "lf", kind: "list<float>" },
  { name: "ls", kind: "list<string>" },
  { name: "lt", kind: "list<timestamp>" },
  { name: "e", kind: "embedding(3)" },
];

/** Rows over many chunks, where chunks with and without missing values, and with and without wide ints, alternate. */
const rows: readonly (readonly Value[])[] = Array.from({ length: 20_000 }, (_, i) => {
  const odd = Math.floor(i / 2048) % 2 === 1;
  if (odd && i % 5 === 0) return columns.map(() => null);
  return [
    i % 3 === 0,
    odd && i % 7 === 0 ? 2n ** 60n + BigInt(i) : i - 9,
    i / 7,
    i % 11 === 0 ? "" : `${["ß😀", "\uFEFF", "\uFEFF\uFEFF: longer than a short text"][i % 3] ?? ""}${String(i)}`,
    5 - i * 1_000_003,
    Array.from({ length: i % 3 }, (_, n) => n % 2 === 0),
    odd ? [2n ** 62n + BigInt(i), -7, -(2n ** 63n)] : Array.from({ length: i % 4 }, (_, n) => n - i),
    Array.from({ length: i % 5 }, (_, n) => n / 7 - i),
    Array.from({ length: i % 2 }, () => ["", `it's "${String(i)}", \\ [x] 😀`, "null"]).flat(),
    i % 13 === 0 ? [] : [5 - i],
    [i, -1 / 3, 1e300],
  ];
});

describe("an engine", () => {
  it("takes and gives values as they are, chunk by chunk", async () => {
    await engine.load("given", columns, rows, "loading");
    const selected = columns.map(({ name, kind }) => toCarrier(fromCarrier(`"${name}"`, kind), kind));
    const back: Value[][] = [];
    for await (const chunk of engine.chunks(`select ${selected.join(", ")} from given order by rowid`, "reading")) {
      const values = columns.map(({ kind }, c) => chunk.column(c, carrierOf(kind)));
      for (let row = 0; row < chunk.rows; row++)
        back.push(columns.map(({ kind }, c) => fromRaw(values[c]?.[row] ?? null, kind)));
    }
    expect(back).toStrictEqual(rows);
  });

  it("calls generated code from SQL, which sees each row as it is", async () => {
    const same = columns.map(({ name, kind }) => ({
      name,
      value: { node: "column", type: typeName({ kind, optional: true }), name } satisfies ExpressionPlan,
    }));
    const program = compileRows(same);
    const args = program.leaves.map(({ name, kind }) =>
      toCarrier(fromCarrier(`"${name.slice("column:".length)}"`, kind), kind),
    );
    const call = `${engine.register(program)}(${args.join(", ")})`;
    const [row] = await engine.rows(
      `select count(*)::int as n, count(*) filter (where ${columns
        .map(
          ({ name, kind }, i) =>
            `${fromCarrier(`js.o${String(i)}`, kind)} is not distinct from ${fromCarrier(`"${name}"`, kind)}`,
        )
        .join(" and ")})::int as same from (select *, ${call} as js from given)`,
      "comparing",
    );
    expect(row).toEqual({ n: rows.length, same: rows.length });
  });

  it("is there for something else once a large result is read no further, by its reader's will or since it was aborted", async () => {
    const many = "select range::double as n from range(1000000)";
    for (let i = 0; i < 5; i++) {
      let seen = 0;
      for await (const { rows } of engine.chunks(many, "reading")) if ((seen += rows) > 2048 * i) break;
      expect(seen).toBeGreaterThan(2048 * i);
      expect(await engine.rows("select 1 as one", "asking")).toEqual([{ one: 1 }]);
      const controller = new AbortController();
      const reading = engine.chunks(many, "reading", controller.signal);
      await reading.next();
      controller.abort();
      const rest = async (): Promise<void> => {
        for await (const { rows } of reading) seen += rows;
      };
      await expect(rest()).rejects.toMatchObject({ code: "ABORTED" });
      expect(await engine.rows("select 2 as two", "asking")).toEqual([{ two: 2 }]);
    }
  });

  it("gives several large results one behind the other, each whole and in order", async () => {
    const statement = (i: number): string =>
      `select (range + ${String(i * 10_000)})::double as n from range(${String(i * 5000)})`;
    const statements = [0, 1, 2, 3].map(statement);
    const found: number[][] = statements.map(() => []);
    for await (const { chunk, statement: of } of engine.chunksOfEach(statements, "reading"))
      found[of]?.push(...Array.from(chunk.column(0, "number"), Number));
    expect(found).toEqual([0, 1, 2, 3].map((i) => Array.from({ length: i * 5000 }, (_, n) => n + i * 10_000)));
    expect(await engine.rows("select current_setting('threads')::int as n", "asking")).toEqual([{ n: 2 }]);
    const none = [];
    for await (const { chunk } of engine.chunksOfEach([], "reading")) none.push(chunk);
    expect(none).toEqual([]);
  });

  it("ends what it makes ahead where nobody takes it, and fails where that comes to be taken", async () => {
    const [some, endless] = [
      "select 1::double as n from range(5000)",
      `select sum(a.range + b.range)::double from range(1000000) a, range(1000000) b`,
    ];
    const rowsOf = async (statements: readonly string[], signal?: AbortSignal, most = Infinity): Promise<number> => {
      let rows = 0;
      for await (const { chunk } of engine.chunksOfEach(statements, "reading", signal))
        if ((rows += chunk.rows) >= most) break;
      return rows;
    };
    expect(await rowsOf([some, endless], undefined, 1)).toBe(2048);
    const controller = new AbortController();
    const reading = rowsOf([some, endless], controller.signal);
    setTimeout(() => {
      controller.abort();
    }, 100);
    await expect(reading).rejects.toMatchObject({ code: "ABORTED" });
    await expect(rowsOf([some, "select error('no such thing')::double"])).rejects.toThrow("no such thing");
    expect(await engine.rows("select 1 as one", "asking")).toEqual([{ one: 1 }]);
  });

  it("ends what takes long where it is aborted, and goes on working", async () => {
    const controller = new AbortController();
    const long = engine.run(
      "create or replace temp table l as select count(*) from range(100000) a, range(10000000) b",
      "counting",
      controller.signal,
    );
    setTimeout(() => {
      controller.abort();
    }, 100);
    const started = performance.now();
    await expect(long).rejects.toMatchObject({ code: "ABORTED", message: "counting was cancelled" });
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(await engine.rows("select 1 as one", "asking")).toEqual([{ one: 1 }]);
    await expect(engine.rows("select 1", "asking", controller.signal)).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("spills where it may, up to its limit, and says so where it may not", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tondo-engine-"));
    const sort =
      "create temp table sorted as select * from (select hash(i) as h, i from range(15000000) t(i)) order by h";
    try {
      const options = { memory: "500MB", threads: 1 };
      const spilling = await Engine.open({ ...options, spillFolder: join(folder, "a") });
      await spilling.run(sort, "sorting");
      expect(await foldersIn(join(folder, "a"))).toHaveLength(1);
      spilling.close();
      expect(await readdir(join(folder, "a"))).toEqual([]);
      const bounds = [
        [{}, "memory"],
        [{ spillFolder: join(folder, "b"), spillLimit: "10MB" }, "spillLimit"],
      ] as const;
      for (const [bound, limit] of bounds) {
        const bounded = await Engine.open({ ...options, ...bound });
        await expect(bounded.run(sort, "sorting")).rejects.toMatchObject({
          code: "LIMIT_EXCEEDED",
          hint: expect.stringContaining(`\`${limit}\``) as string,
          details: { limit },
        });
        bounded.close();
      }
      expect(await readdir(join(folder, "b"))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("shares a spill folder with others, and removes what a killed one left there", async () => {
    const folder = await mkdtemp(join(tmpdir(), "tondo-engine-"));
    try {
      const living = await Engine.open({ threads: 1, spillFolder: folder });
      const child = spawn(process.execPath, [join(import.meta.dirname, "spill-until-killed.ts"), folder], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const ended = new Promise((resolve) => child.once("close", resolve));
      await new Promise((resolve) => child.stdout.once("data", resolve));
      const before = await foldersIn(folder);
      child.kill("SIGKILL");
      await ended;
      expect(before).toHaveLength(2);
      expect(await foldersIn(folder)).toEqual(before);
      const next = await Engine.open({ threads: 1, spillFolder: folder });
      const after = await foldersIn(folder);
      expect(after).toHaveLength(2);
      expect(after).not.toEqual(before);
      expect(await living.rows("select 1 as one", "asking")).toEqual([{ one: 1 }]);
      living.close();
      next.close();
      expect(await readdir(folder)).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("tells how many rows a statement looks at, to whom wants to know", async () => {
    const told: ProgressPart[] = [];
    await engine.run("create or replace temp table looked_at as select range as i from range(4000000)", "making");
    const sort = "create or replace temp table sorted as select i from looked_at order by md5(i::varchar)";
    await engine.watch((part) => told.push(part));
    await engine.run(sort, "sorting");
    for (const { name, rows, total = 0 } of told) {
      expect(name).toBe("sorting");
      expect(rows).toBeGreaterThanOrEqual(0);
      expect(total).toBeGreaterThanOrEqual(rows);
    }
    expect(told.some(({ rows }) => rows > 0)).toBe(true);
    told.length = 0;
    await engine.watch(undefined);
    await engine.run("create or replace temp table sorted as select i from looked_at order by hash(i)", "sorting");
    expect(told).toEqual([]);
  });

  it("hears an abort of a statement that has not begun yet", async () => {
    const controller = new AbortController();
    const long = engine.rows("select count(*) from range(1000000) a, range(100000) b", "counting", controller.signal);
    controller.abort();
    await expect(long).rejects.toMatchObject({ code: "ABORTED" });
  });

  it("says what failed in the words of this library", async () => {
    await expect(engine.run("select * from read_parquet('/none/x.parquet')", "reading x")).rejects.toMatchObject({
      code: "SOURCE_MISSING",
    });
    await expect(engine.run("copy (select 1) to '/none/x.parquet'", "writing x")).rejects.toMatchObject({
      code: expect.stringMatching(/IO_FAILED|SOURCE_UNREADABLE/) as string,
    });
    // A word of a path or of a value says nothing of what failed.
    for (const [sql, code] of [
      ["select * from read_parquet('/none/interrupted/x.parquet')", "SOURCE_MISSING"],
      ["select 'INTERRUPT'::int", "SOURCE_UNREADABLE"],
    ] as const)
      await expect(engine.run(sql, "reading x")).rejects.toMatchObject({ code });
    await expect(engine.run("select none", "asking")).rejects.toMatchObject({
      code: "INTERNAL",
      hint: expect.any(String) as string,
    });
    for (const options of [{ memory: "much" }, { threads: 1.5 }, { spillLimit: "all" }])
      await expect(Engine.open(options)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(Engine.open({ spillFolder: "/dev/null/spill" })).rejects.toMatchObject({ code: "IO_FAILED" });
  });
});

describe("floors in SQL", () => {
  it("go down, also below zero", async () => {
    const values = [-7, -6, -1, 0, 1, 5, 6, -9007199254740991, 9007199254740991];
    for (const value of values) {
      const [row] = await engine.rows(
        `select ${floorDivide(String(value), "6")}::double as d, ${floorTo(String(value), 6)}::double as t`,
        "dividing",
      );
      expect(row).toEqual({ d: Math.floor(value / 6), t: Number(BigInt(Math.floor(value / 6)) * 6n) });
    }
  });
});
