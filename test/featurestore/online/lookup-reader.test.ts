import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TondoError } from "../../../src/core/index.ts";
import { createFeatureReader, type OnlineStore } from "../../../src/featurestore/online/index.ts";
import { type Answers, type LaterStore, laterStore } from "./later-store.ts";
import { noon, sampleProject } from "./sample-project.ts";
import { type SampleStore, sampleStore } from "./sample-store.ts";

let sample: SampleStore;
beforeAll(async () => {
  // "airport:place" is not loaded.
  sample = await sampleStore(["airport:departures", "airport:weather", "route:traffic"]);
});
afterAll(() => sample.close());

const at = BigInt(noon);
const delay = "airport:departures:delay_3h";
const busy = "airport:departures:busy";
const wind = "airport:weather:wind";
const stormy = "airport:weather:stormy";
const key = { airport: "SFO" };
const away = (): TondoError => new TondoError("STORE_UNAVAILABLE", "the line is cut");
const settle = (ms = 10): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

function later(answers?: Answers): LaterStore & ReturnType<typeof readerOf> {
  const slow = laterStore(sample.store, answers);
  return { ...slow, ...readerOf(slow.store) };
}

function readerOf(store: OnlineStore): { readonly features: ReturnType<typeof createFeatureReader> } {
  return { features: createFeatureReader({ project: sampleProject, store, deadlineMs: 5000 }) };
}

describe("a store that answers later", () => {
  it("answers as of when it was asked, not as of when it had come to see what was loaded", async () => {
    const asked = noon + 5;
    let now = asked;
    const slow = laterStore(sample.store, {
      view: () => {
        now += 1_000_000;
        return 5;
      },
    });
    const features = createFeatureReader({ project: sampleProject, store: slow.store, clock: () => now });
    expect((await features.get([delay, wind], key)).at).toBe(asked);
    expect(now).toBe(asked + 1_000_000);
  });

  it("is asked nothing where one of the groups cannot answer", async () => {
    const { features, asked, views } = later();
    const call = features.get([delay, "airport:place:tz"], key, { at });
    await expect(call).rejects.toMatchObject({ code: "GROUP_NOT_MATERIALIZED" });
    await settle();
    expect([asked, views()]).toEqual([[], 0]);
  });

  it("has its view closed when all reads have ended, once, also where one fails", async () => {
    const record = (group: string): ReturnType<NonNullable<Answers["record"]>> =>
      group === "airport:departures" ? { error: new Error("the disk burns") } : 30;
    const { features, come, faults, views } = later({ record });
    await expect(features.get([delay, wind], key, { at })).rejects.toThrow("the disk burns");
    expect([come, views()]).toEqual([[], 1]);
    await settle(60);
    expect([come, faults, views()]).toEqual([["airport:weather"], [], 0]);
  });

  it("has its view closed only when all reads have ended, also where one is refused at once", async () => {
    const { store, come, faults, views } = laterStore(sample.store, { record: () => 30 });
    const refusing: OnlineStore = {
      ...store,
      view: async (groups) => {
        const view = await store.view(groups);
        return {
          ...view,
          read: (group, ...rest) => {
            if (group === "airport:departures") throw new Error("the disk burns");
            return view.read(group, ...rest);
          },
        };
      },
    };
    const { features } = readerOf(refusing);
    for (const asked of [1, 2]) {
      await expect(features.get([delay, wind], key, { at })).rejects.toThrow("the disk burns");
      expect([come.length, views()]).toEqual([asked - 1, 1]);
      await settle(60);
      expect([come.length, faults, views()]).toEqual([asked, [], 0]);
    }
  });

  it("is read anew, once, where what was current has been removed before the answer came", async () => {
    const gone = (): TondoError => new TondoError("GENERATION_GONE", "the generation was removed");
    for (const times of [1, 2]) {
      let left = times;
      const { features, faults, views } = later({ record: () => (left-- > 0 ? { error: gone() } : 0) });
      const call = features.get([delay], key, { at });
      if (times === 1)
        expect((await call).values).toEqual((await readerOf(sample.store).features.get([delay], key, { at })).values);
      else await expect(call).rejects.toMatchObject({ code: "GENERATION_GONE" });
      await settle();
      expect([faults, views()]).toEqual([[], 0]);
    }
  });

  it("answers as the store itself", async () => {
    const names = [delay, busy, wind, stormy] as const;
    const keys = ["SFO", "LAX", null, "JFK", "SFO", "?"].map((airport) => ({ airport }));
    const { features, faults, views } = later();
    expect(await features.get(names, keys, { at })).toEqual(
      await readerOf(sample.store).features.get(names, keys, { at }),
    );
    expect([faults, views()]).toEqual([[], 0]);
  });
});

describe("a deadline", () => {
  it("gives up the group that is late, with the cause, and answers the others", async () => {
    const { features, views } = later({ record: (group) => (group === "airport:weather" ? "never" : 0) });
    const began = performance.now();
    const { values } = await features.get([delay, busy, wind, stormy], key, { at, deadlineMs: 30 });
    expect(performance.now() - began).toBeGreaterThan(25);
    expect(values[delay]).toEqual({ value: 15, status: "present" });
    expect(values[busy]).toEqual({ value: true, status: "present" });
    const cause = expect.objectContaining({
      code: "DEADLINE_EXCEEDED",
      details: { group: "airport:weather", deadlineMs: 30 },
    }) as TondoError;
    expect(values[wind]).toEqual({ value: null, status: "unavailable", cause });
    expect(values[stormy]).toEqual({ value: null, status: "unavailable", cause });
    expect(JSON.parse(JSON.stringify(values[wind]))).toMatchObject({
      value: null,
      status: "unavailable",
      cause: { code: "DEADLINE_EXCEEDED", message: expect.stringContaining("airport:weather") as string },
    });
    // The store may still be at it.
    expect(views()).toBe(1);
  });

  it("is not waited for where all is there", async () => {
    const { features } = later();
    const began = performance.now();
    await features.get([delay, wind], key, { at, deadlineMs: 30_000 });
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it("is the reader's where the call says nothing", async () => {
    const { store } = later({ record: () => "never" });
    const features = createFeatureReader({ project: sampleProject, store, deadlineMs: 20 });
    const { values } = await features.get([wind], key, { at });
    expect(values[wind].cause?.details["deadlineMs"]).toBe(20);
  });

  it("lets nothing that comes later into what was answered", async () => {
    const { features, come, views, faults } = later({ record: (group) => (group === "airport:weather" ? 60 : 0) });
    const row = await features.get([delay, wind], key, { at, deadlineMs: 20 });
    const before = structuredClone({ ...row.values[wind], cause: null });
    expect(before.status).toBe("unavailable");
    expect(come).not.toContain("airport:weather");
    await settle(80);
    expect([come.at(-1), views(), faults]).toEqual(["airport:weather", 0, []]);
    expect({ ...row.values[wind], cause: null }).toEqual(before);
  });

  it("keeps the keys of a late group that have answered", async () => {
    const { features } = later({ record: (_, i) => (i === 1 ? "never" : 0) });
    const keys = ["SFO", "JFK", "LAX", null].map((airport) => ({ airport }));
    const rows = await features.get([wind], keys, { at, deadlineMs: 30 });
    expect(rows.map(({ values }) => values[wind].status)).toEqual(["present", "unavailable", "expired", "missing"]);
    expect(rows.map(({ values }) => values[wind].cause?.code)).toEqual([
      undefined,
      "DEADLINE_EXCEEDED",
      undefined,
      undefined,
    ]);
  });

  it.each([0, -1, NaN, Infinity, 60_001])("of %s ms is none", async (deadlineMs) => {
    await expect(readerOf(sample.store).features.get([delay], key, { at, deadlineMs })).rejects.toMatchObject({
      code: "INVALID_ARGUMENT",
    });
    expect(() => createFeatureReader({ project: sampleProject, store: sample.store, deadlineMs })).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT" }),
    );
  });
});

describe("a store that is away", () => {
  it("leaves its group unavailable and answers the others, without waiting", async () => {
    const error = away();
    const { features } = later({ record: (group) => (group === "airport:departures" ? { error } : 0) });
    const { values } = await features.get([delay, busy, wind], key, { at });
    expect(values[delay]).toEqual({ value: null, status: "unavailable", cause: error });
    // What `??` and comparisons make of it has its status and cause.
    expect(values[busy]).toMatchObject({ status: "unavailable", cause: error });
    expect(values[wind]).toMatchObject({ value: 25, status: "present" });
  });

  it("for some keys is not for others of the same group", async () => {
    const error = away();
    const { features } = later({ record: (_, i) => (i === 0 ? { error } : 20) });
    const keys = ["SFO", "JFK", "LAX"].map((airport) => ({ airport }));
    const rows = await features.get([wind], keys, { at });
    expect(rows.map(({ values }) => [values[wind].status, values[wind].cause])).toEqual([
      ["unavailable", error],
      ["missing", undefined],
      ["expired", undefined],
    ]);
  });

  it.each<["STORE_CORRUPT" | "KEY_INVALID" | "IO_FAILED"]>([["STORE_CORRUPT"], ["KEY_INVALID"], ["IO_FAILED"]])(
    "is not what %s says: the call fails",
    async (code) => {
      const error = new TondoError(code, "no");
      const { features } = later({ record: (group) => (group === "airport:departures" ? { error } : "never") });
      await expect(features.get([delay, wind], key, { at })).rejects.toBe(error);
    },
  );

  it.each<[string, Answers, string]>([
    ["never", { view: () => "never" }, "DEADLINE_EXCEEDED"],
    ["too late", { view: () => 50 }, "DEADLINE_EXCEEDED"],
    ["with an error", { view: () => ({ error: away() }) }, "STORE_UNAVAILABLE"],
  ])("and opens its view %s: all is unavailable", async (_, answers, code) => {
    const { features, views, faults } = later(answers);
    const names = [delay, busy, wind, stormy] as const;
    const rows = await features.get(names, [key, { airport: null }], { deadlineMs: 20 });
    expect(rows[0]?.at).toBeGreaterThan(noon);
    for (const name of names) {
      expect(rows[0]?.values[name]).toMatchObject({ status: "unavailable", cause: { code } });
      // Of a key that is missing nothing is there to be read.
      expect(rows[1]?.values[name].status).toBe("missing");
    }
    await settle(60);
    expect([views(), faults]).toEqual([0, []]);
  });

  it("does not hide what is wrong with the request", async () => {
    const { features } = later({ view: () => "never" });
    const wrong = features.get([delay], { airport: 5 }, { at, deadlineMs: 20 });
    await expect(wrong).rejects.toMatchObject({ code: "KEY_INVALID" });
  });

  it("lets a call fail that wants all or nothing", async () => {
    const how = { at, partial: false, deadlineMs: 30 } as const;
    const error = away();
    const cut = later({ record: (group) => (group === "airport:weather" ? { error } : "never") });
    await expect(cut.features.get([delay, wind], key, how)).rejects.toBe(error);
    const late = later({ record: (group) => (group === "airport:weather" ? "never" : 0) });
    await expect(late.features.get([delay, wind], key, how)).rejects.toMatchObject({
      code: "DEADLINE_EXCEEDED",
      details: { group: "airport:weather" },
    });
    const closed = later({ view: () => ({ error }) });
    await expect(closed.features.get([delay], key, how)).rejects.toBe(error);
    const never = later({ view: () => "never" });
    await expect(never.features.get([delay], key, how)).rejects.toMatchObject({ code: "DEADLINE_EXCEEDED" });
    const strict = createFeatureReader({ project: sampleProject, store: closed.store, partial: false });
    await expect(strict.get([delay], key, { at })).rejects.toBe(error);
    expect((await strict.get([delay], key, { at, partial: true })).values[delay].status).toBe("unavailable");
  });
});

describe("calls under way", () => {
  it("are bounded: one more is refused at once, until the store is done with one", async () => {
    const { store } = later({ record: () => 60 });
    const features = createFeatureReader({ project: sampleProject, store, limits: { underWay: 2 } });
    const ask = (airport: string): Promise<unknown> => features.get([wind], { airport }, { at, deadlineMs: 20 });
    const first = [ask("SFO"), ask("LAX")];
    const refused = { code: "STORE_BUSY", details: { underWay: 2 } };
    await expect(ask("JFK")).rejects.toMatchObject(refused);
    await Promise.all(first);
    // Both were given up, and the store is still at them.
    await expect(ask("JFK")).rejects.toMatchObject(refused);
    await settle(80);
    expect(await ask("JFK")).toMatchObject({ values: { [wind]: { status: "unavailable" } } });
  });

  it("of a store that answers at once are none", async () => {
    const features = createFeatureReader({ project: sampleProject, store: sample.store, limits: { underWay: 1 } });
    const rows = await Promise.all(Array.from({ length: 5 }, () => features.get([wind], key, { at })));
    expect(rows.map(({ values }) => values[wind].value)).toEqual([25, 25, 25, 25, 25]);
  });
});
