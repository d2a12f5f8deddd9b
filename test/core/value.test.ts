import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  admit,
  compareCodePoints,
  durationUnits,
  floorTo,
  formatDuration,
  hopOf,
  normalInt,
} from "../../src/core/index.ts";

describe("values", () => {
  it("compare as texts by code point, as bytes of UTF-8 do", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
        const bytes = Buffer.compare(Buffer.from(a), Buffer.from(b));
        expect(Math.sign(compareCodePoints(a, b))).toBe(bytes);
      }),
      { examples: [["\uff5e", "\u{1f600}"]], numRuns: 1000 },
    );
  });

  it("come in without NaN, infinities and -0", () => {
    expect(admit(NaN, "float")).toBeNull();
    expect(admit(-Infinity, "float")).toBeNull();
    expect(Object.is(admit(-0, "float"), 0)).toBe(true);
    expect(Object.is(admit(-0, "int"), 0)).toBe(true);
  });

  it("come in finite, and as moments of the domain, whatever form they had", () => {
    expect(admit(10n ** 400n, "float")).toBeNull();
    expect(admit(-(10n ** 400n), "float")).toBeNull();
    expect(admit(2n ** 64n, "float")).toBe(2 ** 64);
    expect(admit([1n, 10n ** 400n], "list<float>")).toEqual([1]);
    expect(admit([1n, 10n ** 400n], "embedding(2)")).toBeNull();
    const last = new Date(9_007_199_254_740);
    expect(admit(last, "timestamp")).toBe(9_007_199_254_740_000);
    // As a bigint beyond the domain: it is a moment, and none that the language knows.
    for (const beyond of [last.getTime() + 1, -last.getTime() - 1, 8.64e15, -8.64e15])
      expect(admit(new Date(beyond), "timestamp")).toBeNull();
    expect(admit(2n ** 53n, "timestamp")).toBeNull();
    expect(admit(new Date(Number.NaN), "timestamp")).toBeUndefined();
  });

  it("are of their kind or not let in", () => {
    expect(admit("3", "int")).toBeUndefined();
    expect(admit(1.5, "int")).toBeUndefined();
    expect(admit(2 ** 53, "int")).toBeUndefined();
    expect(admit(2n ** 63n, "int")).toBeUndefined();
    expect(admit(2n ** 62n, "int")).toBe(2n ** 62n);
    expect(admit("\ud800", "string")).toBeUndefined();
    expect(admit(undefined, "bool")).toBeNull();
    expect(normalInt(9007199254740991n)).toBe(9007199254740991);
    expect(normalInt(9007199254740992n)).toBe(9007199254740992n);
  });
});

describe("durations", () => {
  const { s, m, h, d } = durationUnits;
  it.each([
    [1 * s, 1 * s],
    [h - 1, m],
    [h, 5 * m],
    [12 * h - 1, 5 * m],
    [12 * h, h],
    [7 * d, h],
    [12 * d, d],
    [28 * d, d],
  ])("of %d have a hop of %d", (over, hop) => {
    expect(hopOf(over)).toBe(hop);
  });

  it("are floored before 1970, too", () => {
    expect(floorTo(-1, 1000)).toBe(-1000);
    expect(floorTo(-1000, 1000)).toBe(-1000);
    expect(formatDuration(7 * d)).toBe("7d");
    expect(formatDuration(90 * m)).toBe("90m");
  });
});
