import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Micros } from "../../src/core/index.ts";
import { decodePushed } from "../../src/featurestore/online/codec/index.ts";
import type { Feed, OnlineStore, Push, PushedGroup, PushedStore } from "../../src/featurestore/online/index.ts";
import { firstPosition, passed, type StreamMove } from "../../src/featurestore/online/stream-position.ts";
import type { OnlineStoreFixture } from "./online-store.ts";
import { pointerTo } from "./pointer.ts";

const group = "airport:departures";
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const start = 1_000_000_000;

/**
 * What every online store that takes pushed rows must do.
 *
 * @param views whether a view keeps to what was there when it was opened, or shows what came since as well
 */
export function pushedStoreConformance(
  name: string,
  fixture: OnlineStoreFixture,
  views: "kept" | "current" = "kept",
): void {
  describe(`${name} with rows that are pushed`, () => {
    let store: OnlineStore;
    let pushed: PushedStore;
    beforeEach(async () => {
      store = await fixture.open();
      if (store.pushed === undefined) throw new Error("it takes none");
      ({ pushed } = store);
      const { generation } = await store.begin(group);
      await store.switchPointers([{ pointer: pointerTo(generation, { group, asOf: start, overlay: "one" }) }]);
    });
    afterEach(() => fixture.reset());

    const push = (
      texts: readonly string[],
      keys: readonly string[],
      own: Partial<Push> & Pick<Partial<PushedGroup>, "admit" | "overlay"> = {},
    ): Push => {
      const groups = [
        {
          group,
          overlay: own.overlay ?? "one",
          keys: keys.map((key) => ({ key: bytes(key), rows: texts.map((_, place) => ({ place, t: start + place })) })),
          admit: own.admit ?? ((): undefined => undefined),
          mostHeld: 0,
        },
      ];
      return {
        ...{ source: own.source ?? "flights", texts, groups, clock: own.clock ?? ((): Micros => start) },
        choose: own.choose ?? ((): typeof groups => groups),
        moves: own.moves,
      };
    };

    async function held(key: string, overlay = "one"): Promise<readonly string[]> {
      const view = await store.view([group]);
      try {
        let found: readonly string[] = [];
        await view.readPushed?.(group, overlay, [bytes("none"), bytes(key)], Infinity, (i, record) => {
          expect(i).toBe(1);
          found = decodePushed(record).map(({ k, t, text }) => `${String(k - start)} ${String(t - start)} ${text}`);
        });
        return found;
      } finally {
        view.close();
      }
    }

    it("gives each row a moment of its own, behind all before it, whatever the clock and the source", async () => {
      const one = await pushed.push(push(["a", "b"], ["SFO"]));
      expect(one).toEqual({
        first: start + pushed.lead,
        last: start + pushed.lead + 1,
        seenFrom: start + store.staleness,
      });
      const two = await pushed.push(push(["c"], ["SFO"], { source: "others", clock: () => start - 5 }));
      expect(two.first).toBe(one.last + 1);
      const lead = String(pushed.lead);
      const next = [1, 2].map((more) => String(pushed.lead + more));
      expect(await held("SFO")).toEqual([`${lead} 0 a`, `${next[0] ?? ""} 1 b`, `${next[1] ?? ""} 0 c`]);
      expect(await held("LAX")).toEqual([]);
      expect((await pushed.logged("flights", one.first, 10)).map(({ text }) => text)).toEqual(["b"]);
      expect((await pushed.logged("flights", -1, 1)).map(({ text }) => text)).toEqual(["a"]);
      expect((await pushed.logged("others", -1, 10)).map(({ text }) => text)).toEqual(["c"]);
      expect(await pushed.logged("other", -1, 10)).toEqual([]);
    });

    const place = { topic: "orders", partition: "3" };
    const moveTo = (next: number): StreamMove => ({
      ...place,
      change: (stored = firstPosition(0)) => passed({ ...stored, by: "one" }, next, [next - 1]),
    });
    const refusing: StreamMove = {
      ...place,
      change: () => {
        throw new Error("fenced");
      },
    };

    it("keeps how far topics are read with what is pushed, both or neither, and by source", async () => {
      await pushed.push(push(["a"], ["SFO"], { moves: [moveTo(7)] }));
      const after = { epoch: 0, by: "one", next: 7, end: 7, holes: [{ from: 6, to: 7 }] };
      expect(await pushed.positions("flights")).toEqual([{ ...place, position: after }]);
      expect(await pushed.positions("others")).toEqual([]);
      await expect(pushed.push(push(["b"], ["SFO"], { moves: [moveTo(8), refusing] }))).rejects.toThrow("fenced");
      expect((await held("SFO")).map((row) => row.slice(-1))).toEqual(["a"]);
      expect(await pushed.logged("flights", -1, 10)).toHaveLength(1);
      expect(await pushed.positions("flights")).toEqual([{ ...place, position: after }]);
      const refused = push(["b"], ["SFO"], {
        moves: [moveTo(8)],
        admit: () => {
          throw new Error("not admitted");
        },
      });
      await expect(pushed.push(refused)).rejects.toThrow("not admitted");
      expect(await pushed.positions("flights")).toEqual([{ ...place, position: after }]);
      await pushed.push(push(["b"], ["SFO"], { moves: [{ ...moveTo(3), topic: 'or"d\ners' }] }));
      expect((await pushed.positions("flights")).map(({ topic, position }) => [topic, position.next]).sort()).toEqual([
        ['or"d\ners', 3],
        ["orders", 7],
      ]);
    });

    it("moves positions alone, each change made of the one before, and keeps them when it is opened again", async () => {
      expect(await pushed.move("flights", [])).toEqual([]);
      const one: StreamMove = {
        ...place,
        change: (stored = firstPosition(0)) => ({ ...stored, epoch: stored.epoch + 1, by: "two" }),
      };
      await Promise.all(Array.from({ length: 5 }, () => pushed.move("flights", [one])));
      const [position] = await pushed.move("flights", [one]);
      expect(position).toEqual({ epoch: 6, by: "two", next: 0, end: 0, holes: [] });
      await expect(pushed.move("flights", [one, refusing])).rejects.toThrow("fenced");
      store = await fixture.open();
      expect(await store.pushed?.positions("flights")).toEqual([{ ...place, position }]);
    });

    it("has a name that stays", async () => {
      const names = await Promise.all([pushed.identity(), pushed.identity()]);
      expect(names[0]).toMatch(/^[0-9a-f-]{36}$/);
      store = await fixture.open();
      expect(new Set([...names, await store.pushed?.identity()]).size).toBe(1);
    });

    it("goes on behind its last moment, and behind one that it was closed up to, when it is opened again", async () => {
      const one = await pushed.push(push(["é"], ["SFO"]));
      store = await fixture.open();
      if (store.pushed === undefined) throw new Error("it takes none");
      ({ pushed } = store);
      const two = await pushed.push(push(["b"], ["SFO"], { clock: () => start - 1000 }));
      expect(two.first).toBe(one.last + 1);
      expect((await held("SFO")).map((row) => row.slice(-1))).toEqual(["é", "b"]);
      await pushed.close(start + 1e9);
      await pushed.close(start);
      expect((await pushed.push(push(["c"], ["SFO"]))).first).toBe(start + 1e9 + 1);
    });

    it("writes nothing where a group does not admit it", async () => {
      await pushed.push(push(["a"], ["SFO"]));
      const seen: unknown[] = [];
      const refused = push(["b"], ["LAX", "SFO"], {
        admit: (pointer, first, count) => {
          seen.push([pointer?.asOf, first - start, count]);
          if (count > 1) throw new Error("too many");
        },
      });
      await expect(pushed.push(refused)).rejects.toThrow("too many");
      const first = pushed.lead + 1;
      expect(seen).toEqual([
        [start, first, 0],
        [start, first, 1],
        [start, first, 2],
      ]);
      expect(await held("LAX")).toEqual([]);
      expect((await pushed.logged("flights", -1, 10)).length).toBe(1);
      expect((await pushed.push(push(["b"], ["LAX"]))).first).toBe(start + first);
    });

    it("counts and removes rows by what they are, and keeps the others", async () => {
      const keys = Array.from({ length: 600 }, (_, i) => `key ${String(i)}`);
      await pushed.push(push(["a", "b"], keys));
      await pushed.push(push(["c"], ["key 7"], { source: "others" }));
      const isA = ({ text }: { readonly text: string }): boolean => text === "a";
      expect(await pushed.drop(group, "one", isA, "count")).toBe(600);
      expect(await pushed.drop(group, "one", isA)).toBe(600);
      expect(await pushed.drop(group, "one", isA, "count")).toBe(0);
      expect((await held("key 7")).map((row) => row.slice(-1))).toEqual(["b", "c"]);
      expect(await pushed.drop(group, "one", ({ k }) => k > start)).toBe(601);
      expect(await held("key 7")).toEqual([]);
      expect(await pushed.drop(group, "none", isA)).toBe(0);
      expect(await pushed.dropLogged("flights", isA, "count")).toBe(1);
      expect(await pushed.dropLogged("flights", isA)).toBe(1);
      expect((await pushed.logged("flights", -1, 10)).map(({ text }) => text)).toEqual(["b"]);
      expect((await pushed.logged("others", -1, 10)).map(({ text }) => text)).toEqual(["c"]);
    });

    it("files what other definitions push apart, and shows a view all that was there when it was opened", async () => {
      await pushed.push(push(["a"], ["SFO"]));
      await pushed.push(push(["b"], ["SFO"], { overlay: "two" }));
      expect((await held("SFO")).length).toBe(1);
      expect([...(await pushed.overlays(group))].sort()).toEqual(["one", "two"]);
      expect(await pushed.overlays(`${group}s`)).toEqual([]);
      const view = await store.view([group]);
      await pushed.push(push(["c"], ["SFO"]));
      let seen = 0;
      await view.readPushed?.(group, "one", [bytes("SFO")], Infinity, (_, record) => {
        seen = decodePushed(record).length;
      });
      view.close();
      expect(seen).toBe(views === "kept" ? 1 : 2);
      expect((await held("SFO")).length).toBe(2);
    });

    it("says to whoever pushes which groups its source feeds, and since when", async () => {
      const fed = { group, source: "flights", overlay: "one" };
      const before = await pushed.feed([fed, { group: "route:traffic", source: "others", overlay: "two" }]);
      expect(before.map((since) => since < start)).toEqual([true, true]);
      const seen: unknown[] = [];
      const one = await pushed.push({
        ...push(["a"], ["SFO"]),
        choose: (feeds, pointers) => {
          seen.push(...feeds, ...pointers.map((pointer) => pointer?.asOf));
          return push(["a"], ["SFO"]).groups;
        },
      });
      const feed = { source: "flights", overlay: "one", since: before[0], id: expect.any(String) as string };
      expect(seen.slice(0, 2)).toEqual([[group, feed], start]);
      await pushed.feed([{ ...fed, asOf: start + 7 }]);
      const look = {
        ...push(["b"], ["SFO"]),
        choose: (feeds: ReadonlyMap<string, Feed>) => raise([...feeds.values()]),
      };
      await expect(pushed.push(look)).rejects.toThrow(`"asOf":${String(start + 7)}`);
      await pushed.feed([fed]);
      await expect(pushed.push(look)).rejects.not.toThrow("asOf");
      // It goes on from when it was first said; by another overlay, or from another source, anew.
      expect(await pushed.feed([fed])).toEqual([before[0]]);
      expect(await pushed.feed([{ ...fed, overlay: "other" }])).toEqual([one.last]);
      await pushed.close(one.last + 5);
      expect(await pushed.feed([{ ...fed, source: "others" }])).toEqual([one.last + 5]);
      const refused = {
        ...push(["b"], ["SFO"]),
        choose: (feeds: ReadonlyMap<string, Feed>) => raise([...feeds.keys()]),
      };
      await expect(pushed.push(refused)).rejects.toThrow("[]");
      await expect(pushed.push({ ...refused, source: "others" })).rejects.toThrow(`["${group}","route:traffic"]`);
    });

    it("takes a group that is fed no longer from its source, unless that was said anew", async () => {
      const fed = { group, source: "flights", overlay: "one" };
      const feedNow = async (): Promise<Feed | undefined> => {
        let found: Feed | undefined;
        const look = {
          ...push(["b"], ["SFO"]),
          choose: (feeds: ReadonlyMap<string, Feed>) => ((found = feeds.get(group)), raise([])),
        };
        await expect(pushed.push(look)).rejects.toThrow();
        return found;
      };
      await pushed.feed([fed]);
      const old = await feedNow();
      await pushed.feed([fed]);
      const current = await feedNow();
      expect(current?.id).not.toBe(old?.id);
      if (old === undefined || current === undefined) throw new Error("nothing was said");
      await pushed.starve(group, old);
      expect(await feedNow()).toEqual(current);
      const { last } = await pushed.push(push(["a"], ["SFO"]));
      await pushed.starve(group, current);
      expect(await feedNow()).toMatchObject({ source: "flights", overlay: null, since: last });
      expect(await pushed.feed([fed])).toEqual([last]);
    });

    it("pushes by what is fed when the rows come to stand, and to nothing that it was not asked of", async () => {
      const fed = { group, source: "flights", overlay: "one" };
      await pushed.feed([fed]);
      const turns: number[] = [];
      let asked = 0;
      const changing: Push = {
        ...push(["a"], ["SFO"]),
        choose: (feeds) => {
          turns.push(feeds.size);
          return push(["a"], ["SFO"]).groups.filter(({ group: own }) => feeds.has(own));
        },
        // Somebody is faster, once, behind the first look.
        clock: () => {
          asked++;
          return start;
        },
      };
      await Promise.all([
        pushed.push(changing),
        pushed.feed([{ group: "route:traffic", source: "flights", overlay: "two" }]),
      ]);
      expect(asked).toBeGreaterThan(0);
      expect(turns.at(-1)).toBeGreaterThan(0);
      expect((await held("SFO")).length).toBe(1);
      expect((await pushed.logged("flights", -1, 10)).length).toBe(1);
    });
  });
}

function raise(what: readonly unknown[]): never {
  throw new Error(JSON.stringify(what));
}
