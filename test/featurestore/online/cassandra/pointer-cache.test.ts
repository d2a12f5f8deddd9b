import { describe, expect, it } from "vitest";
import type { GroupPointer } from "../../../../src/featurestore/online/index.ts";
import { PointerCache, type ReadPointers } from "../../../../src/featurestore/online/cassandra/pointer-cache.ts";
import { pointerTo } from "../../../conformance/pointer.ts";

/** A cache over one pointer that the test moves, with a clock that it turns, whose reads are answered when it says so. */
function cacheOf(ageMs: number): {
  readonly cache: PointerCache;
  readonly state: { now: number; generation: number; reads: number };
  readonly answer: () => Promise<void>;
} {
  const state = { now: 0, generation: 1, reads: 0 };
  let waiting: (() => void)[] = [];
  const read = async (groups: readonly string[]): ReturnType<ReadPointers> => {
    state.reads++;
    const { generation } = state;
    await new Promise<void>((resolve) => waiting.push(resolve));
    const pointers = new Map(groups.map((group) => [group, pointerTo(generation, { group })]));
    return { pointers, overlays: new Map() };
  };
  const cache = new PointerCache(read, ageMs, () => state.now);
  const answer = async (): Promise<void> => {
    const [all] = [waiting];
    waiting = [];
    for (const one of all) one();
    await new Promise(setImmediate);
  };
  return { cache, state, answer };
}

const generationIn = (snapshot: { readonly pointers: ReadonlyMap<string, GroupPointer | undefined> } | undefined) =>
  snapshot?.pointers.get("a:b")?.generation;

describe("a cache of pointers", () => {
  it("counts for its time, from when the read of it began, and is shared by all who wait", async () => {
    const { cache, state, answer } = cacheOf(1000);
    expect(cache.current(["a:b"])).toBeUndefined();
    const both = [cache.refresh(["a:b"]), cache.refresh(["a:b"])];
    state.now = 700;
    await answer();
    expect((await Promise.all(both)).map(generationIn)).toEqual([1, 1]);
    expect(state.reads).toBe(1);
    state.now = 1000;
    expect(generationIn(cache.current(["a:b"]))).toBe(1);
    state.now = 1001;
    expect(cache.current(["a:b"])).toBeUndefined();
  });

  it("is read anew before its time is over, while what is known still counts", async () => {
    const { cache, state, answer } = cacheOf(1000);
    const first = cache.refresh(["a:b"]);
    await answer();
    await first;
    state.now = 500;
    cache.current(["a:b"]);
    expect(state.reads).toBe(1);
    state.now = 501;
    state.generation = 2;
    expect(generationIn(cache.current(["a:b"]))).toBe(1);
    expect(generationIn(cache.current(["a:b"]))).toBe(1);
    expect(state.reads).toBe(2);
    await answer();
    expect(generationIn(cache.current(["a:b"]))).toBe(2);
    state.now = 1501;
    expect(generationIn(cache.current(["a:b"]))).toBe(2);
  });

  it("reads again for a group that nobody has asked for yet, all groups at once", async () => {
    const { cache, answer } = cacheOf(1000);
    const first = cache.refresh(["a:b"]);
    const other = cache.refresh(["c:d"]);
    await answer();
    await answer();
    expect((await first).pointers.has("c:d")).toBe(false);
    expect([...(await other).pointers.keys()]).toEqual(["a:b", "c:d"]);
  });

  it("forgets what was being read when something changed", async () => {
    const { cache, state, answer } = cacheOf(1000);
    const before = cache.refresh(["a:b"]);
    state.generation = 2;
    cache.forget();
    const after = cache.refresh(["a:b"]);
    await answer();
    await answer();
    expect(generationIn(await after)).toBe(2);
    expect(generationIn(await before)).toBe(2);
    expect(generationIn(cache.current(["a:b"]))).toBe(2);
  });
});
