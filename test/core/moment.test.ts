import { describe, expect, it } from "vitest";
import { formatMicros, toMicros } from "../../src/core/index.ts";

describe("a moment", () => {
  it.each([
    ["1970-01-01T00:00:00Z", 0],
    ["2001-06-20", 992_995_200_000_000],
    ["2001-06-20T12:00:00.5Z", 993_038_400_500_000],
    ["2001-06-20T12:00:00.123456Z", 993_038_400_123_456],
    ["2001-06-20 14:00:00+02:00", 993_038_400_000_000],
    ["2001-06-20T14:00+0200", 993_038_400_000_000],
    ["1969-12-31T23:59:59.999999Z", -1],
    ["2000-02-29T00:00:00Z", 951_782_400_000_000],
  ])("%s is %d microseconds", (text, micros) => {
    expect(toMicros(text)).toBe(micros);
    expect(toMicros(formatMicros(micros))).toBe(micros);
  });

  it.each(["2001-06-20T12:00:00", "2001-02-29T00:00:00Z", "2001-13-01", "12:00", "now", "0001-01-01T00:00:00Z", ""])(
    "%j is none",
    (text) => {
      expect(() => toMicros(text)).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    },
  );

  it("is a date or microseconds, too", () => {
    expect(toMicros(new Date(5))).toBe(5000);
    expect(toMicros(7n)).toBe(7);
    expect(() => toMicros(new Date(NaN))).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
  });
});
