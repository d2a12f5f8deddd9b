import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { RecordCache } from "../../../src/featurestore/online/record-cache.ts";
import { pointerTo } from "../../conformance/pointer.ts";

const load = pointerTo(1);
const bytes = (...of: number[]): Uint8Array => Uint8Array.from(of);
let now = 0;
let cache: RecordCache;
beforeEach(() => {
  now = 1000;
  cache = new RecordCache({ records: 2, bytes: 1000, staleMs: 50 }, () => now);
});

describe("a cache of records", () => {
  it("gives what was put, also that there is none, until it is older than it may be", () => {
    cache.put("a", load, bytes(1, 2), cache.now());
    cache.put("b", load, undefined, cache.now());
    now += 50;
    expect(cache.get("a", load)?.record).toEqual(bytes(1, 2));
    expect(cache.get("b", load)).toMatchObject({ record: undefined });
    expect(cache.get("c", load)).toBeUndefined();
    now += 0.5;
    expect(cache.get("a", load)).toBeUndefined();
    expect(cache.get("b", load)).toBeUndefined();
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });

  it("counts from when the store was asked, not from when it answered", () => {
    const askedAt = cache.now();
    now += 40;
    cache.put("a", load, bytes(1), askedAt);
    now += 11;
    expect(cache.get("a", load)).toBeUndefined();
  });

  it("keeps a copy", () => {
    const record = bytes(1, 2);
    cache.put("a", load, record, now);
    record.fill(9);
    expect(cache.get("a", load)?.record).toEqual(bytes(1, 2));
  });

  it("knows nothing of another load, also of one with the same number", () => {
    for (const other of [
      pointerTo(2),
      pointerTo(1, { inputs: "others" }),
      pointerTo(1, { loadedAt: load.loadedAt + 1 }),
    ]) {
      cache.put("a", load, bytes(1), now);
      expect(cache.get("a", { ...load })?.record).toEqual(bytes(1));
      expect(cache.get("a", other)).toBeUndefined();
    }
  });

  it("forgets what was not used for longest", () => {
    cache.put("a", load, bytes(1), now);
    cache.put("b", load, bytes(2), now);
    cache.get("a", load);
    cache.put("c", load, bytes(3), now);
    expect(["a", "b", "c"].map((id) => cache.get(id, load)?.record?.[0])).toEqual([1, undefined, 3]);
  });

  it("does not keep what is larger than all of it", () => {
    cache.put("a", load, bytes(1), now);
    cache.put("big", load, new Uint8Array(2000), now);
    expect([cache.size, cache.get("big", load)]).toEqual([1, undefined]);
    // What was known before is not left in its place.
    cache.put("a", load, new Uint8Array(2000), now);
    expect([cache.size, cache.bytes]).toEqual([0, 0]);
  });

  it("holds its bounds, whatever is put, asked for and forgotten", () => {
    const step = fc.record({
      id: fc.constantFrom("a", "b", "c", "d"),
      act: fc.constantFrom("put", "get", "delete"),
      size: fc.nat(600),
      pause: fc.nat(20),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const own = new RecordCache({ records: 3, bytes: 1000, staleMs: 50 }, () => now);
        const latest = new Map<string, { readonly size: number; readonly at: number }>();
        for (const { id, act, size, pause } of steps) {
          now += pause;
          if (act === "put") {
            own.put(id, load, new Uint8Array(size), now);
            latest.set(id, { size, at: now });
          } else if (act === "delete") {
            own.delete(id);
            latest.delete(id);
          } else {
            const found = own.get(id, load);
            const known = latest.get(id);
            if (found !== undefined) expect(found.record?.length).toBe(known?.size);
            if (known === undefined || now - known.at > 50) expect(found).toBeUndefined();
          }
          expect(own.size).toBeLessThanOrEqual(3);
          expect(own.bytes).toBeLessThanOrEqual(1000);
        }
        for (const id of ["a", "b", "c", "d"]) own.delete(id);
        expect([own.size, own.bytes]).toEqual([0, 0]);
      }),
      { seed: 11 },
    );
  });
});
