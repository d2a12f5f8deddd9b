import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TondoError } from "../../../src/core/index.ts";
import { createFeatureReader, type FeatureReaderOptions } from "../../../src/featurestore/online/index.ts";
import { type Answer, type Answers, type LaterStore, laterStore } from "./later-store.ts";
import { noon, sampleProject, sampleRows } from "./sample-project.ts";
import { type SampleStore, sampleStore } from "./sample-store.ts";

let sample: SampleStore;
beforeAll(async () => {
  sample = await sampleStore();
});
afterAll(() => sample.close());

const at = BigInt(noon);
const delay = "airport:departures:delay_3h";
const wind = "airport:weather:wind";
const key = { airport: "SFO" };
const settle = (ms = 10): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function later(
  answers: Answers = { record: () => 5 },
  options: Partial<FeatureReaderOptions> = {},
): LaterStore & { readonly features: ReturnType<typeof createFeatureReader> } {
  const slow = laterStore(sample.store, answers);
  return { ...slow, features: createFeatureReader({ ...options, project: sampleProject, store: slow.store }) };
}

describe("reads of one record under way at once", () => {
  it("are one read of the store, and all calls have its answer", async () => {
    const { features, asked, faults, views } = later();
    const names = [delay, "airport:departures:busy"] as const;
    const rows = await Promise.all(Array.from({ length: 20 }, () => features.get(names, key, { at })));
    expect(asked).toEqual(["airport:departures"]);
    for (const row of rows) expect(row).toEqual(rows[0]);
    expect(rows[0]?.values[delay].value).toBe(15);
    expect([faults, views()]).toEqual([[], 0]);
    await features.get(names, key, { at });
    expect(asked).toHaveLength(2);
  });

  it("are one among the keys of a call, and among calls with some keys in common", async () => {
    const { features, asked } = later();
    const ask = async (airports: readonly string[]): Promise<readonly unknown[]> => {
      const rows = await features.get(
        [wind],
        airports.map((airport) => ({ airport })),
        { at },
      );
      return rows.map(({ values }) => values[wind].status);
    };
    const answers = await Promise.all([ask(["SFO", "LAX", "SFO", "?"]), ask(["?", "JFK", "SFO"])]);
    expect(answers).toEqual([
      ["present", "expired", "present", "not_found"],
      ["not_found", "missing", "present"],
    ]);
    expect(asked).toHaveLength(4);
  });

  it("are of one group", async () => {
    const { features, asked } = later();
    await Promise.all([features.get([delay], key, { at }), features.get([wind], key, { at })]);
    expect(asked).toEqual(["airport:departures", "airport:weather"]);
  });

  it("fail together", async () => {
    const error = new TondoError("STORE_CORRUPT", "damaged");
    const { features, asked } = later({ record: () => ({ after: 5, error }) });
    const calls = await Promise.allSettled([1, 2, 3].map(() => features.get([delay], key, { at })));
    expect(calls.map((call) => (call.status === "rejected" ? (call.reason as unknown) : call.value))).toEqual([
      error,
      error,
      error,
    ]);
    expect(asked).toHaveLength(1);
  });

  it("do not keep a call from its other keys where one cannot be had", async () => {
    const error = new TondoError("STORE_UNAVAILABLE", "the line is cut");
    const answers: Answer[] = [{ after: 5, error }, 30];
    const { features } = later({ record: () => answers.shift() ?? 0 });
    const first = features.get([wind], key, { at });
    const rows = await features.get([wind], [key, { airport: "JFK" }], { at });
    expect(rows.map(({ values }) => [values[wind].status, values[wind].cause])).toEqual([
      ["unavailable", error],
      ["missing", undefined],
    ]);
    expect((await first).values[wind].cause).toBe(error);
  });

  it("answer each call as of its own moment", async () => {
    const { features, asked } = later();
    const moments = [noon, noon + 1_000_000, noon + 1];
    const rows = await Promise.all(moments.map((moment) => features.get([wind], key, { at: BigInt(moment) })));
    expect(rows.map(({ values }) => [values[wind].value, values[wind].status])).toEqual([
      [25, "present"],
      [1, "present"],
      [null, "expired"],
    ]);
    expect(asked).toHaveLength(1);
  });

  it("are of one load", async () => {
    const own = await sampleStore();
    try {
      const gate = Promise.withResolvers<undefined>();
      const answers: Answer[] = [gate.promise];
      const { store, asked } = laterStore(own.store, { record: () => answers.shift() ?? 0 });
      const features = createFeatureReader({ project: sampleProject, store });
      const sky = "airport:weather:sky";
      const ask = async (): Promise<unknown> =>
        (await features.get([sky], key, { at: at + 2_000_000n, deadlineMs: 20_000 })).values[sky].value;
      const before = ask();
      await own.write({ ...sampleRows, weather: [["SFO", 3, "new", noon, noon]] });
      await own.load(noon + 1);
      expect(await ask()).toBe("new");
      gate.resolve(undefined);
      expect(await before).toBe("later");
      expect(asked).toHaveLength(2);
    } finally {
      await own.close();
    }
  });

  it("are not waited for by others once a call has given one up", async () => {
    const answers: Answer[] = ["never", 0];
    const { features, asked } = later({ record: () => answers.shift() ?? 0 });
    const ask = (deadlineMs: number): Promise<unknown> =>
      features.get([delay], key, { at, deadlineMs }).then(({ values }) => values[delay].status);
    const [first, second] = [ask(20), ask(60)];
    expect(await first).toBe("unavailable");
    expect(await ask(1000)).toBe("present");
    expect(await second).toBe("unavailable");
    expect(asked).toHaveLength(2);
  });

  it("are not waited for by who asks after the record has changed", async () => {
    const answers: Answer[] = [20, 0];
    const { features, asked } = later({ record: () => answers.shift() ?? 0 });
    const first = features.get([delay], key, { at });
    await settle(5);
    features.evict("airport:departures", "LAX");
    const joined = features.get([delay], key, { at });
    features.evict("airport:departures", "SFO");
    const second = features.get([delay], key, { at });
    await Promise.all([first, joined, second]);
    expect(asked).toHaveLength(2);
  });
});

describe("a cache", () => {
  const cache = { records: 100, bytes: 100_000, staleMs: 10_000 };

  it("is there where it is asked for, and for a store that answers later", async () => {
    const { features, asked } = later({}, { cache });
    const expected = await createFeatureReader({ project: sampleProject, store: sample.store, cache }).get(
      [delay, wind],
      [key, { airport: "?" }],
      { at },
    );
    for (let i = 0; i < 3; i++)
      expect(await features.get([delay, wind], [key, { airport: "?" }], { at })).toEqual(expected);
    expect(asked).toHaveLength(4);
  });

  it("forgets after its time", async () => {
    const { features, asked } = later({}, { cache: { ...cache, staleMs: 15 } });
    await features.get([delay], key, { at });
    await settle(25);
    await features.get([delay], key, { at });
    expect(asked).toHaveLength(2);
  });

  it("knows a group as it was loaded last", async () => {
    const own = await sampleStore();
    try {
      const { store, asked } = laterStore(own.store);
      const features = createFeatureReader({ project: sampleProject, store, cache });
      const sky = "airport:weather:sky";
      const ask = async (): Promise<unknown> =>
        (await features.get([sky], key, { at: at + 2_000_000n })).values[sky].value;
      expect([await ask(), await ask()]).toEqual(["later", "later"]);
      await own.write({ ...sampleRows, weather: [["SFO", 3, "new", noon, noon]] });
      await own.load(noon + 1);
      expect([await ask(), await ask()]).toEqual(["new", "new"]);
      expect(asked).toHaveLength(2);
    } finally {
      await own.close();
    }
  });

  it("has nothing of a key that was erased, also where a read of it was under way", async () => {
    const answers: Answer[] = [0, 0, 20];
    const { features, asked } = later({ record: () => answers.shift() ?? 0 }, { cache });
    await features.get([delay, wind], key, { at });
    expect(asked).toHaveLength(2);
    features.evict("airport:departures", "SFO");
    const under = features.get([delay], key, { at });
    await settle(5);
    features.evict("airport:departures", { code: "SFO" });
    await under;
    await features.get([delay, wind], key, { at });
    expect(asked).toEqual(["airport:departures", "airport:weather", "airport:departures", "airport:departures"]);
    features.evict("airport:departures", null);
  });

  it("is told of keys and groups that there are", () => {
    const { features } = later();
    const code = (expected: string): Error => expect.objectContaining({ code: expected }) as Error;
    expect(() => {
      features.evict("airport:departure", "SFO");
    }).toThrow(code("UNKNOWN_GROUP"));
    expect(() => {
      features.evict("route:traffic", "SFO");
    }).toThrow(code("KEY_INVALID"));
  });

  it.each([
    { ...cache, records: 0 },
    { ...cache, bytes: -1 },
    { ...cache, staleMs: Infinity },
  ])("of %o is none", (wrong) => {
    expect(() => later({}, { cache: wrong })).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});
