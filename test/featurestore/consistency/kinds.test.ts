import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine, sqlText } from "../../../src/featurestore/duckdb/index.ts";
import { expectConsistent, open, type Tondo } from "../../../src/index.ts";
import { alterLog, logReads, type LoggedRow, writeServedLog } from "./write-served-log.ts";

const start = Date.UTC(2024, 2, 1) * 1000;
const hour = 3_600_000_000;
const loaded = BigInt(start + 20 * hour);

/** A value of each kind, and a key of a second hop that stands where `??` may give it. */
const definitions = `
entity thing (thing: int)
entity place (place: string)

snapshot states {
  parquet "states.parquet"
  at t
  columns (thing: int, t: timestamp, b: bool, i: int, f: float, s: string, m: timestamp, d: date,
    l: list<string>, n: list<float>, e: embedding(3), home: string)
}
events visits {
  parquet "visits.parquet"
  at t
  columns (place: string, who: string, t: timestamp)
}

group thing:state from states by thing {
  ttl 12h
  b, i, f, s, m, d, l, n, e, home
}
group place:visits from visits by place {
  n_6h = count() over 6h
  who = last(who) over 6h
}

vector all {
  key thing
  input wish: float?

  b = @thing:state:b
  i = @thing:state:i
  f = @thing:state:f
  s = len(@thing:state:s)
  m = @thing:state:m
  d = @thing:state:d
  l = len(@thing:state:l)
  n = item(@thing:state:n, 0)
  e = @thing:state:e
  let near = @thing:state:home ?? "plaza"
  visits = @place:visits:n_6h[near]
  who = len(@place:visits:who[near])
  wish = wish | log1p
}

vector bare {
  key thing
  input a: float
  a = a | log1p
}
`;

let folder: string;
let tondo: Tondo;
let rows: readonly LoggedRow[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-kinds-"));
  await writeFile(join(folder, "all.tondo"), definitions);
  const engine = await Engine.open({ threads: 1 });
  const states = `select i % 6 as thing, make_timestamp(${String(start)} + i * ${String(hour)}) as t, i % 2 = 0 as b, ${String(2n ** 53n)} + i as i,
    case when i % 5 = 0 then null else i / 7 end as f, 'text ' || i as s, make_timestamp(${String(start)} - i * 1000001) as m,
    date '1969-12-30' + i::int as d, ['x', 'y'][:(i % 3)::int] as l, [i / 3, 0]::double[] as n,
    [i / 3, 0, -i]::double[] as e, case when i % 4 = 0 then null when i % 4 = 1 then 'nowhere' else 'plaza' end as home from range(18) r(i)`;
  await engine.run(`copy (${states}) to ${sqlText(join(folder, "states.parquet"))}`, "writing");
  const visits = `select 'plaza' as place, 'v' || i as who, make_timestamp(${String(start)} + i * ${String(hour / 2)}) as t from range(60) r(i)`;
  await engine.run(`copy (${visits}) to ${sqlText(join(folder, "visits.parquet"))}`, "writing");
  engine.close();
  tondo = await open({ folder, engine: { threads: 1 } });
  await tondo.apply();
  await tondo.materialize({ asOf: loaded });
  const vector = (await tondo.project()).vectors.find(({ name }) => name === "all");
  if (vector === undefined) throw new Error("no vector");
  const requests = Array.from({ length: 24 }, (_, i) => ({
    keys: { thing: i === 23 ? null : i % 8 },
    at: loaded + BigInt(i * 30 * 60_000_000),
  }));
  rows = await logReads(tondo, vector, requests);
  await writeServedLog(join(folder, "log.parquet"), vector, rows);
}, 60_000);
afterAll(async () => {
  await tondo.close();
  await rm(folder, { recursive: true });
});

const id = (name: string): string => `thing__thing__state__${name}`;

describe("values of every kind", () => {
  it("are served as they are trained on, with their statuses, over both hops", async () => {
    const report = await tondo.consistency("all", { log: "log.parquet" });
    expect([...report.features].filter(({ compared, equal }) => compared !== 24 || equal !== 24)).toEqual([]);
    expect(report.features.map(({ statusesDisagree }) => statusesDisagree)).toEqual(report.features.map(() => 0));
    expect(report).toMatchObject({ consistent: true, warnings: [] });
    // All of it has happened: what is there, missing, expired, never there; a key that `??` gave, and its status.
    const seen = (column: string): ReadonlySet<unknown> => new Set(rows.map((row) => row[column]));
    expect(seen(`status__${id("f")}`)).toEqual(new Set(["present", "missing", "expired", "not_found"]));
    const hop = report.features.map(({ name }) => name).find((name) => name.endsWith("place__visits__n_6h")) ?? "";
    expect(seen(`status__${hop}`)).toEqual(new Set(["present", "missing", "expired", "not_found"]));
    expect(rows.some((row) => row[`status__${hop}`] !== "present" && row[hop] !== null)).toBe(true);
  });

  it("are each found where they are another", async () => {
    const other: Readonly<Record<string, string>> = {
      ...{ b: "not $", i: "$ + 1", f: "$ * 2", s: "$ || '!'", m: "$ + interval 1 microsecond", d: "$ + 1" },
      ...{ l: "list_append($, 'z')", n: "[$[1], -0.0::double]", e: "[$[1], $[2], $[3] - 1]" },
    };
    await alterLog(
      join(folder, "log.parquet"),
      join(folder, "other.parquet"),
      Object.fromEntries(
        Object.entries(other).map(([name, sql]) => {
          const column = `"${id(name)}"`;
          return [id(name), `case when ${column} is not null then ${sql.replaceAll("$", column)} end`];
        }),
      ),
    );
    const report = await tondo.consistency("all", { log: "other.parquet" });
    const of = (name: string): (typeof report.features)[number] | undefined =>
      report.features.find((one) => one.name === id(name));
    const present = (name: string): number => rows.filter((row) => row[id(name)] !== null).length;
    for (const name of Object.keys(other)) {
      const zero = name === "f" ? rows.filter((row) => row[id("f")] === 0).length : 0;
      expect([name, of(name)?.differing]).toEqual([name, present(name) - zero]);
      expect(of(name)?.examples).toHaveLength(3);
    }
    expect(present("i")).toBeGreaterThan(8);
    expect(["i", "m", "d", "n", "e", "s", "b", "l"].map((name) => of(name)?.largestDifference)).toEqual([
      ...[1, 1, 1, 0, 1, null, null, null],
    ]);
    expect(of("i")?.examples[0]?.values?.replayed).toBeTypeOf("bigint");
    // A tolerance is for floats: a whole number that is one off is another one.
    const near = await tondo.consistency("all", { log: "other.parquet", tolerance: 0.9 });
    const beyond = near.features.filter((one) => one.beyond > 0).map(({ name }) => name);
    expect(beyond).toEqual(["b", "i", "s", "m", "d", "l"].map(id).toSorted((a, b) => order(near, a) - order(near, b)));
  });

  it("are expected to be the same by a project's own tests", async () => {
    const requests = [{ keys: { thing: 1 } }, { keys: { thing: 7 } }, { keys: { thing: null } }];
    const report = await expectConsistent(tondo, "all", requests, { at: loaded });
    expect(report).toMatchObject({ consistent: true, rows: 3 });
    const file = await Engine.open({ threads: 1 });
    const path = sqlText(join(folder, "visits.parquet"));
    await file.run(
      `copy (select * from read_parquet(${path}) where who not in ('v35', 'v36')) to ${sqlText(join(folder, "less.parquet"))}`,
      "x",
    );
    await file.run(`copy (select * from read_parquet(${sqlText(join(folder, "less.parquet"))})) to ${path}`, "x");
    file.close();
    const error: unknown = await expectConsistent(tondo, "all", requests, { at: loaded }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      code: "INCONSISTENT",
      message: expect.stringMatching(
        /^all: 1 of \d+ features and slots differ in 3 requests\n {2}near__place__visits__n_6h: \d of 3 rows differ, by at most [12], [\s\S]*request \d at 2024-03-01T20:00:00.000Z, thing 7: served 12, training gives 10 \(agreement was never promised for it\)\n[\s\S]*warning: place:visits: the file "visits.parquet" was rewritten/,
      ) as string,
      details: { vector: "all" },
    });
    await expect(expectConsistent(tondo, "all", [])).rejects.toMatchObject({ message: /nothing was compared/ });
    await expect(expectConsistent(tondo, "al", [])).rejects.toMatchObject({ code: "UNKNOWN_VECTOR" });
  });

  it("are of requests alone where a vector reads nothing", async () => {
    const bare = (await tondo.project()).vectors.find(({ name }) => name === "bare");
    if (bare === undefined) throw new Error("no vector");
    await writeServedLog(
      join(folder, "bare.parquet"),
      bare,
      [{ requested_at: start, key__thing: 1, input__a: 1, slot__a: Math.log1p(1) }],
      (columns) => columns.filter(({ name }) => ["requested_at", "key__thing", "input__a", "slot__a"].includes(name)),
    );
    expect(await tondo.consistency("bare", { log: "bare.parquet" })).toMatchObject({
      consistent: true,
      features: [],
      slots: [{ name: "a", equal: 1 }],
    });
  });
});

function order(report: { readonly features: readonly { readonly name: string }[] }, name: string): number {
  return report.features.findIndex((one) => one.name === name);
}
