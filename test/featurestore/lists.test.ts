import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compareCodePoints, type Scalar, type Value } from "../../src/core/index.ts";
import { cellOf, compile, compileRows, fromRaw, parseProject, rowCells, setCell, toRaw } from "../../src/dsl/index.ts";
import { type Carrier, Engine, sqlText } from "../../src/featurestore/duckdb/index.ts";
import { computeVectors, makeTrainingSet } from "../../src/featurestore/index.ts";
import { materialize } from "../../src/featurestore/materialize/index.ts";
import { createFeatureReader } from "../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../src/featurestore/online/lmdb/index.ts";
import { sameValue } from "../dsl/same-value.ts";

const seed = Number(process.env["TONDO_SEED"] ?? 1_414);
const start = Date.UTC(2024, 2, 1) * 1000;
const hour = 3_600_000_000;
const wide = 2n ** 53n + 1n;

const definitions = `
entity dish (dish: string)

snapshot dishes {
  parquet "dishes/*.parquet" known loaded_at
  columns (dish: string, updated_at: timestamp, loaded_at: timestamp, tags: list<string>, counts: list<int>,
    taste: embedding(4), flags: list<bool>, days: list<date>, moments: list<timestamp>, amounts: list<float>)
  at updated_at
}

table sizes {
  parquet "sizes.parquet"
}

group dish:menu from dishes by dish {
  tags, counts, taste, flags, days, moments, amounts
  half = slice(taste, 1, 3)
  hot = contains(tags, "hot")
  safe_tags = if(len(tags) > 1, tags, missing)
}

group dish:size from sizes by dish {
  sizes
}

vector dinner {
  key dish
  input wish: embedding(4)?, seen: list<string>?

  taste  = @dish:menu:taste
  half   = @dish:menu:half
  dot    = dot(@dish:menu:taste, wish)
  cosine = cosine(@dish:menu:taste, wish)
  norm   = norm(wish ?? @dish:menu:taste)
  far    = l2(@dish:menu:taste, wish)
  tags   = len(@dish:menu:tags)
  safe   = len(@dish:menu:safe_tags)
  hot    = @dish:menu:hot
  saw    = len(seen ?? @dish:menu:tags)
  both   = contains(seen, item(@dish:menu:tags, -1))
  wide   = contains(@dish:menu:counts, ${String(wide)})
  first  = item(@dish:menu:counts, 0)
  flag   = item(@dish:menu:flags, -1)
  day    = item(@dish:menu:days, 1)
  moment = item(@dish:menu:moments, 0)
  amount = item(@dish:menu:amounts, 0)
  none   = @dish:menu:taste is missing
  size   = item(@dish:size:sizes, 2)

  label y: float
}
`;

type List = readonly (Scalar | null)[] | null;
interface Dish {
  readonly dish: string;
  readonly t: number;
  readonly k: number;
  readonly lists: Readonly<Record<string, List>>;
}

/** The columns read, in the order of the tie-break, with their types in the file. */
const columns: Readonly<Record<string, { readonly sql: string; readonly carrier: Carrier }>> = {
  amounts: { sql: "double[]", carrier: "number list" },
  counts: { sql: "bigint[]", carrier: "int list" },
  days: { sql: "date[]", carrier: "number list" },
  flags: { sql: "boolean[]", carrier: "number list" },
  moments: { sql: "timestamp[]", carrier: "number list" },
  tags: { sql: "varchar[]", carrier: "text list" },
  taste: { sql: "double[]", carrier: "embedding" },
};

function listOf(items: readonly Scalar[], bare: Scalar | null = null): fc.Arbitrary<List> {
  const item = fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...items) }, fc.constant(bare));
  return fc.oneof({ weight: 7, arbitrary: fc.array(item, { maxLength: 3 }) }, fc.constant(null));
}

const numbers = fc.constantFrom(0, 1, -0.25, 0.1, 1e200, 1 / 3);
const whole = fc.array(numbers, { minLength: 4, maxLength: 4 });
const taste: fc.Arbitrary<List> = fc.oneof(
  { weight: 8, arbitrary: whole },
  { weight: 1, arbitrary: fc.array(numbers, { maxLength: 5 }) },
  whole.map((list): List => [...list.slice(0, 3), Number.NaN]),
  whole.map((list): List => [null, ...list.slice(1)]),
  fc.constant(null),
);
const dishes: fc.Arbitrary<Dish> = fc.record({
  dish: fc.constantFrom("a", "b", "c", "d", "e", "f"),
  t: fc.integer({ min: 0, max: 5 }).map((n) => start + n * hour),
  k: fc.integer({ min: 0, max: 5 }).map((n) => start + n * hour),
  lists: fc.record({
    amounts: listOf([0, 0.5, -3, 5e-324], Number.NaN),
    counts: listOf([1, 2, -1, wide, 2n ** 63n - 1n, -(2n ** 63n)]),
    days: listOf([0, 19_782, -1]),
    flags: listOf([true, false]),
    moments: listOf([0, start, -1]),
    tags: listOf(["hot", "", "a", "ab", "it's", "\u{1F600}", "\uFF5E", 'a"b\\']),
    taste,
  }),
});

function cell(value: Scalar | null, type: string): string {
  if (value === null) return "null";
  if (typeof value === "string") return sqlText(value);
  if (type === "timestamp[]") return `make_timestamp(${String(value)})`;
  if (type === "date[]") return `(date '1970-01-01' + ${String(value)})`;
  return type === "double[]" ? `'${String(value)}'::double` : `(${String(value)})`;
}

function listSql(list: List, type: string): string {
  return list === null ? `null::${type}` : `[${list.map((value) => cell(value, type)).join(", ")}]::${type}`;
}

/** A list as the language has it. */
function entered(name: string, list: List): Value {
  if (list === null) return null;
  const there = list.filter((value): value is Scalar => value !== null && value === value);
  if (name !== "taste") return there;
  return list.length === 4 && there.length === 4 ? there : null;
}

function order(a: Value, b: Value): number {
  if (a === null || b === null) return Number(a !== null) - Number(b !== null);
  if (typeof a === "object" && typeof b === "object") {
    for (const [i, item] of a.entries()) {
      const other = b[i];
      if (other === undefined) return 1;
      const sign = order(item, other);
      if (sign !== 0) return sign;
    }
    return a.length - b.length;
  }
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What stands for a dish at a moment: contract 2 and 3, by nested loops. */
function standing(rows: readonly Dish[], dish: string | null, q: number): Readonly<Record<string, Value>> | undefined {
  let best: Dish | undefined;
  for (const row of rows) {
    if (row.dish !== dish || row.t > q || row.k > q) continue;
    if (best === undefined || compare(row, best) > 0) best = row;
  }
  return best === undefined
    ? undefined
    : Object.fromEntries(Object.entries(best.lists).map(([name, list]) => [name, entered(name, list)]));
}

function compare(a: Dish, b: Dish): number {
  if (a.t !== b.t) return a.t - b.t;
  if (a.k !== b.k) return a.k - b.k;
  for (const name of Object.keys(columns)) {
    const sign = order(entered(name, a.lists[name] ?? null), entered(name, b.lists[name] ?? null));
    if (sign !== 0) return sign;
  }
  return 0;
}

let folder: string;
let engine: Engine;
let data: readonly Dish[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-lists-"));
  engine = await Engine.open({ threads: 2 });
  data = fc.sample(dishes, { seed, numRuns: 260 });
  const rows = data.map(
    ({ dish, t, k, lists }) =>
      `('${dish}', make_timestamp(${String(t)}), make_timestamp(${String(k)}), ${Object.entries(columns)
        .map(([name, { sql }]) => listSql(lists[name] ?? null, sql))
        .join(", ")})`,
  );
  const names = ["dish", "updated_at", "loaded_at", ...Object.keys(columns)].join(", ");
  for (const [part, from, to] of [
    ["a", 0, 100],
    ["b", 100, 260],
  ] as const) {
    await engine.run(
      `copy (select * from (values ${rows.slice(from, to).join(", ")}) v(${names})) to ${sqlText(join(folder, `dishes-${part}.parquet`))} (format parquet)`,
      "test",
    );
  }
  await engine.run(
    `copy (select * from (values ('a', [1.5, 2, 0.1]::float[3]), ('b', null), ('c', [0, 1, null]::float[3])) v(dish, sizes)) to ${sqlText(join(folder, "sizes.parquet"))} (format parquet)`,
    "test",
  );
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

const compiled = (): ReturnType<typeof compile> =>
  compile(
    parseProject([{ path: "lists.tondo", text: definitions.replace("dishes/*.parquet", "dishes-*.parquet") }]),
    new Map([["sizes", { dish: "string?", sizes: "list<float>?" }]]),
  );

const wishes: readonly Value[] = [[1, 0, -1, 0.1], null, [0, 0, 0, 0], [1e200, 1e200, 1, 1]];
const seens: readonly Value[] = [["hot", "a"], null, [], ["\u{1F600}", ""]];
const left = Array.from({ length: 96 }, (_, i) => ({
  dish: ["a", "b", "c", "d", "e", "f", "new", null][i % 8] ?? null,
  at: BigInt(start + Math.floor(i / 8) * (hour / 2)),
  wish: wishes[(i * 3) % 4] ?? null,
  seen: seens[(i * 7 + 1) % 4] ?? null,
  y: i,
}));

describe("lists and embeddings", () => {
  it("are in a training set what stood at each moment, ties broken element by element", async () => {
    const { plan, diagnostics } = compiled();
    expect(diagnostics).toEqual([]);
    const vector = plan?.vectors[0];
    if (vector === undefined) throw new Error("no vector");
    const made = await makeTrainingSet({ vector, rows: left, folder, output: "set", raw: true });
    const path = sqlText(join(made.folder, "train.parquet"));
    const raw = vector.reads.filter(({ group }) => group === "menu").map(({ id, stored }) => ({ id, stored }));
    expect(raw.map(({ stored }) => stored).sort()).toEqual(Object.keys(columns));
    const select = raw.map(({ id, stored }) => {
      const type = columns[stored]?.sql;
      if (type === "timestamp[]") return `list_transform("${id}", lambda x: epoch_us(x)::double)`;
      if (type === "date[]") return `list_transform("${id}", lambda x: (x - date '1970-01-01')::double)`;
      return type === "boolean[]" ? `list_transform("${id}", lambda x: x::int::double)` : `"${id}"`;
    });
    let seen = 0;
    for await (const chunk of engine.chunks(`select ${select.join(", ")} from ${path}`, "test")) {
      expect(chunk.rows).toBe(left.length);
      for (const [i, { stored }] of raw.entries()) {
        const column = chunk.column(i, columns[stored]?.carrier ?? "text");
        for (const [r, row] of left.entries()) {
          const expected = standing(data, row.dish, Number(row.at))?.[stored] ?? null;
          const kind = stored === "flags" ? "list<bool>" : stored === "taste" ? "embedding(4)" : "list<float>";
          const got = fromRaw(column[r] ?? null, kind);
          if (!sameValue(got, expected))
            throw new Error(`${stored} of row ${String(r)}: ${String(got)}, not ${String(expected)}`);
          if (got !== null) seen++;
        }
      }
    }
    expect(seen).toBeGreaterThan(300);
    const described = await engine.rows(`describe select * from ${path}`, "test");
    const types = new Map(described.map((row) => [row["column_name"], row["column_type"]]));
    expect(raw.map(({ id, stored }) => [stored, types.get(id)])).toEqual(
      raw.map(({ stored }) => [stored, columns[stored]?.sql.toUpperCase()]),
    );
  });

  it("give the same slots in a training set, computed alone, from Parquet rows and online", async () => {
    const { plan } = compiled();
    const vector = plan?.vectors[0];
    if (plan === undefined || vector === undefined) throw new Error("no vector");
    expect(vector.slots.map(({ name }) => name).slice(0, 6)).toEqual([
      ...["taste_0", "taste_1", "taste_2", "taste_3", "half_0", "half_1"],
    ]);
    const alone = await computeVectors({ vector, fitted: {}, rows: left, folder });
    const values = left.map(
      ({ dish, at, wish, seen, y }) =>
        `(${dish === null ? "null" : `'${dish}'`}, make_timestamp(${String(at)}), ${listSql(wish as List, "double[]")}, ${listSql(seen as List, "varchar[]")}, ${String(y)}::double)`,
    );
    await engine.run(
      `copy (select * from (values ${values.join(", ")}) v(dish, "at", wish, seen, y)) to ${sqlText(join(folder, "left.parquet"))} (format parquet)`,
      "test",
    );
    const { folder: set } = await makeTrainingSet({ vector, rows: "left.parquet", folder, output: "set-of-file" });
    const slots = vector.slots.map(({ name, type }) => {
      if (type.startsWith("timestamp")) return `epoch_us("${name}")::double`;
      return type.startsWith("date") ? `("${name}" - date '1970-01-01')::double` : `"${name}"::double`;
    });
    let present = 0;
    for await (const chunk of engine.chunks(
      `select ${slots.join(", ")} from ${sqlText(join(set, "train.parquet"))}`,
      "reading the slots",
    )) {
      for (const [s, { name }] of vector.slots.entries()) {
        const column = chunk.column(s, "number");
        for (let r = 0; r < chunk.rows; r++) {
          const value = alone.rows[r]?.[s] ?? null;
          const number = value === null ? Number.NaN : Number(value);
          if (!Object.is(column[r], number)) throw new Error(`${name} of row ${String(r)}: ${String(column[r])}`);
          if (value !== null) present++;
        }
      }
    }
    expect(present).toBeGreaterThan(700);
    const asOf = start + 3 * hour;
    const store = LmdbStore.open({ folder: join(folder, "online") });
    try {
      await materialize({ project: plan, folder, home: folder, store, engine, asOf: BigInt(asOf) });
      const features = createFeatureReader({ project: plan, store });
      const program = compileRows(vector.slots);
      const prepared = features.prepare(vector);
      const asked = left.map((row) => ({ ...row, at: BigInt(asOf) }));
      const offline = await computeVectors({ vector, fitted: {}, rows: asked, folder });
      for (const [r, { dish, wish, seen }] of asked.entries()) {
        const inputs: Readonly<Record<string, Value>> = { dish, wish, seen };
        const answer = await prepared.read({ columns: inputs }, asOf);
        const given = rowCells(program.leaves.length);
        for (const [i, { name, kind }] of program.leaves.entries()) {
          const own = name.slice(name.indexOf(":") + 1);
          const read = vector.reads.findIndex(({ id }) => id === own);
          setCell(given, i, read < 0 ? toRaw(inputs[own] ?? null, kind) : (answer.values[read] ?? null));
        }
        const results = rowCells(program.outputs.length);
        program.row(given, results);
        for (const [s, { name, kind }] of program.outputs.entries()) {
          const online = fromRaw(cellOf(results, s, kind), kind);
          const other = offline.rows[r]?.[s] ?? null;
          if (!sameValue(online, other))
            throw new Error(`${name} of ${String(dish)}: online ${String(online)}, offline ${String(other)}`);
        }
        const stored = standing(data, dish, asOf);
        if (dish === null) continue;
        const names = [...Object.keys(columns), "half", "safe_tags"].map((name) => `dish:menu:${name}`);
        const row = await features.get(names, { dish }, { at: BigInt(asOf) });
        for (const name of Object.keys(columns)) {
          expect(row.values[`dish:menu:${name}`]?.value ?? null).toStrictEqual(stored?.[name] ?? null);
        }
        const whole = stored?.["taste"] as readonly Scalar[] | null | undefined;
        expect(row.values["dish:menu:half"]?.value ?? null).toStrictEqual(whole?.slice(1, 3) ?? null);
        const tags = stored?.["tags"] as readonly Scalar[] | null | undefined;
        expect(row.values["dish:menu:safe_tags"]?.value ?? null).toStrictEqual((tags?.length ?? 0) > 1 ? tags : null);
      }
    } finally {
      await store.close();
    }
  });

  it("refuse rows of another form, and files that cannot hold them", async () => {
    const vector = compiled().plan?.vectors[0];
    if (vector === undefined) throw new Error("no vector");
    const [row] = left;
    for (const wish of [[1, 2], "1,2,3,4", [1, 2, 3, "4"], 7]) {
      await expect(computeVectors({ vector, fitted: {}, rows: [{ ...row, wish }], folder })).rejects.toMatchObject({
        code: "ROWS_INVALID",
      });
    }
    await engine.run(
      `copy (select 'a' as dish, now() as at, 'x' as wish, 'y' as seen, 1.0 as y) to ${sqlText(join(folder, "left.csv"))} (format csv, header)`,
      "test",
    );
    await expect(makeTrainingSet({ vector, rows: "left.csv", folder, output: "csv" })).rejects.toMatchObject({
      code: "ROWS_INVALID",
      message: expect.stringContaining("CSV cannot hold") as string,
    });
  });
});
