import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../src/core/index.ts";

describe("canonical JSON", () => {
  it("does not depend on the order of members, and leaves out what is undefined", () => {
    expect(canonicalJson({ b: 1, a: [true, null], c: undefined })).toBe('{"a":[true,null],"b":1}');
    expect(canonicalJson({ a: [true, null], b: 1 })).toBe(canonicalJson({ b: 1, a: [true, null] }));
  });

  it("holds what JSON holds", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([NaN, Infinity, 1n, undefined, () => 0, Symbol("x"), new Map(), new Date(0), [undefined]])(
    "refuses %s, which JSON cannot hold without loss",
    (value) => {
      expect(() => canonicalJson(value)).toThrow(TypeError);
    },
  );
});
