import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RowTallies } from "../../../../src/featurestore/online/cassandra/row-tallies.ts";

const key = fc.uint8Array({ maxLength: 6 });
const push = fc.record({
  key,
  rows: fc.integer({ min: 1, max: 9 }),
  overlay: fc.constantFrom("one", "two"),
  isLoaded: fc.boolean(),
});

describe("how many rows were pushed of keys", () => {
  it("is never less than there were since the load before the last", () => {
    fc.assert(
      fc.property(fc.array(push, { maxLength: 200, size: "max" }), (pushes) => {
        const tallies = new RowTallies();
        const loads = new Map([
          ["one", 0],
          ["two", 0],
        ]);
        const counted = new Map<string, number>();
        for (const { key, rows, overlay, isLoaded } of pushes) {
          const before = loads.get(overlay) ?? 0;
          const load = isLoaded ? before + 1 : before;
          loads.set(overlay, load);
          const of = (at: number): string => `${overlay} ${String(at)} ${key.join(",")}`;
          counted.set(of(load), (counted.get(of(load)) ?? 0) + rows);
          const since = (counted.get(of(load)) ?? 0) + (counted.get(of(load - 1)) ?? 0);
          const told = tallies.add(overlay, load, key, rows);
          // A load of which nothing was pushed here is not seen, and what is counted then is more.
          expect(told).toBeGreaterThanOrEqual(since);
        }
      }),
    );
  });

  it("is near what there were, where keys are few, and of the last two loads alone", () => {
    const tallies = new RowTallies();
    for (let i = 0; i < 1000; i++) tallies.add("one", 1, Buffer.from(`key ${String(i)}`), 1);
    expect(tallies.add("one", 1, Buffer.from("key 7"), 1)).toBeLessThan(5);
    expect(tallies.add("one", 2, Buffer.from("key 7"), 1)).toBeLessThan(6);
    expect(tallies.add("one", 3, Buffer.from("key 7"), 1)).toBe(2);
    expect(tallies.add("two", 3, Buffer.from("key 7"), 5)).toBe(5);
  });
});
