import { writeFile } from "node:fs/promises";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { GivenValue, Micros } from "../../../src/core/index.ts";
import { compile, filesAtRest, parseProject } from "../../../src/dsl/index.ts";
import { Engine } from "../../../src/featurestore/duckdb/index.ts";
import { erasedKey } from "../../../src/featurestore/erase/erased-key.ts";
import type { ErasedKeys } from "../../../src/featurestore/erase/erased-keys.ts";
import { materialize } from "../../../src/featurestore/materialize/index.ts";
import { createFeatureReader, type PushRows } from "../../../src/featurestore/online/index.ts";
import { LmdbStore } from "../../../src/featurestore/online/lmdb/index.ts";
import {
  collectPushed,
  pushedErasure,
  pushing,
  type PushingOptions,
  withPushed,
} from "../../../src/featurestore/pushed/index.ts";
import { rollback } from "../../../src/featurestore/generations/index.ts";
import { eachInSampleHome, type SampleHome } from "../online/sample-home.ts";
import { noon, sampleProject } from "../online/sample-project.ts";

const second = 1_000_000;
const hour = 3_600 * second;
let home: SampleHome;
let store: LmdbStore;
eachInSampleHome(
  (given) => {
    home = given;
    ({ store } = given);
  },
  () => store,
);

/** A clock that a test moves. */
let now: Micros = noon;
const clock = (): Micros => now;

function pusher(options: Partial<PushingOptions> = {}): PushRows {
  return pushing({
    ...{ project: sampleProject, store, clock: ticking, erased: () => Promise.resolve(() => undefined) },
    ...options,
  });
}

/** The clock of who pushes: it passes whatever is waited for. */
const ticking = (): Micros => (now += 1);

async function load(asOf: Micros, groups = ["airport:departures", "route:traffic"]): Promise<void> {
  now = Math.max(now, asOf);
  await materialize({ ...home, store, project: sampleProject, home: home.folder, asOf: BigInt(asOf), clock, groups });
}

async function values(names: readonly string[], key: string, at: Micros): Promise<readonly unknown[]> {
  const reader = createFeatureReader({ project: sampleProject, store });
  const row = await reader.get(names, { airport: key }, { at: BigInt(at) });
  return names.map((name) => {
    const found = row.values[name];
    return found?.status === "present" ? found.value : found?.status;
  });
}

const windows = ["airport:departures:n_3h", "airport:departures:delay_3h"];
const flight = (origin: string, delay: number | null, at: Micros): Record<string, GivenValue> => ({
  origin,
  destination: "LAX",
  delay,
  at,
});

describe("rows that are pushed", () => {
  it("count from their own moment on, and not before it", async () => {
    await load(noon);
    now = noon + second;
    const { appliedAt, rows, lateBy } = await pusher()("flights", [flight("SFO", 60, noon - second)]);
    expect(rows).toBe(1);
    expect(lateBy).toBe(0);
    expect(appliedAt).toBeGreaterThanOrEqual(noon + second + store.pushed.lead);
    expect(await values(windows, "SFO", appliedAt - 1)).toEqual([4, (10 + 20 + 1000) / 3]);
    expect(await values(windows, "SFO", appliedAt)).toEqual([5, (10 + 20 + 1000 + 60) / 4]);
    expect(await values(windows, "LAX", appliedAt)).toEqual([0, "missing"]);
    expect(await values(windows, "NONE", appliedAt)).toEqual([0, "missing"]);
  });

  it("come in each group over their source, and in keys that nothing was loaded of", async () => {
    await load(noon);
    now = noon + second;
    const { appliedAt } = await pusher()("flights", [flight("NEW", 7, noon), flight("NEW", 8, noon + 1)]);
    expect(await values(windows, "NEW", appliedAt)).toEqual([2, 7.5]);
    const reader = createFeatureReader({ project: sampleProject, store });
    const route = await reader.get(
      ["route:traffic:n_3h"],
      { route: { origin: "NEW", destination: "LAX" } },
      { at: BigInt(appliedAt) },
    );
    expect(route.values["route:traffic:n_3h"].value).toBe(2);
  });

  it("are in the next load, and are not counted twice", async () => {
    await load(noon);
    now = noon + second;
    const push = pusher();
    const first = await push("flights", [flight("SFO", 60, noon - second)]);
    await load(first.appliedAt);
    expect(await values(windows, "SFO", first.appliedAt)).toEqual([5, (10 + 20 + 1000 + 60) / 4]);
    const second_ = await push("flights", [flight("SFO", 0, noon - second)]);
    expect(await values(windows, "SFO", second_.appliedAt)).toEqual([6, (10 + 20 + 1000 + 60) / 5]);
    await load(first.appliedAt + 1);
    expect(await values(windows, "SFO", second_.appliedAt)).toEqual([6, (10 + 20 + 1000 + 60) / 5]);
    await load(second_.appliedAt);
    expect(await values(windows, "SFO", second_.appliedAt)).toEqual([6, (10 + 20 + 1000 + 60) / 5]);
    now = second_.appliedAt + second;
    await rollback({
      ...{ project: sampleProject, home: home.folder, store, groups: ["airport:departures"], actor: "test" },
    });
    expect(await values(windows, "SFO", second_.appliedAt)).toEqual([6, (10 + 20 + 1000 + 60) / 5]);
  });

  it("compete as states with those that were loaded", async () => {
    await load(noon, ["airport:weather"]);
    now = noon + second;
    const push = pusher();
    const weather = async (wind: number | null, at: Micros): Promise<Micros> =>
      (await push("weather", [{ origin: "SFO", wind, sky: "pushed", at }])).appliedAt;
    const names = ["airport:weather:wind", "airport:weather:sky"];
    const older = await weather(1, noon - hour - 1);
    expect(await values(names, "SFO", older)).toEqual([1, "later"]);
    const same = await weather(2, noon + second);
    expect(await values(names, "SFO", same)).toEqual([2, "pushed"]);
    const again = await weather(null, noon + second);
    expect(await values(names, "SFO", again)).toEqual(["missing", "pushed"]);
    await load(again, ["airport:weather"]);
    expect(await values(names, "SFO", again)).toEqual(["missing", "pushed"]);
    const late = await weather(3, noon + second - 1);
    expect(await values(names, "SFO", late)).toEqual(["missing", "pushed"]);
    expect(await values(names, "SFO", noon + second + hour)).toEqual(["missing", "pushed"]);
    expect(await values(names, "SFO", noon + second + hour + 1)).toEqual(["expired", "expired"]);
  });

  it("are held until their time where they are dated later", async () => {
    await load(noon);
    now = noon + second;
    const { appliedAt } = await pusher()("flights", [flight("NEW", 7, noon + hour)]);
    expect(await values(windows, "NEW", appliedAt)).toEqual([0, "missing"]);
    expect(await values(windows, "NEW", noon + hour)).toEqual([0, "missing"]);
    expect(await values(windows, "NEW", noon + hour + 1)).toEqual([1, 7]);
  });

  it("are seen by a process that reads beside, at once", async () => {
    await load(noon);
    now = noon + second;
    const other = LmdbStore.open({ folder: path.join(home.folder, "online"), readOnly: true });
    try {
      const reader = createFeatureReader({ project: sampleProject, store: other });
      const push = pusher();
      // It knows the group by then, as one that nothing was pushed to.
      const before = await reader.get(["airport:departures:n_3h"], { airport: "NEW" }, { at: BigInt(noon) });
      expect(before.values["airport:departures:n_3h"].value).toBe(0);
      for (const n of [1, 2, 3]) {
        const { appliedAt } = await push("flights", [flight("NEW", 7, noon)]);
        const row = await reader.get(["airport:departures:n_3h"], { airport: "NEW" }, { at: BigInt(appliedAt) });
        expect(row.values["airport:departures:n_3h"].value).toBe(n);
      }
    } finally {
      await other.close();
    }
  });
});

describe("rows that delete", () => {
  const at = (seconds: number): Date => new Date(noon / 1000 + seconds * 1000);
  const name = "airport:state:state";

  it("stand against what was pushed and what was loaded, in the order of when they happened", async () => {
    const { plan: project } = compile(
      parseProject([
        {
          path: "p.tondo",
          text: `entity airport (code: string)
snapshot states { csv "states.csv" at since deleted gone
  columns (code: string, since: timestamp, state: string, gone: bool) }
group airport:state from states by code { state }`,
        },
      ]),
      new Map(),
    );
    if (project === undefined) throw new Error("no plan");
    const lines = [`SFO,${at(-60).toISOString()},closed,true`, `LAX,${at(-60).toISOString()},open,false`];
    await writeFile(path.join(home.folder, "states.csv"), ["code,since,state,gone", ...lines].join("\n"));
    now = noon;
    const load = async (asOf: Micros): Promise<unknown> =>
      materialize({ ...home, store, project, home: home.folder, asOf: BigInt(asOf), clock });
    await load(noon);
    now = noon + second;
    const push = pusher({ project });
    const state = async (code: string, seconds: number, gone: boolean): Promise<readonly unknown[]> => {
      const { appliedAt } = await push("states", [{ code, since: at(seconds), state: "pushed", gone }]);
      now = appliedAt;
      const { values } = await createFeatureReader({ project, store }).get(
        [name],
        { airport: code },
        { at: BigInt(appliedAt) },
      );
      return [values[name].value, values[name].status];
    };
    expect(await state("SFO", -61, false)).toEqual([null, "not_found"]);
    expect(await state("SFO", -59, false)).toEqual(["pushed", "present"]);
    expect(await state("LAX", -59, true)).toEqual([null, "not_found"]);
    await load(now);
    expect(await state("LAX", -59.5, false)).toEqual([null, "not_found"]);
    expect(await state("LAX", -58, false)).toEqual(["pushed", "present"]);
  });
});

describe("loads of groups that rows are pushed to", () => {
  it("go back no further than the store keeps the rows for, and not ahead of the clock", async () => {
    await load(noon);
    now = noon + second;
    const push = pusher();
    const first = await push("flights", [flight("SFO", 60, noon)]);
    // All that was pushed is beside the first load still.
    await load(noon + 1);
    expect(await values(windows, "SFO", first.appliedAt)).toEqual([5, (10 + 20 + 1000 + 60) / 4]);
    await load(first.appliedAt);
    await load(first.appliedAt + 1);
    await expect(load(noon + 2)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(await values(windows, "SFO", first.appliedAt + 1)).toEqual([5, (10 + 20 + 1000 + 60) / 4]);
    const ahead = now + 60 * second;
    await expect(
      materialize({ ...home, store, project: sampleProject, home: home.folder, asOf: BigInt(ahead), clock }),
    ).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
  });

  it("take in what was pushed until their moment, also where their definitions list what was pushed earlier", async () => {
    const places = { home: home.folder, folder: home.folder };
    await load(noon);
    now = noon + second;
    const push = pusher();
    const first = await push("flights", [flight("SFO", 60, noon)]);
    await load(first.appliedAt);
    const project = await withPushed(sampleProject, places);
    const next = await push("flights", [flight("SFO", 0, noon)]);
    now = next.appliedAt;
    await materialize({ ...home, ...places, store, project, asOf: BigInt(now), clock });
    expect(await values(windows, "SFO", now)).toEqual([6, (10 + 20 + 1000 + 60) / 5]);
    const { sources } = await withPushed(project, places);
    const flights = sources.filter(({ name }) => name === "flights").flatMap(filesAtRest);
    expect(flights.filter(({ pushed }) => pushed !== undefined)).toHaveLength(1);
  });

  it("leave nothing beside them that definitions pushed of which no generation is any more", async () => {
    await load(noon);
    now = noon + second;
    await pusher()("flights", [flight("SFO", 60, noon)]);
    // A row that deletes makes it another overlay; none of these does.
    const deleted = { node: "literal", type: "bool", value: false } as const;
    const sources = sampleProject.sources.map((source) =>
      source.name === "flights" ? { ...source, deleted } : source,
    );
    const project = { ...sampleProject, sources };
    const count = async (): Promise<number> => {
      const all = await store.pushed.overlays("airport:departures");
      const rows = all.map(async (one) => store.pushed.drop("airport:departures", one, () => true, "count"));
      return (await Promise.all(rows)).reduce((sum, n) => sum + n, 0);
    };
    const again = async (): Promise<unknown> => {
      now += second;
      return materialize({ ...home, store, project, home: home.folder, asOf: BigInt(now), clock });
    };
    expect(await count()).toBe(1);
    await again();
    // The one before can be gone back to, with what was pushed beside it.
    expect(await count()).toBe(1);
    await again();
    expect(await count()).toBe(0);
  });

  it("take in what is behind them from another moment on: none of before it is pushed any more", async () => {
    await load(noon);
    await store.pushed.close(noon + hour);
    now = noon + hour - second / 10;
    const { appliedAt } = await pusher()("flights", [flight("SFO", 60, noon)]);
    expect(appliedAt).toBe(noon + hour + 1);
    // A clock that was set back is told so: nobody waits for an hour.
    now = noon + second;
    await expect(pusher()("flights", [flight("SFO", 60, noon)])).rejects.toMatchObject({ code: "MOMENT_NOT_SERVED" });
  });
});

it("are erased also where definitions that are no more filed them", async () => {
  const text = JSON.stringify({ origin: "SFO", destination: "LAX", at: noon });
  const key = erasedKey(sampleProject, "airport", "SFO");
  const groups = [
    {
      ...{ group: "airport:departures", overlay: "older", admit: () => undefined, mostHeld: 0 },
      keys: [{ key: key.bytes, rows: [{ place: 0, t: noon }] }],
    },
  ];
  await store.pushed.push({ ...{ source: "flights", texts: [text], clock, groups }, choose: () => groups });
  const rows = pushedErasure({
    ...{ home: home.folder, functions: [], project: () => Promise.resolve(sampleProject) },
    ...{ store: () => Promise.resolve(store), openEngine: () => Engine.open({ threads: 1 }) },
  });
  expect(await rows.scan(key)).toBe(2);
  expect(await rows.erase(key)).toBe(2);
  expect(await rows.scan(key)).toBe(0);
});

describe("rows that cannot be pushed", () => {
  const given = flight("SFO", 1, noon);
  const { delay: _delay, ...lacking } = given;
  const refusals = [
    ["an unknown source", "flight", [given], "INVALID_ARGUMENT", 'there is no source "flight"'],
    ["a table", "airports", [{ origin: "SFO", tz: "x", gates: 1 }], "INVALID_ARGUMENT", "a table has no time"],
    [
      "a column that no feature reads",
      "flights",
      [{ ...given, delays: 1 }],
      "INPUT_INVALID",
      'column "delays" of row 0',
    ],
    ["a column that is not given", "flights", [given, lacking], "INPUT_INVALID", 'column "delay" of row 1'],
    ["a wrong type", "flights", [{ ...given, delay: "12" }], "INPUT_INVALID", "is no float"],
    ["NaN", "flights", [{ ...given, delay: NaN }], "INPUT_INVALID", "is no float"],
    ["no moment", "flights", [{ ...given, at: null }], "INPUT_INVALID", "gives no moment"],
    ["a moment too far ahead", "flights", [{ ...given, at: noon + 25 * hour }], "INPUT_INVALID", "further ahead"],
    ["no key", "flights", [{ ...given, origin: null, destination: null }], "KEY_INVALID", "row 0"],
    ["a key that is too long", "flights", [{ ...given, origin: "x".repeat(2000) }], "KEY_INVALID", "more than 1978"],
    ["a row that is none", "flights", [null], "INPUT_INVALID", "is no object"],
    ["too many rows", "flights", new Array(4).fill(given), "LIMIT_EXCEEDED", "4 rows"],
  ] as const;

  it("are of no source, have columns that it has not, or no place in time or among the keys", async () => {
    await load(noon);
    now = noon + second;
    const push = pusher({ limits: { maxRows: 3 } });
    for (const [what, source, rows, code, message] of refusals) {
      const refused = push(source, rows as never);
      await expect(refused, what).rejects.toMatchObject({ code, message: expect.stringContaining(message) as string });
      await expect(refused, what).rejects.not.toThrow("x".repeat(20));
      now = noon + second;
    }
    expect(await store.pushed.logged("flights", 0, 10)).toEqual([]);
    expect(await values(windows, "SFO", noon + hour)).toEqual([4, (10 + 20 + 1000) / 3]);
  });

  it("come to a source none of whose groups was ever materialized", async () => {
    await load(noon, ["airport:weather"]);
    now = noon + second;
    await expect(pusher()("flights", [given])).rejects.toMatchObject({ code: "GROUP_NOT_MATERIALIZED" });
    expect(await store.pushed.logged("flights", 0, 10)).toEqual([]);
  });

  it("are more of a key than a read should go through, until a load takes them in", async () => {
    await load(noon);
    now = noon + second;
    const push = pusher({ limits: { maxRowsPerKey: 2 } });
    const { appliedAt } = await push("flights", [given, given]);
    await expect(push("flights", [given])).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
    await load(appliedAt);
    await push("flights", [given]);
  });

  it("are of an erased key: they are dropped and counted", async () => {
    await load(noon);
    now = noon + second;
    const sfo = Uint8Array.of(3, 83, 70, 79, 0, 1);
    const push = pusher({
      erased: () =>
        Promise.resolve((entity) =>
          entity === "airport" ? { digest: "", has: (key) => Buffer.from(key).equals(Buffer.from(sfo)) } : undefined,
        ),
    });

    expect(await push("flights", [given, flight("NEW", 1, noon)])).toMatchObject({ rows: 1, erased: 1 });
    expect((await store.pushed.logged("flights", 0, 10)).length).toBe(1);
  });

  it("are of a key that is erased while they are written: they go again", async () => {
    await load(noon);
    now = noon + second;
    let asked = 0;
    const push = pusher({
      // Whoever erases has looked through the store before the row was there.
      erased: () => Promise.resolve(asked++ === 0 ? () => undefined : () => ({ digest: "", has: () => true })),
    });
    expect(await push("flights", [given])).toMatchObject({ rows: 0, erased: 1 });
    expect(await store.pushed.logged("flights", 0, 10)).toEqual([]);
    expect(await values(windows, "SFO", noon + hour)).toEqual([4, (10 + 20 + 1000) / 3]);
  });

  it("are of a key that is erased while they are written, and put into files before that is seen: they come into none", async () => {
    await load(noon);
    now = noon + second;
    let asked = 0;
    const push = pusher({
      erased: async () => {
        if (asked++ === 0) return noneErased;
        await collect(sfoErased);
        return sfoErased;
      },
    });
    expect(await push("flights", [given, flight("NEW", 1, noon)])).toMatchObject({ rows: 1, erased: 1 });
    expect(await collected()).toEqual(["NEW"]);
  });

  it("are of a key that is erased while they are written by who dies then: they go with what is put into files", async () => {
    await load(noon);
    now = noon + second;
    let asked = 0;
    const dies = pusher({
      erased: () => (asked++ === 0 ? Promise.resolve(noneErased) : Promise.reject(new Error("dies"))),
    });
    await expect(dies("flights", [given, flight("NEW", 1, noon)])).rejects.toThrow("dies");
    await collect(sfoErased);
    expect(await collected()).toEqual(["NEW"]);
    expect(await values(windows, "SFO", noon + hour)).toEqual([4, (10 + 20 + 1000) / 3]);
    expect(await values(windows, "NEW", noon + hour)).toEqual([1, 1]);
    for (const group of ["airport:departures", "route:traffic"])
      for (const overlay of await store.pushed.overlays(group))
        expect(await store.pushed.drop(group, overlay, () => true, "count")).toBe(1);
  });
});

const noneErased: ErasedKeys = () => undefined;
const sfoErased: ErasedKeys = (entity) => {
  const { bytes } = erasedKey(sampleProject, "airport", "SFO");
  return entity === "airport" ? { digest: "", has: (key) => Buffer.from(key).equals(bytes) } : undefined;
};

/** Puts what is pushed into files, where these keys are erased. */
function collect(keys: ErasedKeys): Promise<void> {
  return collectPushed({
    ...{ ...sampleProject, store, home: home.folder, engine: home.engine },
    erased: () => Promise.resolve(keys),
  });
}

/** The origins of the rows in files. */
async function collected(): Promise<readonly unknown[]> {
  const files = path.join(home.folder, "pushed/flights/**/*.parquet");
  const rows = await home.engine.rows(`select origin from read_parquet('${files}')`, "reading");
  return rows.map(({ origin }) => origin);
}
