import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Value } from "../../../../src/core/index.ts";
import type { VectorPlan } from "../../../../src/dsl/index.ts";
import { Engine, loadProject } from "../../../../src/featurestore/index.ts";
import { computeRows } from "../../../../src/featurestore/offline/compute-rows.ts";
import type { JoinPlan } from "../../../../src/featurestore/offline/joins/join-plan.ts";

/** Written by hand, moment by moment: what the time contract says at each edge, for each way to join. */
const definitions = `
entity store (store: string)
entity place (store: string, town: string)

events visits {
  parquet "visits.parquet"
  columns (store: string, town: string, t: timestamp)
  at t
}

events pings {
  parquet "pings.parquet" known k
  parquet "more.parquet"
  columns (store: string, t: timestamp, k: timestamp, x: int)
  at t
}

events sales {
  parquet "sales.parquet" known k
  columns (store: string, t: timestamp, k: timestamp, i: string, j: string, x: int, d: bool)
  at t
  id i, j
  deleted d
}

snapshot states {
  parquet "states.parquet" known k
  columns (store: string, t: timestamp, k: timestamp, x: int, d: bool)
  at t
  deleted d
}

snapshot plain {
  parquet "plain.parquet"
  columns (store: string, t: timestamp, x: int)
  at t
}

table sites {
  parquet "sites.parquet"
  columns (store: string, x: int)
}

group store:pings from pings by store {
  n = count() over 12s
  last = last(x) over 12s
  next = count() over next 10s
}
group store:recent from pings by store { recent = last_k(x, 9) over 60s }
group place:visits from visits by store, town { n = count() over 60s }
group store:sales from sales by store { sum = sum(x) over 60s }
group store:state from states by store {
  ttl 10s
  x
}
group store:plain from plain by store { x }
group store:site from sites by store { x }

vector pings {
  key store
  n = @store:pings:n
  last = @store:pings:last
  label next = @store:pings:next
}
vector recent {
  key store
  recent0 = item(@store:recent:recent, 0)
  recent1 = item(@store:recent:recent, 1)
  recent2 = item(@store:recent:recent, 2)
  recent3 = item(@store:recent:recent, 3)
  recent4 = item(@store:recent:recent, 4)
}
vector visits {
  key place
  n = @place:visits:n
}
vector sales {
  key store
  sum = @store:sales:sum
}
vector state {
  key store
  x = @store:state:x
}
vector plain {
  key store
  x = @store:plain:x
}
vector site {
  key store
  x = @store:site:x
}
`;

const plans: readonly JoinPlan[] = [
  { windows: "sweep", states: "asof" },
  { windows: "range", states: "range" },
  { windows: "sweep", states: "asof", parts: 2 },
];

/** Half a century before 1970 as well: what is cut towards it shows there. */
const bases = [0n, -1_500_000_000_000_000n];
const stores = ["r", "s"];

let folder: string;
let engine: Engine;
let vectors: readonly VectorPlan[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-boundaries-"));
  engine = await Engine.open({ threads: 1 });
  await writeFile(join(folder, "p.tondo"), definitions);
  vectors = (await loadProject(folder)).plan.vectors;
});
afterAll(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

/** Seconds as microseconds, from one of the bases. */
const micros = (seconds: number, base: bigint): bigint => base + BigInt(Math.round(seconds * 1e6));

/** Rows of a source: times in seconds as `t` and `k`, alike for each base under a store of its own. */
async function write(
  name: string,
  columns: Readonly<Record<string, string>>,
  rows: readonly Readonly<Record<string, Value>>[],
): Promise<void> {
  const cell = (value: Value | undefined, type: string, base: bigint): string => {
    if (value === null || value === undefined) return `null::${type}`;
    return type === "timestamp"
      ? `make_timestamp(${String(micros(Number(value), base))})`
      : `'${String(value)}'::${type}`;
  };
  const values = bases.flatMap((base, i) =>
    rows.map((row) => {
      const store = row["store"] === null ? "null" : `'${stores[i] ?? ""}'`;
      return `(${[store, ...Object.entries(columns).map(([column, type]) => cell(row[column], type, base))].join(", ")})`;
    }),
  );
  await engine.run(
    `copy (select * from (values ${values.join(", ")}) v(store, ${Object.keys(columns).join(", ")})) to '${join(folder, name)}' (format parquet)`,
    "writing rows",
  );
}

/** What the outputs of a vector are at moments, in seconds, the same from each base and by each plan. */
async function expectAt(name: string, expected: readonly (readonly [number, ...(number | null)[]])[]): Promise<void> {
  const vector = vectors.find((one) => one.name === name);
  if (vector === undefined) throw new Error(`no vector ${name}`);
  const outputs = [...vector.slots, ...vector.labels];
  const rows = bases.flatMap((base, i) =>
    expected.map(([seconds]) => ({ at: micros(seconds, base), store: stores[i] ?? "" })),
  );
  for (const plan of plans) {
    const computed = await computeRows({ engine, vector, outputs, rows, places: { folder }, plan });
    const answers = bases.flatMap(() => expected.map(([seconds, ...values]) => [seconds, values]));
    expect(
      computed.map((values, i) => [answers[i]?.[0], values.map((value) => (value === null ? null : Number(value)))]),
      JSON.stringify(plan),
    ).toEqual(answers);
  }
}

const tiny = 0.000001;

describe("at its edges", () => {
  it("a window sees what happened before, was known by then, and lies within its hop; each place adds its rows", async () => {
    const columns = { t: "timestamp", k: "timestamp", x: "bigint" };
    await write("pings.parquet", columns, [
      { t: 100, k: 100, x: 1 },
      { t: 100, k: 105, x: 2 },
      { t: 100, k: 105, x: null },
      { t: 101, k: null, x: 9 },
      { t: null, k: 100, x: 9 },
      { store: null, t: 100, k: 100, x: 9 },
    ]);
    // The same event at another place counts again: nothing says that they are one.
    await write("more.parquet", columns, [{ t: 100, k: null, x: 1 }]);
    await expectAt("pings", [
      [90 - tiny, 0, null, 0],
      [90, 0, null, 2],
      [95 - tiny, 0, null, 2],
      [95, 0, null, 4],
      [100 - tiny, 0, null, 4],
      [100, 0, null, 0],
      [100 + tiny, 2, 1, 0],
      [105 - tiny, 2, 1, 0],
      [105, 4, 2, 0],
      [112, 4, 2, 0],
      [113 - tiny, 4, 2, 0],
      [113, 0, null, 0],
    ]);
  });

  it("events that become known together are in the order of their times, and those of one time in that of their columns", async () => {
    const columns = { t: "timestamp", k: "timestamp", x: "bigint" };
    const known = { k: 110 };
    await write("pings.parquet", columns, [
      { ...known, t: 100, x: 2 },
      { ...known, t: 101, x: 4 },
      { ...known, t: 100, x: 5 },
      { ...known, t: 101, x: 3 },
      { ...known, t: 100, x: 1 },
    ]);
    await write("more.parquet", columns, [{ t: 10, k: 10, x: 9 }]);
    await expectAt("recent", [
      [110 - tiny, null, null, null, null, null],
      [110, 4, 3, 5, 2, 1],
    ]);
  });

  it("an event with an id counts in its last version known, a repeat changes nothing, and a deletion ends it", async () => {
    const columns = { t: "timestamp", k: "timestamp", i: "varchar", j: "varchar", x: "bigint", d: "boolean" };
    await write("sales.parquet", columns, [
      { t: 100, k: 100, i: "a", j: "a", x: 1 },
      { t: 100, k: 110, i: "a", j: "a", x: 3 },
      { t: 100, k: 110, i: "a", j: "a", x: 5 },
      { t: 100, k: 112, i: "a", j: "a", x: 1 },
      { t: 100, k: 100, i: "b", j: "a", x: 10, d: false },
      { t: 100, k: 108, i: "b", j: "a", x: 10, d: true },
      // Another event, since a part of its id is another; and two of their own, since a part is missing.
      { t: 100, k: 100, i: "b", j: "b", x: 100 },
      { t: 100, k: 100, i: "b", j: null, x: 1000 },
      { t: 100, k: 100, i: "b", j: null, x: 1000 },
      { t: 100, k: 114, i: null, j: "b", x: 10_000, d: true },
    ]);
    await expectAt("sales", [
      [100, null],
      [100 + tiny, 2111],
      [108 - tiny, 2111],
      [108, 2101],
      [110 - tiny, 2101],
      [110, 2105],
      [115, 2105],
    ]);
  });

  it("the last state known wins whole, for as long as it lives, and a deletion is one", async () => {
    const columns = { t: "timestamp", k: "timestamp", x: "bigint", d: "boolean" };
    await write("states.parquet", columns, [
      { t: 100, k: 100, x: 1 },
      { t: 100, k: 103, x: 2 },
      { t: 100, k: 103, x: null },
      { t: 99, k: 106, x: 7 },
      { t: 101, k: null, x: 8 },
      { t: 104, k: 107, x: 9, d: true },
      { t: 120, k: 120, x: 4, d: false },
      { t: 140, k: 140, x: 5, d: true },
      { t: 140, k: 141, x: 6 },
    ]);
    await expectAt("state", [
      [100 - tiny, null],
      [100, 1],
      [103 - tiny, 1],
      [103, 2],
      [106, 2],
      [107 - tiny, 2],
      [107, null],
      [120, 4],
      [130, 4],
      [130 + tiny, null],
      [140, null],
      [141 - tiny, null],
      [141, 6],
    ]);
  });

  it("of states of one moment the larger stands, of a table's rows too, and what is missing is less than all", async () => {
    await write("plain.parquet", { t: "timestamp", x: "bigint" }, [
      { t: 100, x: 3 },
      { t: 100, x: null },
      { t: 100, x: 1 },
      { t: 110, x: null },
      { t: 120, x: 5 },
      { t: 120, x: -5 },
    ]);
    await expectAt("plain", [
      [100 - tiny, null],
      [100, 3],
      [110 - tiny, 3],
      [110, null],
      [120, 5],
    ]);
    await write("sites.parquet", { x: "bigint" }, [{ x: 1 }, { x: null }, { x: 5 }, { store: null, x: 9 }]);
    await expectAt("site", [[0, 5]]);
  });

  it("a key of which any part is missing is no key, not even one to count for", async () => {
    await engine.run(
      `copy (select unnest(['r', 'r', null, null]) as store, unnest(['ulm', null, 'ulm', null]) as town, timestamp '1970-01-01' as t)
       to '${join(folder, "visits.parquet")}' (format parquet)`,
      "writing rows",
    );
    const [vector] = vectors.filter(({ name }) => name === "visits");
    if (vector === undefined) throw new Error("no vector");
    const rows = [
      ["r", "ulm"],
      ["r", null],
      [null, "ulm"],
      [null, null],
      ["r", "bonn"],
    ].map(([store, town]) => ({ at: 1n, place_store: store, place_town: town }));
    for (const plan of plans) {
      const computed = await computeRows({ engine, vector, outputs: vector.slots, rows, places: { folder }, plan });
      expect(
        computed.map(([n = null]) => (n === null ? null : Number(n))),
        JSON.stringify(plan),
      ).toEqual([1, null, null, null, 0]);
    }
  });
});
