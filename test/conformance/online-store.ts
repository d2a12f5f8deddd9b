import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type GroupPointer, type OnlineStore, recordBatch } from "../../src/featurestore/online/index.ts";
import { pointerTo } from "./pointer.ts";

/** What the suite needs of a store's adapter. */
export interface OnlineStoreFixture {
  /** Opens the store of the test at hand; again for the same one, when called again. */
  readonly open: () => Promise<OnlineStore>;
  /** Closes what `open` gave and forgets what it held. */
  readonly reset: () => Promise<void>;
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Reads some keys of the current generation as text. */
export async function readCurrent(
  store: OnlineStore,
  keys: readonly string[],
  group = "airport:departures",
): Promise<readonly (string | undefined)[]> {
  const found: (string | undefined)[] = keys.map(() => "not visited");
  const view = await store.view([group]);
  try {
    const pointer = view.pointer(group);
    if (pointer === undefined) return keys.map(() => undefined);
    await view.read(group, pointer.generation, keys.map(bytes), (i, record) => {
      found[i] = record === undefined ? undefined : new TextDecoder().decode(record);
    });
  } finally {
    view.close();
  }
  return found;
}

/** Writes a generation with these records and makes it current. */
export async function load(
  store: OnlineStore,
  records: Readonly<Record<string, string>>,
  group = "airport:departures",
): Promise<GroupPointer> {
  const writer = await store.begin(group);
  const keys = Object.keys(records).sort();
  await writer.write(
    recordBatch(
      keys.map(bytes),
      keys.map((key) => bytes(records[key] ?? "")),
    ),
  );
  const { current } = writer;
  const pointer = pointerTo(writer.generation, {
    group,
    ...(current === undefined ? {} : { previous: current.generation }),
  });
  const expected = current === undefined ? {} : { expected: current.generation };
  expect(await store.switchPointers([{ pointer, ...expected }])).toBe(true);
  return pointer;
}

/** What every online store must do. */
export function onlineStoreConformance(name: string, fixture: OnlineStoreFixture): void {
  describe(`${name} as an online store`, () => {
    let store: OnlineStore;
    beforeEach(async () => {
      store = await fixture.open();
    });
    afterEach(fixture.reset);

    it("knows no pointer of a group that was never loaded", async () => {
      const view = await store.view(["airport:departures", "a:b"]);
      expect(view.pointer("airport:departures")).toBeUndefined();
      view.close();
      expect(await store.generations("airport:departures")).toEqual([]);
    });

    it("shows nothing of a generation before the switch, and all of it after", async () => {
      const writer = await store.begin("airport:departures");
      await writer.write(recordBatch([bytes("SFO")], [bytes("one")]));
      await writer.write(recordBatch([bytes("LAX"), bytes("\0")], [bytes("two"), bytes("")]));
      expect(await readCurrent(store, ["SFO"])).toEqual([undefined]);
      expect(await store.switchPointers([{ pointer: pointerTo(writer.generation) }])).toBe(true);
      expect(await readCurrent(store, ["SFO", "JFK", "LAX", "\0", "SFO"])).toEqual([
        "one",
        undefined,
        "two",
        "",
        "one",
      ]);
      const view = await store.view(["airport:departures"]);
      expect(view.pointer("airport:departures")).toEqual(pointerTo(writer.generation));
      view.close();
    });

    it("keeps what was durable when it is opened again", async () => {
      const pointer = await load(store, { SFO: "one" });
      await store.close();
      store = await fixture.open();
      expect(await readCurrent(store, ["SFO"])).toEqual(["one"]);
      expect(await store.generations("airport:departures")).toEqual([pointer.generation]);
    });

    it("replaces a generation as a whole, and keeps groups apart", async () => {
      const first = await load(store, { SFO: "one", LAX: "one" });
      await load(store, { SFO: "other" }, "route:departures");
      const second = await load(store, { SFO: "two" });
      expect(second.generation).toBeGreaterThan(first.generation);
      expect(await readCurrent(store, ["SFO", "LAX"])).toEqual(["two", undefined]);
      expect(await readCurrent(store, ["SFO"], "route:departures")).toEqual(["other"]);
      expect(await store.generations("airport:departures")).toEqual([first.generation, second.generation]);
    });

    it("begins anew after a load that was never finished", async () => {
      await load(store, { SFO: "one" });
      const dead = await store.begin("airport:departures");
      await dead.write(recordBatch([bytes("SFO"), bytes("OLD")], [bytes("dead"), bytes("dead")]));
      await store.close();
      store = await fixture.open();
      expect(await readCurrent(store, ["SFO", "OLD"])).toEqual(["one", undefined]);
      await load(store, { SFO: "two" });
      expect(await readCurrent(store, ["SFO", "OLD"])).toEqual(["two", undefined]);
    });

    it("moves pointers by compare-and-set, all or none", async () => {
      const first = await load(store, { SFO: "one" });
      const a = await store.begin("airport:departures");
      const b = await store.begin("a:b");
      await a.write(recordBatch([bytes("SFO")], [bytes("two")]));
      await b.write(recordBatch([bytes("SFO")], [bytes("b")]));
      const toA = pointerTo(a.generation, { previous: first.generation });
      const toB = pointerTo(b.generation, { group: "a:b" });
      expect(await store.switchPointers([{ pointer: toB }, { pointer: toA, expected: first.generation + 5 }])).toBe(
        false,
      );
      expect(await store.switchPointers([{ pointer: toA }, { pointer: toB }])).toBe(false);
      expect(await readCurrent(store, ["SFO"])).toEqual(["one"]);
      expect(await readCurrent(store, ["SFO"], "a:b")).toEqual([undefined]);
      expect(await store.switchPointers([{ pointer: toB }, { pointer: toA, expected: first.generation }])).toBe(true);
      expect(await readCurrent(store, ["SFO"])).toEqual(["two"]);
      expect(await readCurrent(store, ["SFO"], "a:b")).toEqual(["b"]);
    });

    it("goes back to a generation, and never gives the number of one that was current again", async () => {
      const first = await load(store, { SFO: "one" });
      const second = await load(store, { SFO: "two" });
      const rolledBack = { from: second.generation, at: 993038402000000, by: "ops" };
      const back = pointerTo(first.generation, { rolledBack });
      expect(await store.switchPointers([{ pointer: back, expected: second.generation }])).toBe(true);
      expect(await readCurrent(store, ["SFO"])).toEqual(["one"]);
      const view = await store.view(["airport:departures"]);
      expect(view.pointer("airport:departures")).toEqual(back);
      view.close();
      // Who still means the one that was gone back from comes too late.
      expect(await store.switchPointers([{ pointer: back, expected: second.generation }])).toBe(false);
      const third = await load(store, { SFO: "three" });
      expect(third.generation).toBeGreaterThan(second.generation);
      expect(third.previous).toBe(first.generation);
      expect(await readCurrent(store, ["SFO"])).toEqual(["three"]);
      const again = pointerTo(first.generation, { rolledBack: { ...rolledBack, from: third.generation } });
      expect(await store.switchPointers([{ pointer: again, expected: third.generation }])).toBe(true);
      expect(await readCurrent(store, ["SFO"])).toEqual(["one"]);
      const fourth = await load(store, { SFO: "four" });
      expect(fourth.generation).toBeGreaterThan(third.generation);
      expect(await readCurrent(store, ["SFO"])).toEqual(["four"]);
    });

    it("drops old generations, never the current one, and what is gone twice", async () => {
      const first = await load(store, { SFO: "one" });
      const second = await load(store, { SFO: "two" });
      await store.drop("airport:departures", first.generation);
      await store.drop("airport:departures", first.generation);
      expect(await store.generations("airport:departures")).toEqual([second.generation]);
      await expect(store.drop("airport:departures", second.generation)).rejects.toMatchObject({
        code: "INVALID_ARGUMENT",
      });
      expect(await readCurrent(store, ["SFO"])).toEqual(["two"]);
    });

    it("gives the records of the generation before, which answers until a switch's moment has come", async () => {
      const first = await load(store, { SFO: "one" });
      await load(store, { SFO: "two" });
      const view = await store.view(["airport:departures"]);
      const found: string[] = [];
      try {
        expect(view.pointer("airport:departures")?.previous).toBe(first.generation);
        await view.read("airport:departures", first.generation, ["SFO", "JFK"].map(bytes), (i, record) => {
          found[i] = record === undefined ? "none" : new TextDecoder().decode(record);
        });
      } finally {
        view.close();
      }
      expect(found).toEqual(["one", "none"]);
      expect(store.switchLead).toBeGreaterThan(store.staleness);
    });

    it("keeps what a view reads, also where it is dropped meanwhile", async () => {
      const first = await load(store, { SFO: "one", LAX: "one" });
      const view = await store.view(["airport:departures"]);
      const found: string[] = [];
      try {
        const second = await load(store, { SFO: "two" });
        await store.drop("airport:departures", first.generation);
        await load(store, { SFO: "three" });
        await store.drop("airport:departures", second.generation);
        expect(view.pointer("airport:departures")).toEqual(first);
        await view.read("airport:departures", first.generation, ["SFO", "LAX", "JFK"].map(bytes), (i, record) => {
          found[i] = record === undefined ? "none" : new TextDecoder().decode(record);
        });
      } finally {
        view.close();
      }
      expect(found).toEqual(["one", "one", "none"]);
      expect(await readCurrent(store, ["SFO", "LAX"])).toEqual(["three", undefined]);
    });

    it("forgets a load that was given up", async () => {
      const { generation: first } = await load(store, { SFO: "one" });
      const dead = await store.begin("airport:departures");
      await dead.write(recordBatch([bytes("SFO"), bytes("OLD")], [bytes("dead"), bytes("dead")]));
      await store.drop("airport:departures", dead.generation);
      expect(await store.generations("airport:departures")).toEqual([first]);
      const { previous } = await load(store, { SFO: "two" });
      expect(previous).toBe(first);
      expect(await readCurrent(store, ["SFO", "OLD"])).toEqual(["two", undefined]);
    });

    it("erases keys from every generation of a group, and from no other group, and says how many records there are", async () => {
      expect(await store.groups()).toEqual([]);
      const first = await load(store, { SFO: "one", LAX: "one", SJC: "one" });
      await load(store, { SFO: "other" }, "route:departures");
      const second = await load(store, { SFO: "two", LAX: "two" });
      const { generation: third } = await store.begin("a:b");
      expect(await store.groups()).toEqual(["a:b", "airport:departures", "route:departures"]);
      const keys = ["SFO", "nobody", "SJC"].map(bytes);
      const counts = (of: readonly number[]): unknown =>
        [first, second].map(({ generation }, i) => ({ generation, records: of[i] }));
      expect(await store.recordsOf("airport:departures", keys)).toEqual(counts([2, 1]));
      expect(await store.recordsOf("a:b", keys)).toEqual([{ generation: third, records: 0 }]);
      expect(await store.recordsOf("airport:unknown", keys)).toEqual([]);
      for (let time = 0; time < 2; time++) {
        await store.erase("airport:departures", keys);
        expect(await store.recordsOf("airport:departures", keys)).toEqual(counts([0, 0]));
        expect(await store.recordsOf("airport:departures", [bytes("LAX")])).toEqual(counts([1, 1]));
        expect(await readCurrent(store, ["SFO", "LAX", "SJC"])).toEqual([undefined, "two", undefined]);
        expect(await readCurrent(store, ["SFO"], "route:departures")).toEqual(["other"]);
      }
      // What was gone back to was erased from, too, and pointers stay what they were.
      const back = pointerTo(first.generation);
      expect(await store.switchPointers([{ pointer: back, expected: second.generation }])).toBe(true);
      expect(await readCurrent(store, ["SFO", "LAX"])).toEqual([undefined, "one"]);
      await store.close();
      store = await fixture.open();
      expect(await readCurrent(store, ["SFO", "LAX", "SJC"])).toEqual([undefined, "one", undefined]);
      await store.erase("airport:unknown", keys);
    });

    it("takes a batch of many records, and one of none", async () => {
      const writer = await store.begin("airport:departures");
      await writer.write(recordBatch([], []));
      const names = Array.from({ length: 5000 }, (_, i) => `key ${String(i).padStart(4, "0")}`);
      const long = "x".repeat(100_000);
      const values = names.map((name, i) => (i === 77 ? long : name));
      await writer.write(recordBatch(names.map(bytes), values.map(bytes)));
      expect(await store.switchPointers([{ pointer: pointerTo(writer.generation) }])).toBe(true);
      expect(await readCurrent(store, names)).toEqual(values);
      expect(await readCurrent(store, [])).toEqual([]);
    });

    it("copies the records of another generation, each as it is asked to, beside what is written", async () => {
      const first = await load(store, { SFO: "one", LAX: "one", SJC: "one" });
      const writer = await store.begin("airport:departures");
      const seen: string[] = [];
      await writer.copy(first.generation, (key, record) => {
        const name = new TextDecoder().decode(key);
        seen.push(`${name} ${new TextDecoder().decode(record)}`);
        if (name === "SJC") return undefined;
        return name === "LAX" ? bytes("another record") : record;
      });
      expect(seen.sort()).toEqual(["LAX one", "SFO one", "SJC one"]);
      await writer.write(recordBatch([bytes("JFK")], [bytes("new")]));
      const keys = ["SFO", "LAX", "SJC", "JFK"];
      expect(await readCurrent(store, keys)).toEqual(["one", "one", "one", undefined]);
      const pointer = pointerTo(writer.generation, { previous: first.generation });
      expect(await store.switchPointers([{ pointer, expected: first.generation }])).toBe(true);
      expect(await readCurrent(store, keys)).toEqual(["one", "another record", undefined, "new"]);
      // What was copied from stays as it was.
      expect(await store.switchPointers([{ pointer: first, expected: writer.generation }])).toBe(true);
      expect(await readCurrent(store, keys)).toEqual(["one", "one", "one", undefined]);
    });

    it("copies many records, large ones among them, and none of nothing", async () => {
      const names = Array.from({ length: 6000 }, (_, i) => `key ${String(i).padStart(4, "0")}`);
      const valueOf = (i: number): string => (i % 60 === 7 ? "x".repeat(100_000) : String(i));
      const first = await load(store, Object.fromEntries(names.map((name, i) => [name, valueOf(i)])));
      const writer = await store.begin("airport:departures");
      let copied = 0;
      await writer.copy(first.generation, (_, record) => {
        copied++;
        return record;
      });
      expect(copied).toBe(names.length);
      const pointer = pointerTo(writer.generation, { previous: first.generation });
      expect(await store.switchPointers([{ pointer, expected: first.generation }])).toBe(true);
      expect(await readCurrent(store, names)).toEqual(names.map((_, i) => valueOf(i)));
      const empty = await load(store, {}, "a:b");
      const other = await store.begin("a:b");
      await other.copy(empty.generation, () => {
        throw new Error("there is nothing to copy");
      });
      await store.drop("a:b", other.generation);
    });

    it("ends a copy that is cancelled or fails, and begins anew after it", async () => {
      const first = await load(store, { SFO: "one", LAX: "one" });
      const cancelled = await store.begin("airport:departures");
      const over = AbortSignal.abort(new Error("enough"));
      await expect(cancelled.copy(first.generation, (_, record) => record, over)).rejects.toMatchObject({
        code: "ABORTED",
      });
      await expect(cancelled.copy(first.generation + 40, (_, record) => record)).rejects.toMatchObject({
        code: "GENERATION_GONE",
      });
      const failing = cancelled.copy(first.generation, () => {
        throw new TypeError("no record of ours");
      });
      await expect(failing).rejects.toThrow("no record of ours");
      await store.drop("airport:departures", cancelled.generation);
      // One that copied all, and died before it was switched to.
      const dead = await store.begin("airport:departures");
      await dead.copy(first.generation, (_, record) => record);
      await store.close();
      store = await fixture.open();
      expect(await readCurrent(store, ["SFO", "LAX"])).toEqual(["one", "one"]);
      const second = await load(store, { SFO: "two" });
      expect(await readCurrent(store, ["SFO", "LAX"])).toEqual(["two", undefined]);
      expect(await store.generations("airport:departures")).toEqual([first.generation, second.generation]);
    });

    it("loads again and again", async () => {
      for (let i = 0; i < 8; i++) {
        const { generation, previous } = await load(store, { SFO: String(i), [`only ${String(i)}`]: "x" });
        expect(await readCurrent(store, ["SFO", `only ${String(i - 1)}`])).toEqual([String(i), undefined]);
        for (const old of await store.generations("airport:departures")) {
          if (old !== generation && old !== previous) await store.drop("airport:departures", old);
        }
      }
      expect(await store.generations("airport:departures")).toHaveLength(2);
    });

    it("gives a view's records with the pointer that named them, whatever is loaded meanwhile", async () => {
      await load(store, { SFO: "0", LAX: "0" });
      const over = new AbortController();
      const loading = (async () => {
        for (let i = 1; i <= 12; i++) await load(store, { SFO: String(i), LAX: String(i) });
        over.abort();
      })();
      let reads = 0;
      while (!over.signal.aborted) {
        const [sfo, lax] = await readCurrent(store, ["SFO", "LAX"]);
        expect(sfo).toBeDefined();
        expect(sfo).toBe(lax);
        reads++;
        await new Promise(setImmediate);
      }
      await loading;
      expect(reads).toBeGreaterThan(12);
    });
  });
}
