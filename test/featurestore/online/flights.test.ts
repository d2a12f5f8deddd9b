import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Flight, Flights } from "../../../src/featurestore/online/flights.ts";
import type { GroupPointer } from "../../../src/featurestore/online/group-pointer.ts";

const flight = (group: string, key: Uint8Array): Flight => ({
  load: { group } as GroupPointer,
  key,
  waiting: [],
  hasLanded: false,
});

const keys = fc.uint8Array({ maxLength: 3 });
const groups = fc.constantFrom("a:b", "a:c");
const step = fc.record({ what: fc.constantFrom("set", "set", "get", "delete", "remove"), group: groups, key: keys });

describe("what is under way", () => {
  it("is found by group and key, as a Map finds it, however many come and go", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100, size: "max" }), (steps) => {
        const flights = new Flights();
        const oracle = new Map<string, Flight>();
        const former: Flight[] = [];
        for (const { what, group, key } of steps) {
          const id = `${group} ${key.join(",")}`;
          if (what === "set") {
            const one = flight(group, key);
            former.push(one);
            flights.set(one);
            oracle.set(id, one);
          } else if (what === "get") {
            expect(flights.get(group, key.slice())).toBe(oracle.get(id));
          } else if (what === "delete") {
            expect(flights.delete(group, key.slice())).toBe(oracle.delete(id));
          } else {
            // One that another took the place of is not there any more.
            const one = former[key.length * 7] ?? flight(group, key);
            const own = `${one.load.group} ${one.key.join(",")}`;
            expect(flights.remove(one)).toBe(oracle.get(own) === one);
            if (oracle.get(own) === one) oracle.delete(own);
          }
          expect(flights.size).toBe(oracle.size);
        }
        for (const one of oracle.values()) expect(flights.get(one.load.group, one.key)).toBe(one);
      }),
    );
  });

  it("is found again where there are far more than places", () => {
    const flights = new Flights();
    const many = Array.from({ length: 5000 }, (_, i) => flight("a:b", Uint8Array.of(i, i >> 8)));
    for (const one of many) flights.set(one);
    expect(many.every((one) => flights.get("a:b", one.key) === one)).toBe(true);
    expect(many.filter((_, i) => i % 3 === 0).every((one) => flights.remove(one))).toBe(true);
    expect(many.every((one, i) => flights.get("a:b", one.key) === (i % 3 === 0 ? undefined : one))).toBe(true);
    flights.clear();
    expect([flights.size, flights.get("a:b", Uint8Array.of(1, 0))]).toEqual([0, undefined]);
  });
});
