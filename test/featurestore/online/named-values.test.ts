import * as fc from "fast-check";
import { expect, it, vi } from "vitest";
import { namedValues } from "../../../src/featurestore/online/named-values.ts";

const of = (source: readonly string[], row: number, place: number): string => `${source[row] ?? ""} ${String(place)}`;

it("objects have their names in order, also where they are set one by one", () => {
  const names = fc.uniqueArray(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 20 }),
      fc.constantFrom("__proto__", "constructor", 'a"b\\', "\u2028", "user:group:a${b}`"),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(names, fc.nat({ max: 1 }), (some, row) => {
      const expected = some.map((name, place): [string, string] => [name, of(["one", "other"], row, place)]);
      for (const isGenerated of [true, false]) {
        const made = namedValues<readonly string[], string>(some, isGenerated)(of, ["one", "other"], row);
        expect(Object.getPrototypeOf(made)).toBe(Object.prototype);
        // Names that are whole numbers come first in every object.
        expect(Object.entries(made)).toEqual(Object.entries(Object.fromEntries(expected)));
      }
    }),
    { seed: 46, numRuns: 400 },
  );
});

it("they are set one by one where no code may be generated", () => {
  vi.stubGlobal("Function", function refuse() {
    throw new EvalError("code generation from strings disallowed");
  });
  try {
    expect(namedValues<readonly string[], string>(["a:b:c"])(of, ["one"], 0)).toEqual({ "a:b:c": "one 0" });
  } finally {
    vi.unstubAllGlobals();
  }
});
