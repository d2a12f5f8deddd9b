import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Value } from "../../../../src/core/index.ts";
import {
  computeVectors,
  Engine,
  type LeftRow,
  loadProject,
  makeTrainingSet,
  type TrainingSet,
} from "../../../../src/featurestore/index.ts";
import { materialize } from "../../../../src/featurestore/materialize/index.ts";
import { LmdbStore } from "../../../../src/featurestore/online/lmdb/index.ts";

let folder: string;
let engine: Engine;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tondo-sources-"));
  engine = await Engine.open({ threads: 1 });
});
afterEach(async () => {
  engine.close();
  await rm(folder, { recursive: true });
});

async function parquet(path: string, sql: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await engine.run(
    `copy (${sql}) to '${join(folder, path).replaceAll("'", "''")}' (format parquet)`,
    "writing a source",
  );
}

/** The slots of the vector `v` for some rows, by the training path. */
async function slots(definitions: string, rows: readonly LeftRow[]): Promise<readonly (readonly Value[])[]> {
  await writeFile(join(folder, "p.tondo"), definitions);
  const { plan } = await loadProject(folder);
  const [vector] = plan.vectors;
  if (vector === undefined) throw new Error("no vector");
  return (await computeVectors({ vector, fitted: {}, rows, folder, engine: { threads: 1 } })).rows;
}

async function set(definitions: string, rows: readonly LeftRow[] | string): Promise<TrainingSet> {
  await writeFile(join(folder, "p.tondo"), definitions);
  const { plan } = await loadProject(folder);
  const [vector] = plan.vectors;
  if (vector === undefined) throw new Error("no vector");
  return makeTrainingSet({ vector, rows, folder, output: "out", engine: { threads: 1 } });
}

const orders = (body: string, feature = "n = count() over 1d"): string => `
entity store (store: string)
events orders { parquet "o/*.parquet" ${body} }
group store:g from orders by store { ${feature} }
vector v { key store: store
  n = @store:g:n }
`;

describe("moments of sources", () => {
  it.each([
    ["timestamp", "1969-12-31 23:59:59.999999"],
    ["timestamp_ns", "1969-12-31 23:59:59.999999001"],
    ["timestamp_ms", "1969-12-31 23:59:59.999"],
    ["timestamp_s", "1969-12-31 23:59:59"],
    ["timestamptz", "1970-01-01 01:59:59.999999+02"],
    ["date", "1969-12-31"],
  ])("are read from %s, also before 1970", async (type, at) => {
    await parquet("o/a.parquet", `select 'r' as store, '${at}'::${type} as happened`);
    const text = `entity store (store: string)
      snapshot states { parquet "o/a.parquet" columns (store: string, happened: timestamp) at happened }
      group store:g from states by store { happened }
      vector v { key store: store
        t = @store:g:happened | hour }`;
    const q = (moment: string): LeftRow => ({ at: moment, store: "r" });
    const [early, late] = [q("1969-12-30T00:00:00Z"), q("1970-01-01T00:00:00Z")];
    expect(await slots(text, [early, late])).toEqual([[null], [type === "date" ? 0 : 23]]);
    const counted = orders("columns (store: string, happened: timestamp) at happened");
    // Up to its own microsecond it has not happened; a nanosecond is in the microsecond it began in.
    const own =
      type === "date"
        ? "1969-12-31T00:00:00Z"
        : `1969-12-31T23:59:59.${at.split(".")[1]?.slice(0, 6).replace("+02", "").padEnd(6, "0") ?? "000000"}Z`;
    expect(await slots(counted, [q(own), q("1970-01-01T00:00:00Z")])).toEqual([[0], [1]]);
  });

  it("that are missing, infinite or beyond what is exact make a row that counts nowhere", async () => {
    await parquet(
      "o/a.parquet",
      `select 'r' as store, unnest([null, 'infinity'::timestamp, '-infinity'::timestamp, '290000-01-01'::timestamp, '2024-01-01'::timestamp]) as happened`,
    );
    expect(await slots(orders("at happened"), [{ at: "2024-01-01T01:00:00Z", store: "r" }])).toEqual([[1]]);
  });
});

describe("columns of sources", () => {
  it("may be named like those that a join makes of its own", async () => {
    await parquet(
      "o/a.parquet",
      `select 'r' as key0, 5.0::double as x0, true as w0, 7 as row, timestamp '2024-01-01 01:00' as k, timestamp '2024-01-01 00:00' as t, 'i' as id0, 1.0 as q`,
    );
    const text = `entity key0 (key0: string)
      events unit0 { parquet "o/a.parquet" known k
        at t
        id id0 }
      group key0:g from unit0 by key0 { s0 = sum(x0) over 1d where w0
        r0 = max(row) over 1d }
      group key0:h from unit0 by key0 { n = sum(q) over 1d }
      vector v { key t: key0
        input q: float, js: float, part: float
        a = @key0:g:s0
        b = @key0:g:r0 + q
        c = @key0:h:n + js
        label0 = part }`;
    const rows = ["2024-01-01T00:30:00Z", "2024-01-01T01:00:00Z"].map((at) => ({ at, t: "r", q: 1, js: 2, part: 3 }));
    expect(await slots(text, rows)).toEqual([
      [null, null, null, 3],
      [5, 8, 3, 3],
    ]);
    const made = await set(
      text.replace("label0 = part }", "label0 = part\n label l: float known label_known }"),
      rows.map((row) => ({ ...row, l: 1, label_known: new Date(0) })),
    );
    expect(made.manifest.counts).toMatchObject({ train: 2 });
  });

  it("are read as the widest of the types that the files have, and never cast to another kind", async () => {
    await parquet("o/a.parquet", "select 'r' as store, 1::integer as n, timestamp '2024-01-01' as happened");
    await parquet(
      "o/b.parquet",
      "select 'r' as store, 5000000000::bigint as n, timestamptz '2024-01-01 00:00:01+00' as happened",
    );
    const text = orders("at happened", "n = sum(n) over 1d");
    const rows = [{ at: "2024-01-01T12:00:00Z", store: "r" }];
    expect(await slots(text, rows)).toEqual([[5000000001]]);
    await parquet("o/c.parquet", "select 'r' as store, 1.7::double as n, timestamp '2024-01-01' as happened");
    await expect(slots(text, rows)).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      where: join(folder, "o/c.parquet"),
      message: expect.stringContaining("float, and the definitions say int") as string,
    });
  });

  it("that stand twice are refused, where they are read", async () => {
    await engine.run(
      `copy (select 'r' as store, timestamp '2024-01-01' as happened, 1 as "Twice", 2 as twice) to '${join(folder, "a.parquet")}'`,
      "writing",
    );
    const { rename } = await import("node:fs/promises");
    await mkdir(join(folder, "o"));
    await rename(join(folder, "a.parquet"), join(folder, "o/a.parquet"));
    const rows = [{ at: "2024-01-01T12:00:00Z", store: "r" }];
    expect(await slots(orders("at happened"), rows)).toEqual([[1]]);
    await rm(join(folder, "o/a.parquet"));
    await writeFile(join(folder, "o/a.csv"), "store,n,happened,N\nr,1,2024-01-01T00:00:00Z,2\n");
    const csv = orders("at happened", "n = sum(n) over 1d").replace('parquet "o/*.parquet"', 'csv "o/a.csv"');
    await expect(slots(csv, rows)).rejects.toMatchObject({
      code: "SOURCE_CHANGED",
      hint: expect.any(String) as string,
    });
  });

  it("lie at paths with every kind of character, taken as they are", async () => {
    await parquet("o ['x'] {y}/?*a.parquet", "select 'r' as store, timestamp '2024-01-01' as happened");
    await parquet("o x/aa.parquet", "select 'r' as store, timestamp '2024-01-01' as happened");
    const text = orders("at happened").replace("o/*.parquet", "o ['x'] {y}/?*a.parquet");
    expect(await slots(text, [{ at: "2024-01-01T12:00:00Z", store: "r" }])).toEqual([[1]]);
  });
});

describe("expressions of sources outside the exact subset", () => {
  it("are computed by the generated JavaScript: keys, conditions, moments", async () => {
    await parquet(
      "o/a.parquet",
      `select unnest(['İstanbul', 'BONN', 'Straße', null]) as city, timestamp '2024-01-01' as happened, 2.0::double as x`,
    );
    const text = `entity city (city: string)
      events orders { parquet "o/*.parquet" known happened + 1h
        at happened }
      group city:g from orders by lower(city) as city { n = sum(log1p(x)) over 1d where len(city) > 2 }
      vector v { key city: city
        n = @city:g:n }`;
    const value = Math.log1p(2);
    const at = (q: string, city: string | null): LeftRow => ({ at: q, city });
    expect(
      await slots(text, [
        at("2024-01-01T00:59:59.999999Z", "bonn"),
        at("2024-01-01T01:00:00Z", "bonn"),
        at("2024-01-01T01:00:00Z", "BONN"),
        at("2024-01-01T01:00:00Z", "İstanbul".toLowerCase()),
        at("2024-01-01T01:00:00Z", "straße"),
        at("2024-01-01T01:00:00Z", null),
      ]),
    ).toEqual([[null], [value], [null], [value], [value], [null]]);
  });

  it("keep the rows apart that are of other chunks, missing values and all", async () => {
    await parquet(
      "o/a.parquet",
      `select case when i % 7 = 0 and i < 9000 then null else 'R' || (i % 10) end as store, timestamp '2024-01-01' as happened,
       case when i % 3 = 0 and (i < 5000 or i > 20000) then null else i::double end as x from range(50000) t(i)`,
    );
    const text = orders("at happened", "n = sum(abs(x)) over 1d").replace("by store", "by lower(store) as store");
    const expected = Array.from({ length: 10 }, (_, store) => {
      let sum = 0;
      for (let i = store; i < 50000; i += 10)
        if (!(i % 7 === 0 && i < 9000) && !(i % 3 === 0 && (i < 5000 || i > 20000))) sum += i;
      return [sum];
    });
    const rows = expected.map((_, store) => ({ at: "2024-01-01T12:00:00Z", store: `r${String(store)}` }));
    expect(await slots(text, rows)).toEqual(expected);
  });
});

describe("declarations", () => {
  it("of a smaller hop move a window's start", async () => {
    await parquet(
      "o/a.parquet",
      "select 'r' as store, unnest([timestamp '2024-01-01 00:30', timestamp '2024-01-01 00:59:59', timestamp '2024-01-01 01:00']) as happened",
    );
    const rows = [{ at: "2024-01-08T00:59:59.5Z", store: "r" }];
    expect(await slots(orders("at happened", "n = count() over 7d"), rows)).toEqual([[3]]);
    expect(await slots(orders("at happened", "hop 1s\n n = count() over 7d"), rows)).toEqual([[2]]);
  });

  it("of an id make corrections and repeats one event", async () => {
    await parquet(
      "o/a.parquet",
      `select * from (values ('r', 'a', 1.0::double, timestamp '2024-01-01 00:00', timestamp '2024-01-01 00:00'),
        ('r', 'a', 5.0, timestamp '2024-01-01 00:00', timestamp '2024-01-01 02:00'),
        ('r', 'a', 5.0, timestamp '2024-01-01 00:00', timestamp '2024-01-01 03:00'),
        ('r', null, 7.0, timestamp '2024-01-01 00:00', timestamp '2024-01-01 00:00')) t(store, i, x, happened, k)`,
    );
    const text = orders("known k\n at happened\n id i", "n = sum(x) over 1d");
    const rows = ["01:00", "02:00", "12:00"].map((at) => ({ at: `2024-01-01T${at}:00Z`, store: "r" }));
    expect(await slots(text, rows)).toEqual([[8], [12], [12]]);
  });

  const trips = (i: string, x: number, t: string, k: string, d = "false"): string =>
    `('r', '${i}', ${x.toFixed(1)}::double, timestamp '2024-01-01 ${t}', timestamp '2024-01-01 ${k}', ${d})`;
  const tripsOf = (...rows: string[]): string =>
    `select * from (values ${rows.join(", ")}) t(store, i, x, happened, k, d)`;
  const asked = (...times: string[]): LeftRow[] => times.map((at) => ({ at: `2024-01-01T${at}:00Z`, store: "r" }));

  it("of a deletion take an event out from when it is known, and a correction of another content brings it back", async () => {
    await parquet(
      "o/a.parquet",
      tripsOf(
        trips("a", 1, "00:00", "00:00"),
        trips("a", 1, "00:00", "02:00", "true"),
        trips("a", 1, "00:00", "03:00"),
        trips("a", 4, "00:00", "04:00"),
        trips("b", 8, "00:00", "00:00", "null"),
      ),
    );
    const text = orders("known k\n at happened\n id i\n deleted d", "n = sum(x) over 1d");
    expect(await slots(text, asked("01:59", "02:00", "03:00", "04:00"))).toEqual([[9], [8], [8], [12]]);
    // What only the generated JavaScript computes deletes as well.
    const upper = text.replace("deleted d", 'deleted upper(i) == "B"');
    expect(await slots(upper, asked("01:59"))).toEqual([[1]]);
  });

  it("of a deleted state leave nothing of it, and a later one is there again", async () => {
    await parquet(
      "s/a.parquet",
      tripsOf(
        trips("-", 1, "00:00", "00:00"),
        trips("-", 2, "02:00", "02:00", "true"),
        trips("-", 5, "02:00", "02:00"),
        trips("-", 3, "04:00", "04:00"),
      ),
    );
    const text = `
entity store (store: string)
snapshot s { parquet "s/*.parquet" at happened deleted d }
group store:g from s by store { x }
vector v { key store: store
  n = @store:g:x }`;
    expect(await slots(text, asked("01:00", "02:00", "03:59", "04:00"))).toEqual([[1], [null], [null], [3]]);
  });

  it("of a lag make rows of that place known later, and need no column of another place's `known`", async () => {
    await parquet("o/a.parquet", "select 'r' as store, 'a' as i, timestamp '2024-01-01 00:00' as happened");
    await parquet(
      "p/a.parquet",
      "select 'r' as store, 'b' as i, timestamp '2024-01-01 00:00' as happened, timestamp '2024-01-01 05:00' as k",
    );
    const text = orders(`lag 1h\n parquet "p/*.parquet" known k\n kafka "orders" lag 2h
      columns (store: string, i: string, happened: timestamp, k: timestamp) at happened id i`);
    expect(await slots(text, asked("00:59", "01:00", "04:59", "05:00"))).toEqual([[0], [1], [1], [2]]);
  });

  it("of a topic are read from the files beside it, and from those of the home where there is none", async () => {
    await parquet("o/a.parquet", tripsOf(trips("a", 1, "00:00", "00:00")));
    const topic = (body: string): string => orders("at happened id i").replace('parquet "o/*.parquet"', body);
    const both = topic('kafka "orders" lag 5s parquet "o/*.parquet"');
    expect(await slots(both, asked("01:00"))).toEqual([[1]]);
    const only = topic('kafka "orders" columns (store: string, i: string, happened: timestamp)');
    await expect(slots(only, asked("01:00"))).rejects.toMatchObject({ code: "SOURCE_MISSING" });
    const refusal = { code: "SOURCE_MISSING", message: expect.stringContaining("no rows at rest") as string };
    await expect(set(only.replace("n = @", "label took: float n = @"), asked("01:00"))).rejects.toMatchObject(refusal);
    const { plan } = await loadProject(folder);
    const store = LmdbStore.open({ folder: join(folder, "online") });
    try {
      const load = { project: plan, folder, home: folder, store, engine, asOf: "2024-01-01T12:00:00Z" };
      expect((await materialize(load)).groups).toMatchObject([{ status: "loaded", keys: 0 }]);
    } finally {
      await store.close();
    }
  });

  it("of a lag make forward labels known so much later, and see what became known until then", async () => {
    await parquet(
      "o/a.parquet",
      tripsOf(
        trips("a", 1, "01:00", "01:30"),
        trips("b", 2, "01:00", "01:30:00.000001"),
        trips("c", 4, "01:01", "01:01"),
      ),
    );
    const text = orders(
      'known k kafka "orders" lag 30m at happened id i',
      "n = sum(x) over 1d next = sum(x) over next 1h",
    ).replace("n = @store:g:n }", "n = @store:g:n ?? 0\n label sum = @store:g:next }");
    await writeFile(join(folder, "p.tondo"), text);
    const { plan } = await loadProject(folder);
    const [vector] = plan.vectors;
    if (vector === undefined) throw new Error("no vector");
    const counts = async (cutoff: string): Promise<unknown> => {
      const rows = asked("00:00");
      const made = await makeTrainingSet({
        vector,
        rows,
        folder,
        output: cutoff.slice(-6),
        cutoff,
        engine: { threads: 1 },
      });
      const [row] = await engine.rows(`select sum from '${made.folder}/train.parquet'`, "reading");
      return [made.manifest.counts.train, row?.["sum"]];
    };
    expect(await counts("2024-01-01T01:30:00Z")).toEqual([1, 1]);
    await expect(counts("2024-01-01T01:29:59.999999Z")).rejects.toMatchObject({ code: "TRAINING_SET_EMPTY" });
  });

  it("of labels: one known at no moment is not mature, and a row without any is unlabelled", async () => {
    await parquet("o/a.parquet", "select 'r' as store, timestamp '2024-01-01' as happened");
    const text = orders("at happened").replace("n = @store:g:n }", "n = @store:g:n\n label took: float known seen }");
    const at = "2024-01-01T12:00:00Z";
    const made = await set(text, [
      { at, store: "r", took: 1, seen: new Date() },
      { at, store: "r", took: 1, seen: null },
      { at, store: null, took: 2, seen: new Date() },
      { at, store: "r", took: null, seen: null },
    ]);
    expect(made.manifest.counts).toMatchObject({
      ...{ train: 2, holdout: 0, unlabelled: 1, immature: 1, embargoed: 0, outside: 0 },
    });
  });
});
